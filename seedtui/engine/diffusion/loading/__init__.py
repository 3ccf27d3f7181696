"""Loading a pipeline: files, device, dtype, profile and LoRA files."""
