"""What a pool consists of, as values: workers of this machine, of other hosts, and of a Ray cluster. Pure."""
