"""ComfyUI: the graph of nodes that an image came out of, as JSON; what it says is found by walking in it."""
