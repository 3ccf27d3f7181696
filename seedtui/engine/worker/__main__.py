"""`python -m seedtui.engine.worker`: the worker process."""

from seedtui.engine.worker.server import main

if __name__ == "__main__":
    main()
