"""The commands: thin, each a few calls into the parts below."""
