"""Which keys exist, what each does, and where the user has moved it."""
