"""Rounds: how they are made, take turns at the worker, and end; scouting, and what it saves."""
