"""Loading a pipeline: which files, on which device, in which form."""
