"""The messages between client and worker, and how they travel over a socket. Does not import torch."""
