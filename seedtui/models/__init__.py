"""Finding models: names, folders, the Hub, LoRA files, schedulers. Does not import torch."""
