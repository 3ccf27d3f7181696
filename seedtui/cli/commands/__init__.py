"""One module a command, each imported when it is called."""

COMMANDS = (
    "generate", "refine", "verify", "info", "show", "script", "models", "worker", "doctor", "bench", "config",
    "sessions", "export", "open", "manual", "completion",
)  # fmt: skip
"""The commands in the order of the help; each is the function of that name in the module of that name."""

COMPLETION_VARIABLE = "_SEEDTUI_COMPLETE"
"""Where a completion script tells the program what it wants; the name that Click gives it."""
