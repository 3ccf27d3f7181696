"""The sheet: many small pictures, of which a page is shown."""
