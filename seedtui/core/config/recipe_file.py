"""The recipe of one image as a TOML file that a user can read, edit and run again."""

from __future__ import annotations

from typing import Any

import msgspec

from seedtui.core.config import toml
from seedtui.core.config.origin import Origin
from seedtui.core.config.settings import RECIPE_KEYS, recipe_with
from seedtui.core.errors import InputError
from seedtui.core.images.record import ImageRecord
from seedtui.core.recipes.recipe import MAX_BATCH, Recipe
from seedtui.core.rounds.calls import batch_again
from seedtui.core.rounds.hold import Hold
from seedtui.core.rounds.make import Resolve, explore, refine
from seedtui.core.rounds.rounds import Batch, Round
from seedtui.core.rounds.seeds import parse_seeds
from seedtui.core.rounds.variation import Variation


class Made(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What decides the low bits of an image apart from its recipe, and the hash of its pixels.

    `slot` is its place in the `batch`, which is None if it was not recorded. `threads` is the number of CPU threads,
    0 where it has no effect.
    """

    sha256: str = ""
    slot: int | None = None
    threads: int = 0
    batch: Batch | None = None


class RecipeFile(msgspec.Struct, frozen=True, kw_only=True):
    """One image, or several if the user edited the file: `seeds` as on the command line, `suffixes` if refined.

    `holds` and `variations` are those of each image.
    """

    prompt: str
    seeds: str
    suffixes: tuple[str, ...] | None = None
    holds: tuple[Hold, ...] = ()
    variations: tuple[Variation, ...] = ()
    recipe: Recipe = Recipe()
    made: Made = Made()

    def round(
        self, recipe: Recipe, prompt: str | None = None, seeds: str | None = None, resolve: Resolve | None = None
    ) -> Round:  # fmt: skip
        """The round to run, with `recipe`; `prompt` and `seeds` replace the file's if given.

        `resolve` is for the wildcards of a given prompt. Those of the file are resolved.

        Raises:
            InputError: a value is invalid, or there are suffixes and more than one seed.
        """
        plain = self._plain(recipe, prompt, seeds, resolve)
        if not self.holds and not self.variations:
            return plain
        kind = "vary" if self.variations and plain.kind == "explore" else plain.kind
        shots = (
            msgspec.structs.replace(shot, holds=self.holds, variations=self.variations).check() for shot in plain.shots
        )
        return msgspec.structs.replace(plain, kind=kind, shots=tuple(shots))

    def _plain(self, recipe: Recipe, prompt: str | None, seeds: str | None, resolve: Resolve | None) -> Round:
        """The round without holds and variations."""
        wanted = parse_seeds(self.seeds if seeds is None else seeds)
        base = self.prompt if prompt is None else prompt
        if self.suffixes is None:
            return explore(base, wanted, recipe, resolve if prompt is not None else None)
        if len(wanted) > 1:
            raise InputError("a recipe with suffixes must have one seed", "Remove the suffixes, or all seeds but one")
        if resolve and prompt is not None:
            base = resolve(prompt, wanted[0])
        return refine(base, wanted[0], self.suffixes, recipe)

    def one_round(self) -> Round | None:
        """The round that makes exactly this image: its original batch, or else a batch of copies of it.

        None if its slot is not known, or if the file describes more than one image.
        """
        round_, made = self.round(self.recipe), self.made
        if made.slot is None or len(round_.shots) != 1 or made.slot >= self.recipe.batch_size:
            return None
        again = batch_again(round_, made.slot, made.batch)
        return msgspec.structs.replace(round_, kind=again.kind, prompt=again.prompt, shots=again.shots)


def recipe_file(record: ImageRecord) -> str:
    """The text of a recipe file for the image of `record`.

    Raises:
        InputError: it is made from another image, which such a file cannot hold.
    """
    if record.source is not None:
        raise InputError(
            "a finished image has no recipe of its own: it is made from another one",
            "Its PNG has both; seedtui script prints a program that makes both",
        )
    settings: dict[str, Any] = {"prompt": record.prompt, "seeds": str(record.seed)}
    if record.kind == "refine" or record.suffix:
        settings["suffixes"] = [record.suffix]
    settings |= {
        name: list(map(msgspec.to_builtins, found))
        for name, found in (("holds", record.holds), ("variations", record.variations))
        if found
    }
    recipe = {name: value for name, value in msgspec.to_builtins(record.recipe).items() if value is not None}
    if width := recipe.pop("width", None):
        recipe["size"] = f"{width}x{recipe.pop('height')}"
    made: dict[str, Any] = {"sha256": record.sha256, "slot": record.slot, "threads": record.environment.threads}
    if record.batch:
        made["batch"] = msgspec.to_builtins(record.batch)
    head = "# Make the image again: seedtui generate --recipe THIS_FILE"
    notes = "# What decides the low bits, and the hash of the pixels. Ignored if anything above is changed."
    return f"{head}\n{_lines(settings)}\n[recipe]\n{_lines(recipe)}\n{notes}\n[made]\n{_lines(made)}"


def parse_recipe_file(text: str, file: str) -> RecipeFile:
    """Parse `text`, which was read from `file`.

    Raises:
        InputError: not TOML, an unknown key, or an invalid value; the message names the key and the line.
    """
    data = toml.parse(text, file)
    values: dict[str, Any] = {"recipe": Recipe()}
    for key, value in data.items():
        origin = Origin(file, text, (key,))
        if key == "recipe" and isinstance(value, dict):
            for name, inner in value.items():
                place = origin.at(name)
                try:
                    values["recipe"] = recipe_with(values["recipe"], name, inner, _RECIPE)
                except InputError as error:
                    raise place.wrong(error) from error
        elif key in _KINDS:
            values[key] = _converted(origin, value, _KINDS[key])
        else:
            raise origin.wrong(InputError("unknown key", f"Known keys: recipe, {', '.join(_KINDS)}"))
    for key in ("prompt", "seeds"):
        if key not in values:
            raise InputError(f"{file} has no {key}", "Add a line such as " + _EXAMPLES[key])
    return _checked(RecipeFile(**{**values, "seeds": str(values["seeds"])}), file)


_RECIPE = (*RECIPE_KEYS, "revision", "fallback", "transformer_sha256")
"""The keys of ``[recipe]``: the settings, and what else the image was made with."""

_KINDS: dict[str, Any] = {
    "prompt": str, "seeds": str | int, "suffixes": tuple[str, ...], "holds": tuple[Hold, ...],
    "variations": tuple[Variation, ...], "made": Made,
}  # fmt: skip
_EXAMPLES = {"prompt": 'prompt = "a cat"', "seeds": 'seeds = "0-3"'}


def _converted(origin: Origin, value: object, kind: Any) -> Any:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise origin.wrong(InputError(str(error).replace("`", ""))) from error


def _checked(found: RecipeFile, file: str) -> RecipeFile:
    made = found.made
    try:
        found.round(found.recipe)
        if not 0 <= (made.slot or 0) < MAX_BATCH or made.threads < 0:
            raise InputError("slot or threads out of range", "Remove [made]")
        if made.batch:
            made.batch.check(found.recipe.batch_size)
    except InputError as error:
        raise InputError(f"{file}: {error.problem.message}", error.problem.hint) from error
    return found


def _lines(table: dict[str, Any]) -> str:
    return "".join(f"{name} = {toml.written(value)}\n" for name, value in table.items())
