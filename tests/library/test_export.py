"""An exported session is whole, readable by others, and replaces nothing."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path
from urllib.parse import unquote

import pytest
from PIL import Image

from seedtui.core.errors import FileError
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.axis import Axis
from seedtui.core.rounds.grid import grid, seed_axis
from seedtui.core.rounds.make import explore, refine
from seedtui.core.rounds.rounds import Pick
from seedtui.core.rounds.scout import scout
from seedtui.core.rounds.stop import Stop
from seedtui.library.export.export import CONTACT, export_session
from seedtui.library.export.markdown import literal
from seedtui.library.images.png import pixels_intact, read_png
from seedtui.library.library import Library

HOSTILE = "a | b\n# [x](y) <b>*`` ``` é"


@pytest.fixture
def session(library: Library, picture, record_of) -> str:
    """Four seeds, and the third refined twice; the second of these starred, and one round begun."""
    made = library.new_session()
    first = explore("Labrador", range(4), Recipe(width=8, height=8))
    second = refine(HOSTILE, 2, (", artsy", ", a/b"), Recipe(width=8, height=8), Pick(first.id, 2))
    for base, round_ in enumerate((first, second)):
        library.add_round(made, round_)
        for shot in round_.shots:
            shown = picture(10 * base + shot.index)
            library.add_image(made, record_of(round_, shot.index, shown), shown)
        library.finish_round(round_.id, "done")
    library.set_pick(first.id, 2)
    library.star(second.id, 1)
    library.add_round(made, explore("never run", range(2), Recipe()))
    return made


def linked(text: str) -> set[str]:
    outside_code = re.sub(r"(?s)^(`{3,})text\n.*?^\1$", "", text, flags=re.MULTILINE)
    return {unquote(link) for link in re.findall(r"\]\(([^)]+)\)", outside_code)}


def test_deleted_images_are_left_out(library: Library, session, tmp_path: Path):
    first, second, _ = library.load_session(session).lineage.rounds
    library.delete_images((first.id, 1), (first.id, 3), (second.id, 0), (second.id, 1))
    done = export_session(library, session, tmp_path / "out")
    assert (done.rounds, done.images, done.missing) == (3, 2, 0)
    text = (done.path / CONTACT).read_text()
    assert "artsy" not in text and "a/b" not in text
    assert "seed 3" not in text and text.count("missing") == 2, "of the round that never ran"
    with Image.open(done.path / "sheets" / "1.png") as image:
        assert image.size == (16, 8)
    assert not (done.path / "sheets" / "2.png").exists()


def test_a_folder_has_every_picture_a_sheet_a_round_and_a_contact_sheet(library: Library, session, tmp_path: Path):
    done = export_session(library, session, tmp_path / "out")
    assert (done.rounds, done.images, done.missing) == (3, 6, 0)
    files = {str(path.relative_to(done.path)) for path in done.path.rglob("*") if path.is_file()}
    text = (done.path / CONTACT).read_text()
    assert linked(text) == files - {CONTACT}
    assert len([f for f in files if f.startswith("pictures/")]) == 6
    assert all(pixels_intact(*read_png(path)) for path in (done.path / "pictures").iterdir())
    with Image.open(done.path / "sheets" / "1.png") as image:
        assert image.size == (16, 16)
    assert "From round 1, seed 2." in text
    assert text.count("★ seed 2 · a/b") == 1
    assert text.count("▸ seed 2") == 1
    assert "(running)" in text
    assert f"\n````text\n{HOSTILE}\n````\n" in text


def test_a_zip_is_the_same(library: Library, session, tmp_path: Path):
    folder = export_session(library, session, tmp_path / "cats").path
    done = export_session(library, session, tmp_path / "deep" / "cats.zip")
    with zipfile.ZipFile(done.path) as archive:
        assert archive.testzip() is None
        packed = {name: archive.read(name) for name in archive.namelist()}
    assert packed == {f"cats/{p.relative_to(folder)}": p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    assert [path.name for path in done.path.parent.iterdir()] == ["cats.zip"]


@pytest.mark.parametrize("name", ["out", "out.zip"])
def test_nothing_is_replaced(library: Library, session, tmp_path: Path, name: str):
    out = tmp_path / name
    export_session(library, session, out)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(FileError, match="already"):
        export_session(library, session, out)
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}


def test_pictures_that_are_gone_or_broken_are_told(library: Library, session, tmp_path: Path):
    one, two, *_ = sorted((library.pictures / session).glob("*.png"))
    one.unlink()
    two.write_bytes(b"no picture")
    done = export_session(library, session, tmp_path / "out")
    assert (done.images, done.missing) == (4, 2)
    assert (done.path / CONTACT).read_text().count("missing") == 2 + 2  # two rounds' own, and those never run


def test_a_session_without_rounds_leaves_nothing(library: Library, tmp_path: Path):
    with pytest.raises(FileError, match="no rounds"):
        export_session(library, library.new_session(), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_markdown_is_shown_to_the_letter():
    assert literal("a *b* [c](d) |") == r"a \*b\* \[c\]\(d\) \|"
    assert literal("a\n# b\x1b\u202e<br>") == r"a⏎\# b␛�\<br\>"


KILLED = """
import os, signal, sys
from pathlib import Path
from seedtui.library.export import export
from seedtui.library.library import Library
write = export.encode_plain_png
def kill(picture):
    os.kill(os.getpid(), signal.SIGKILL)
