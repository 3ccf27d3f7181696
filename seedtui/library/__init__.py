"""Everything on disk: self-describing PNGs, and the journal of sessions."""
