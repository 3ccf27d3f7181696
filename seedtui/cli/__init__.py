"""The typer commands: thin, each one a few calls into the parts below."""
