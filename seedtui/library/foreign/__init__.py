"""Images of other programs: what they say of how they were made, a module for each program or form."""
