"""The user's manual: Markdown pages, shown by the app (F1) and by `seedtui manual`."""
