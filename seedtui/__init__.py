"""seedtui: deterministic batch generation with Stable Diffusion, in the terminal."""

__version__ = "0.2.0"
