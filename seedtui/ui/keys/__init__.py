"""Which keys there are, what each does, and where the user has moved it."""
