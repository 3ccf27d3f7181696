"""Around the one call of the pipeline: its arguments, its noise, its schedulers, its output."""
