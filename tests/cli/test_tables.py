"""Tables where the output is no terminal: a row is a line, whole, however narrow the terminal around it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from seedtui.bench.report import Report, Result, print_report
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.make import explore
from seedtui.library.library import Library
from tests.support import foreign_files

from .conftest import Command

PROMPT = "a cat" + ", and then another cat" * 40


@pytest.fixture(params=["", "20"])
def columns(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param:
        monkeypatch.setenv("COLUMNS", request.param)
    else:
        monkeypatch.delenv("COLUMNS", raising=False)


def check(out: str, *words: str) -> None:
    """Each of `words` is whole, on one line, and nothing pads a line."""
    for word in words:
        assert any(word in line for line in out.splitlines()), word
    assert not any(line.endswith(" ") for line in out.splitlines())


@pytest.mark.usefixtures("columns")
def test_of_each_command(bare: Command, models: dict[str, Path], monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    with Library.default() as library:
        session = library.new_session()
        library.add_round(session, explore(PROMPT, [0], Recipe()))
    check(bare("sessions").out, f"{session}", PROMPT)
    check(bare("doctor").out, str(home), "starter model")
    monkeypatch.setenv("SEEDTUI_NEGATIVE", PROMPT)
    row = next(line for line in bare("config").out.splitlines() if PROMPT in line)
    assert row.startswith("recipe.negative") and row.endswith("SEEDTUI_NEGATIVE")
    folder = models["sd"].parent
    monkeypatch.setenv("SEEDTUI_MODEL_FOLDERS", str(folder))
    out = bare("models").out
    assert len(out.splitlines()) == 1 + len(bare("models", "--json").lines)
    check(out, "StableDiffusionPipeline")


@pytest.mark.usefixtures("columns")
def test_of_images(bare: Command, seedtui: Command, pictures: list[Path], tmp_path: Path) -> None:
    made = seedtui("generate", PROMPT, "--seeds", "1", "--steps", "1", "--json").lines[0]
    check(bare("info", made["path"]).out, PROMPT, made["sha256"], made["path"])
    other = foreign_files.files(tmp_path)["a1111"]
    check(bare("info", other).out, str(other), "a photo of a cat")


@pytest.mark.usefixtures("columns")
def test_of_bench(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report("a" * 100, Recipe(steps=3))
    report.results = [Result(name, 1.0, 1.0, [1.0]) for name in ("script", "plain")]
    print_report(report)
    out = capsys.readouterr().out
    check(out, report.title.rstrip())
    assert next(line for line in out.splitlines() if line.startswith("plain")).endswith("1.00x")
