"""The client side: starts or joins a worker, receives its events, and notices when it hangs or dies."""
