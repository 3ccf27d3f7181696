"""Many workers as one engine: rounds are cut into calls of the pipeline, which any worker of a like kind can make."""
