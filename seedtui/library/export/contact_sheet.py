"""The contact sheet of a session in Markdown: each round with its prompt, its pictures, and its recipe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import quote

from seedtui.core.images.picture import columns_for
from seedtui.core.images.record import ImageRecord
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.rounds import Round, Shot
from seedtui.core.shares import percent
from seedtui.library.export.markdown import fenced, literal
from seedtui.library.sessions import Session


class Plate(NamedTuple):
    """One picture of a round. `file` is its path relative to the contact sheet, empty if the picture is missing."""

    shot: Shot
    file: str = ""
    record: ImageRecord | None = None
    starred: bool = False
    picked: bool = False


def sheet(session: Session, pages: Sequence[str]) -> str:
    """The whole document."""
    rounds = len(pages)
    about = f"{rounds} round{'s' if rounds != 1 else ''} of the seedtui session {session.id}."
    keys = "★ starred · ▸ picked. Every picture contains its recipe, which `seedtui info`, `verify` and `script` read."
    prompt = session.lineage.rounds[0].prompt if session.lineage.rounds else session.id
    return "\n\n".join((f"# {literal(prompt)}", about, keys, *pages)) + "\n"


def page(
    session: Session, round_: Round, plates: Sequence[Plate], numbers: Mapping[str, int], sheets: Mapping[str, str]
) -> str:
    """One round. `numbers` are the rounds' numbers by id, `sheets` the paths of its sheets by what they are.

    The images of a large round are only in its sheets.
    """
    status = session.rounds[round_.id].status
    title = f"## {numbers[round_.id]} · {literal(round_.title)}{'' if status == 'done' else f' ({status})'}"
    parts = [title, _from(session, round_, numbers), fenced(round_.prompt), "" if round_.is_large else _table(plates)]
    record = next((plate.record for plate in plates if plate.record), None)
    if record:
        parts.append(literal(recipe_line(record.recipe)))
    if sheets:
        parts.append(" · ".join(f"[{words}]({quote(path)})" for words, path in sheets.items()))
    return "\n\n".join(part for part in parts if part)


def recipe_line(recipe: Recipe) -> str:
    """A recipe on one line, without settings that are not set."""
    size = f"{recipe.width}x{recipe.height}" if recipe.width and recipe.height else ""
    words = (
        recipe.model,
        (recipe.revision or "")[:12],
        size,
        f"{recipe.steps} steps" if recipe.steps else "",
        f"guidance {recipe.guidance:g}" if recipe.guidance is not None else "",
        recipe.scheduler or "",
        f"spread {percent(recipe.spread)}" if recipe.spread else "",
        recipe.dtype or "",
        f"without “{recipe.negative}”" if recipe.negative else "",
    )
    return " · ".join(word for word in words if word)


def _from(session: Session, round_: Round, numbers: Mapping[str, int]) -> str:
    parent = session.lineage.parent(round_)
    if parent is None or round_.parent is None:
        return ""
    labels = {shot.index: shot.label for shot in parent.shots}
    return f"From round {numbers[parent.id]}, {literal(labels.get(round_.parent.index, 'a picture'))}."


def _table(plates: Sequence[Plate]) -> str:
    if not plates:
        return ""  # all were deleted
    columns = columns_for(len(plates))
    cells = [_cell(plate) for plate in plates]
    cells += [""] * (-len(cells) % columns)
    rows = [cells[i : i + columns] for i in range(0, len(cells), columns)]
    empty = "| " + " | ".join([" "] * columns) + " |"
    return "\n".join([empty, "|" + " --- |" * columns, *("| " + " | ".join(row) + " |" for row in rows)])


def _cell(plate: Plate) -> str:
    marks = f"{'★ ' if plate.starred else ''}{'▸ ' if plate.picked else ''}"
    label = literal(" · ".join(filter(None, (plate.shot.label, plate.shot.prompt))))
    if not plate.file:
        return f"{marks}{label}<br>missing"
    notes = "".join(f"<br>{literal(note)}" for note in plate.record.notes) if plate.record else ""
    return f"[![{label}]({quote(plate.file)})]({quote(plate.file)})<br>{marks}{label}{notes}"
