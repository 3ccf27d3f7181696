"""ComfyUI stores the graph of nodes that made an image, as JSON. Settings are found by walking the graph."""
