"""``seedtui export``: a session as files to share, or the recipe of an image."""

from __future__ import annotations

from pathlib import Path

from seedtui.cli import options as o
from seedtui.cli.commands.sessions import session_to_resume
from seedtui.cli.declaration import FILE, argument, command, option
from seedtui.cli.messages import print_json, say, say_lines, tell
from seedtui.core.config.recipe_file import recipe_file
from seedtui.core.errors import InputError, quoted
from seedtui.core.text.formatting import counted
from seedtui.library.export.export import export_session
from seedtui.library.files import write_new_file
from seedtui.library.images.png import read_record
from seedtui.library.library import Library


@command
@argument("what", metavar="[SESSION|latest|IMAGE]", default="latest",
          about="A session ID as in seedtui sessions, or latest (the default). With --recipe, a PNG file.")  # fmt: skip
@argument("file", metavar="[FILE]", type=FILE, required=False,
          about="With --recipe, the file to write. Default: print the recipe.")  # fmt: skip
@option("--recipe", is_flag=True, help="Write the recipe of an image, for generate --recipe.")
@option("--out", metavar="DIR|FILE.zip", type=FILE,
        help="A new folder, or a new zip file. Default: a folder named after the session.")  # fmt: skip
@o.json
def export(what: str, file: Path | None, recipe: bool, out: Path | None, json: bool) -> int:
    """Write a session to a folder or a zip, or an image's recipe.

    A session is written as pictures, sheets and a contact sheet in Markdown; exit code 1 if pictures are missing.
    With --recipe, the prompt, seed and settings of an image are written as TOML.
    """
    if recipe:
        return export_recipe(Path(what), file or out, json)
    if file is not None:
        hint = "To write an image's recipe: seedtui export IMAGE FILE --recipe"
        raise InputError(f"unexpected argument {quoted(str(file))}", hint)
    session = session_to_resume(None if what == "latest" else what)
    with Library.default() as library:
        done = export_session(library, session, out or Path(f"seedtui_{session}"))
        if library.notice:
            tell(library.notice)
    if done.missing:
        tell(f"{counted(done.missing, 'picture')} {'is' if done.missing == 1 else 'are'} missing: deleted or damaged.")
    if json:
        print_json(
            {"session": session, "path": str(done.path.absolute()), "rounds": done.rounds, "images": done.images,
             "missing": done.missing}
        )  # fmt: skip
    else:
        say(f"{done.path}  {counted(done.rounds, 'round')}, {counted(done.images, 'picture')}")
    return 1 if done.missing else 0


def export_recipe(image: Path, file: Path | None, as_json: bool) -> int:
    """Write the recipe of `image` to `file`, or print it.

    Raises:
        InputError: `file` exists.
        FileError: the image cannot be read or has no recipe, or the file cannot be written.
    """
    text = recipe_file(read_record(image))
    if file is None:
        print_json({"recipe": text}) if as_json else say_lines(text)
        return 0
    if not write_new_file(file, text.encode()):
        raise InputError(f"{file} exists already", "Name another file")
    print_json({"path": str(file.absolute())}) if as_json else say(file)
    return 0
