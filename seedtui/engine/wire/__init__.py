"""What the client and the worker say to each other, and how it goes over a socket. Knows no torch."""
