"""All code that imports torch and Diffusers. Only the worker process imports it."""
