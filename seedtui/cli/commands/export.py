"""``seedtui export``: a session as files for others."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from seedtui.cli import options as o
from seedtui.cli.commands.sessions import session_to_resume
from seedtui.cli.messages import print_json, say, say_lines, tell
from seedtui.core.config.recipe_file import recipe_file
from seedtui.core.errors import InputError
from seedtui.core.text.formatting import counted
from seedtui.library.export.export import export_session
from seedtui.library.files import write_new_file
from seedtui.library.images.png import read_record
from seedtui.library.library import Library

Target = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR|FILE.zip", help="A new folder, or a zip file; named after the session."),
]


def export(
    what: Annotated[
        str, typer.Argument(metavar="SESSION|latest|IMAGE", help="As seedtui sessions lists them; a PNG with --recipe.")
    ] = "latest",
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="Where the recipe goes; else printed.")] = None,
    recipe: Annotated[bool, typer.Option("--recipe", help="Write an image's recipe, for generate --recipe.")] = False,
    out: Target = None,
    json: o.Json = False,
) -> int:
    """Write a session to a folder or a zip: pictures, sheets and a contact sheet in Markdown.

    With --recipe, write the prompt, seed and settings of an image as TOML.
    """
    if recipe:
        return export_recipe(Path(what), file or out, json)
    if file is not None:
        raise InputError(f"“{file}” is one word too many", "For an image's recipe: seedtui export IMAGE --recipe FILE")
    session = session_to_resume(None if what == "latest" else what)
    with Library.default() as library:
        done = export_session(library, session, out or Path(f"seedtui_{session}"))
        if library.notice:
            tell(library.notice)
    if done.missing:
        tell(f"{counted(done.missing, 'picture')} {'is' if done.missing == 1 else 'are'} missing: gone or broken.")
    if json:
        print_json(
            {"session": session, "path": str(done.path.absolute()), "rounds": done.rounds, "images": done.images,
             "missing": done.missing}
        )  # fmt: skip
    else:
        say(f"{done.path}  {counted(done.rounds, 'round')}, {counted(done.images, 'picture')}")
    return 1 if done.missing else 0


def export_recipe(image: Path, file: Path | None, as_json: bool) -> int:
    """Write the recipe of `image` to `file`, which must not be there yet, or print it.

    Raises:
        FileError: the image cannot be read, or says no recipe; the file cannot be written.
    """
    text = recipe_file(read_record(image))
    if file is None:
        print_json({"recipe": text}) if as_json else say_lines(text)
        return 0
    if not write_new_file(file, text.encode()):
        raise InputError(f"there is {file} already", "Name another file")
    print_json({"path": str(file.absolute())}) if as_json else say(file)
    return 0
