"""The worker process: the server, the listener, and the session with a client."""
