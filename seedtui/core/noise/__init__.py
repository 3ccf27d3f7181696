"""Which noise a seed gives where: on a graphics card, on a CPU, and drawn on a CPU as a card draws it."""
