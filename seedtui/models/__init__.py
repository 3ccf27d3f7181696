"""Finding models: names, folders, the Hub, LoRA files. Does not import torch."""
