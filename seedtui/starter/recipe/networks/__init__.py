"""The networks of the starter model, and its judge."""
