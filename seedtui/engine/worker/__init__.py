"""The worker process: its server, its listener, and the session with one client."""
