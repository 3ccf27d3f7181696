"""The widgets of the main screen. Each draws one value that the app sets; none reaches into another."""
