"""The pane of refine suffixes."""
