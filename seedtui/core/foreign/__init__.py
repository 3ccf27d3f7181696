"""The settings of other programs, translated into Diffusers terms."""
