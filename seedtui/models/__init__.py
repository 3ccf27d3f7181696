"""Which models there are: names, folders, the Hub, LoRA files, schedulers. Knows no torch."""
