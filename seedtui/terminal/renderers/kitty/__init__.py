"""The kitty graphics protocol, with Unicode placeholders."""
