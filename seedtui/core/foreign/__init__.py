"""The settings of other programs, in the terms of Diffusers."""
