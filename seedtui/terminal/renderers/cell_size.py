"""How large the terminal's cells are."""

from __future__ import annotations

from collections.abc import Callable

from seedtui.terminal.probe.tty import kernel_cell

Cell = tuple[float, float]
"""Width and height in pixels."""


class CellSize:
    """The size of the terminal's cells, which changes with its font. Safe to use from any thread."""

    def __init__(self, size: Cell, kernel: Callable[[], Cell | None] = kernel_cell) -> None:
        self.size = size
        self._kernel = kernel
        self._told = kernel()

    @property
    def rounded(self) -> tuple[int, int]:
        """In whole pixels."""
        return max(1, round(self.size[0])), max(1, round(self.size[1]))

    def measure(self) -> None:
        """Follow the kernel's size, which need not be quite the one that the terminal told."""
        before, self._told = self._told, self._kernel() or self._told
        if before and self._told and before != self._told:
            self.size = (self.size[0] * self._told[0] / before[0], self.size[1] * self._told[1] / before[1])
