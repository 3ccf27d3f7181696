"""The first line: the model, where it runs, and the prompt."""

from __future__ import annotations

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

    def __init__(self, name: str) -> None:
        super().__init__()
        self._model_name = name

    def render(self) -> Content:
        if self.model or self.coming:
            self._model_name = self.model.name if self.model else self.coming
        parts = [self._model_name.rsplit("/", 1)[-1]]
        if self.model:
            parts += [_SHORT.get(self.model.dtype, self.model.dtype), self.model.device]
            parts += [words] if (words := str(self.model.compute)) else []
            parts += ["this card's noise"] if self.card_noise else []
        left = Content.assemble(("seedtui", "bold $foreground"), "   ", visible(" · ".join(parts)))
        right = Content(visible(self.prompt))
        room = max(0, self.content_size.width - left.cell_length - 3)
        right = right.truncate(room, ellipsis=True)
        gap = self.content_size.width - left.cell_length - right.cell_length
        return Content.assemble(left, " " * max(gap, 1), right)
