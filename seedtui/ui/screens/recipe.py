"""Edits the recipe of the next rounds: each field is checked as you type, and shows what its change does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import get_args, get_type_hints

from textual.app import ComposeResult
from textual.getters import query_one
from textual.screen import ModalScreen
from textual.widgets import Input, Select

from seedtui.app.card_noise import card_noise
from seedtui.core.errors import ModelError
from seedtui.core.recipes.form import FIELDS, effects, from_fields, to_fields
from seedtui.core.recipes.lora import asked, at_full_weight
from seedtui.core.recipes.recipe import DTYPES, GENERATORS, PROMPT_ENCODINGS, Compute, Recipe
from seedtui.core.recipes.schedulers import SCHEDULERS, offered
from seedtui.core.text.display import visible
from seedtui.engine.wire.protocol import ModelInfo
from seedtui.models.gguf_files import check_gguf_file
from seedtui.models.lora_files import check_files
from seedtui.ui.keys.keymap import shown_keys
from seedtui.ui.keys.table import bindings
from seedtui.ui.widgets.field_row import FieldRow
from seedtui.ui.widgets.plain import PlainInput, PlainScroll, PlainSelect, PlainStatic

_LABELS = {"prompt_encoding": "prompts", "generator_device": "generator", "batch_size": "batch"}
_OWN = "the model's own"
_EMPTY = {"negative": "none", "transformer": "FILE.gguf", "lora": "FILE:0.8; FILE"}
_CHOICES: dict[str, tuple[str, ...]] = {
    "scheduler": offered(),
    "prompt_encoding": tuple(PROMPT_ENCODINGS),
    "dtype": DTYPES,
    "device": ("cpu", "cuda", "mps", "xpu"),
    "generator_device": tuple(GENERATORS),
    **{name: get_args(get_type_hints(Recipe)[name]) for name in Compute.__struct_fields__ if name != "transformer"},
}


class RecipeScreen(ModalScreen["Recipe | None"]):
    """Dismissed with the recipe of the fields, or None. `model` gives the defaults that empty fields show.

    `draft` are edited fields that were not applied; whoever leaves without applying finds theirs there.
    """

    BINDINGS = bindings("recipe")
    MANUAL_PAGE = "reproducibility"

    DEFAULT_CSS = """
    RecipeScreen { align: center middle; }
    RecipeScreen #box { width: 96; max-width: 100%; height: auto; max-height: 100%; padding: 0 1;
                        border: round $border; border-title-color: $text-muted; border-subtitle-color: $text-muted;
                        scrollbar-size-vertical: 1; }
    RecipeScreen #says { height: 2; margin: 1 0 0 0; color: $text-muted; }
    """

    says = query_one("#says", PlainStatic)

    def __init__(
        self, recipe: Recipe, model: ModelInfo | None, keymap: Mapping[str, str] | None = None,
        draft: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.draft = draft or {}
        self._reset = shown_keys("recipe.reset", keymap or {})
        self._portable = shown_keys("recipe.portable", keymap or {})
        self._before, self._model = recipe, model
        self._after, self._wrong = recipe, dict[str, str]()

    def compose(self) -> ComposeResult:
        now, defaults = {**to_fields(self._before), **self.draft}, _defaults(self._model)
        with PlainScroll(id="box", can_focus=False) as box:
            box.border_title = f"recipe · {self._before.model}"
            box.name_keys("ctrl+r apply to the next rounds · f1 help · esc close")
            for name in FIELDS:
                yield FieldRow(_LABELS.get(name, name), self._field(name, now[name], defaults.get(name, "")))
            yield PlainStatic(id="says")

    def on_mount(self) -> None:
        self._judge()

    def on_input_changed(self) -> None:
        self._judge()

    def on_select_changed(self) -> None:
        self._judge()

    def on_input_submitted(self) -> None:
        self.action_apply()

    def action_field(self, step: int) -> None:
        """The next field, or the previous one."""
        (self.focus_next if step > 0 else self.focus_previous)()

    def action_portable(self) -> None:
        """Choose the generator `cpu`."""
        self.query_one("#generator_device", Select).value = "cpu"

    def action_reset(self) -> None:
        """Take back all edits."""
        self.draft = {}
        for name, value in to_fields(self._before).items():
            field = self.query_one(f"#{name}")
            assert isinstance(field, Input | Select)
            field.value = value

    def action_leave(self) -> None:
        """Close without changing the recipe. The edits stay in `draft`."""
        before = to_fields(self._before)
        self.draft = {name: value for name, value in self._fields().items() if value != before[name]}
        self.dismiss(None)

    def action_apply(self) -> None:
        """Apply the recipe, unless a field is wrong."""
        self._judge()
        if self._wrong:
            self.query_one(f"#{next(iter(self._wrong))}").focus()
        else:
            self.dismiss(self._after)

    def _field(self, name: str, value: str, default: str) -> Input | Select[str]:
        if name not in _CHOICES:
            default = default or _EMPTY.get(name, _OWN)
            return PlainInput(value, placeholder=default, compact=True, select_on_focus=False, id=name)
        choices: Iterable[str] = dict.fromkeys((*_CHOICES[name], *([value] if value else [])))
        options = [(choice, choice) for choice in choices]
        needed = name in (*Compute.__struct_fields__, "prompt_encoding")
        return PlainSelect(
            options if needed else [(f"({default or _OWN})", ""), *options],
            value=value, allow_blank=False, compact=True, id=name,
        )  # fmt: skip

    def _fields(self) -> dict[str, str]:
        inputs = {i.id or "": i.value for i in self.query(Input)}
        return inputs | {s.id or "": str(s.value) for s in self.query(Select)}

    def _judge(self) -> None:
        """Check all fields; say beside each what is wrong, or what its change does."""
        if len(self.query(Input)) + len(self.query(Select)) < len(FIELDS):
            return
        multiple = self._model.multiple if self._model else 8
        self._after, self._wrong = from_fields(self._before, self._fields(), multiple)
        if self._after.negative and self._model and not self._model.takes_negative:
            self._wrong["negative"] = f"{self._model.pipeline} takes no negative prompt"
        if self._after.prompt_encoding != "plain" and self._model and not self._model.form.embeds:
            self._wrong["prompt_encoding"] = f"{self._model.pipeline} only encodes prompts as plain"
        self._check_files()
        changed = effects(self._before, self._after)
        noise = card_noise(self._after, self._model)
        told = {"generator_device": f"this card's noise; {self._portable}: the CPU's"} if noise else {}
        for name in FIELDS:
            words = self._wrong.get(name) or changed.get(name) or told.get(name, "")
            self.query_one(f"#row-{name}", FieldRow).note(words, wrong=name in self._wrong)
        words = self._summary(len(changed))
        if noise and not self._wrong:
            words = (
                "At this size, other cards draw different noise and make different pictures from these seeds. "
                f"{self._portable}: draw it on the CPU, the same everywhere."
            )
        self.says.update(visible(words))

    def _check_files(self) -> None:
        """Check those of the LoRAs and the GGUF transformer, unless their fields are wrong already."""
        checks = {
            "lora": lambda: check_files(self._after.lora),
            "transformer": lambda: check_gguf_file(self._after.transformer),
        }
        for name in checks.keys() - self._wrong.keys():
            try:
                checks[name]()
            except ModelError as error:
                self._wrong[name] = error.problem.message

    def _summary(self, changed: int) -> str:
        if self._wrong:
            return f"{next(iter(self._wrong.values()))}."
        if not changed:
            return "Values in parentheses and empty fields are the model's own. Existing rounds keep their recipe."
        if self.draft:
            return f"Your edits are back, not applied yet. {self._reset}: without them."
        reload = _needs(self._before) != _needs(self._after)
        return f"Applies to the next rounds; existing rounds keep their recipe.{' The model is loaded again.' * reload}"


def _needs(recipe: Recipe) -> tuple[object, ...]:
    """The settings whose change reloads the model."""
    loras = (asked if recipe.profile == "fast" else at_full_weight)(recipe.lora)
    return recipe.dtype, recipe.device, recipe.compute, loras


def _defaults(model: ModelInfo | None) -> dict[str, str]:
    """What the pipeline uses for an empty field."""
    if model is None:
        return {}
    guidance = f"{model.guidance:g}" if model.guidance is not None else ""
    return {
        "steps": str(model.steps or ""), "guidance": guidance,
        "size": f"{model.width}x{model.height}" if model.width else "", "dtype": model.dtype, "device": model.device,
        "scheduler": _short(model.scheduler), "generator_device": model.device,
    }  # fmt: skip


def _short(scheduler: str) -> str:
    known = (name for name, cls in SCHEDULERS.items() if scheduler in (name, cls))
    return next(known, scheduler.removesuffix("Scheduler"))
