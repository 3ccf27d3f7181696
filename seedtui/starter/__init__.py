"""The starter model: a small Stable Diffusion that ships with the program, and the recipe that makes it.

Importing this package loads nothing heavy; the recipe's modules import torch themselves.
"""

from pathlib import Path

WEIGHTS = Path(__file__).parent / "weights"
"""The folder that `DiffusionPipeline.from_pretrained` loads. It may be missing in a bare checkout."""
