"""The first line: the model, where it runs, and the prompt."""

from __future__ import annotations

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive

from seedtui.core.text.display import visible
from seedtui.engine.wire.protocol import ModelInfo
from seedtui.ui.widgets.plain import PlainStatic

_SHORT = {"float32": "fp32", "float16": "fp16", "bfloat16": "bf16"}


class TitleBar(PlainStatic):
    """Model, dtype and device on the left, the shown round's prompt on the right.

    `card_noise`: other cards do not draw the noise of the next rounds.
    """

    DEFAULT_CSS = """
    TitleBar { height: 1; padding: 0 1; color: $text-muted; }
    """

    model: reactive[ModelInfo | None] = reactive(None)
    coming: reactive[str] = reactive("")
    prompt: reactive[str] = reactive("")
    card_noise: reactive[bool] = reactive(False)
    differences: reactive[tuple[str, ...]] = reactive(())
    """What differs from the model's defaults in the shown round, the most telling first."""

    pool: reactive[tuple[str, ...]] = reactive(())
    """The workers, who of them is missing, and how fast they are; the last ones are left out where there is no room."""

    seed: reactive[str] = reactive("")
    """That of a refine round."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._model_name = name

    def watch_prompt(self, prompt: str) -> None:
        self.tooltip = Content(visible(prompt)) if prompt else None

    def render(self) -> Content:
        if self.model or self.coming:
            self._model_name = self.model.name if self.model else self.coming
        parts = [self._model_name.rsplit("/", 1)[-1]]
        if self.model:
            parts += [_SHORT.get(self.model.dtype, self.model.dtype), self.model.device]
            parts += [words] if (words := str(self.model.compute)) else []
            parts += ["this card's noise"] if self.card_noise else []
        parts += self.pool[: None if self.content_size.width >= 100 else 2 if self.content_size.width >= 78 else 1]
        right = Content(visible(self.prompt))
        width = self.content_size.width
        differs = with_room(parts, self.differences, self.seed, width - min(right.cell_length, width // 2) - 3)
        left = Content.assemble(
            ("seedtui", "bold $foreground"), "   ", visible(" · ".join(parts)), (differs, "$foreground")
        )  # fmt: skip
        room = max(0, self.content_size.width - left.cell_length - 3)
        right = right.truncate(room, ellipsis=True)
        gap = self.content_size.width - left.cell_length - right.cell_length
        return Content.assemble(left, " " * max(gap, 1), right)


def with_room(parts: list[str], differences: tuple[str, ...], seed: str, room: int) -> str:
    """What follows `parts`: the `differences`, as many as leave the prompt its place, and the `seed`."""
    for count in range(len(differences), -1, -1):
        words = visible("".join(f" · {one}" for one in (*differences[:count], *((seed,) if seed else ()))))
        if cell_len("seedtui   " + " · ".join(parts) + words) <= room:
            return words
    return f" · {seed}" if seed else ""
