"""The worker process that holds the pipeline, and the client that talks to it."""
