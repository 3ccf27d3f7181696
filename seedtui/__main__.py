"""``python -m seedtui`` is ``seedtui``."""

from seedtui.cli.main import main

if __name__ == "__main__":
    main()
