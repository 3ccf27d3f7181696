"""What is this terminal, and what can it show?"""
