"""The client's side: starts or joins a worker, listens to it, and notices when it hangs or dies."""