export.encode_plain_png = kill
with Library(Path(sys.argv[1])) as library:
    export.export_session(library, sys.argv[2], Path(sys.argv[3]))
"""


@pytest.mark.parametrize("name", ["out", "out.zip"])
def test_a_killed_export_is_in_nobodys_way_and_is_swept(library: Library, session, tmp_path: Path, name: str) -> None:
    out = tmp_path / "exports" / name
    subprocess.run([sys.executable, "-c", KILLED, library.root, session, out])
    assert [path for path in out.parent.rglob("*") if not {".part"} & {p.suffix for p in (path, *path.parents)}] in (
        [], [out]
    )  # fmt: skip
    assert len(list(out.parent.rglob("*.part"))) == 1
    assert export_session(library, session, out).images == 6
    assert not list(out.parent.rglob("*.part"))


def test_large_rounds_have_sheets_of_their_own(library: Library, picture, record_of, tmp_path: Path):
    made, recipe = library.new_session(), Recipe(width=8, height=8)
    axes = Axis("suffix", ("", HOSTILE)), seed_axis(range(2))
    for round_ in (grid(HOSTILE, *axes, recipe), scout(HOSTILE, range(300), Stop(share=0.3), recipe)):
        library.add_round(made, round_)
        for shot in round_.shots:
            shown = picture(shot.index)
            library.add_image(made, record_of(round_, shot.index, shown), shown)
        library.finish_round(round_.id, "done")
    table = library.load_session(made).lineage.rounds[0]
    library.star(library.load_session(made).lineage.rounds[1].id, 3)
    library.delete_images((table.id, 3))
    done = export_session(library, made, tmp_path / "out")
    assert (done.rounds, done.images, done.missing) == (2, 303, 0)
    sheets = {path.name for path in (done.path / "sheets").iterdir()}
    assert sheets == {"1.png", "1.html", "1.md", "2.png", "2-2.png"}
    assert linked((done.path / CONTACT).read_text()) == {f"sheets/{name}" for name in sheets}
    html, markdown = ((done.path / "sheets" / f"1.{end}").read_text() for end in ("html", "md"))
    for page in (html, markdown):
        assert page.count("missing") == 1
    assert "<b>" not in html and "[x](y)" not in html.replace("# [x](y)", "")
    links = {unquote(link) for link in re.findall('href="([^"]+)"', html)}
    assert links == linked(markdown)
    for link in links:
        assert (done.path / "sheets" / link).is_file()
    with Image.open(done.path / "sheets" / "2.png") as image:
        assert image.width * image.height < 4096 * 4096
