"""The plain Diffusers program that makes an image."""
