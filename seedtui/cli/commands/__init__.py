"""One module per command, each imported when called."""

COMMANDS = (
    "generate", "refine", "vary", "finish", "scout", "grid", "verify", "info", "show", "script", "models", "worker",
    "doctor", "bench", "config", "sessions", "export", "open", "manual", "completion",
)  # fmt: skip
"""The commands in the order of the help; each is the function of that name in the module of that name."""

COMPLETION_VARIABLE = "_SEEDTUI_COMPLETE"
"""The variable by which a completion script calls the program, as Click names it."""
