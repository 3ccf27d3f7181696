"""``scout``: previews of many seeds, and finishing some of them as ``generate`` makes them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from seedtui.cli.rank import rank
from seedtui.cli.scout_folder import discard, saved_folder
from seedtui.core.errors import InputError, SeedtuiError
from seedtui.library.images.png import read_picture, read_record

from .conftest import Command

SCORE = """
import sys
from PIL import Image
for path in sys.stdin:
    print(sum(Image.open(path.rstrip("\\n")).convert("L").getdata()))
"""


def test_scout_then_finish(seedtui: Command, models: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = ("--model", models["sd"], "--steps", 6)
    words = ("scout", "a cat", *recipe, "--stop", "50%", "--json", "--out", "s")
    result = seedtui(*words, "--seeds", "0-5")
    assert result.code == 0
    assert [(line["index"], line["seed"]) for line in result.lines] == [(i, i) for i in range(6)]
    for line in result.lines:
        record = read_record(Path(line["path"]))
        assert (record.kind, record.sha256, line["steps"]) == ("scout", line["sha256"], 6)
        assert record.stop
        assert record.stop.steps == line["stop"] < 6
    assert "Traceback" not in result.err
    assert "seedtui scout --finish 0,1,2 --out s" in result.err
    assert Path("s/contact-sheet.png").is_file()
    assert len(list(Path("s/saved").glob("*.safetensors"))) == 6

    assert "--resume" in seedtui(*words, "--seeds", "0-7").err
    more = seedtui(*words, "--seeds", "0-7", "--resume")
    assert [line.get("existing", False) for line in more.lines] == [True] * 6 + [False] * 2
    assert sorted(path.name for path in Path("s").glob("contact*")) == ["contact-sheet.png"]
    for other in (("--steps", 5), ("--stop", "2"), ("--guidance", 2)):
        assert "other settings" in seedtui(*words, "--seeds", "9", "--resume", *other).err
    assert "another prompt" in seedtui("scout", "a dog", *words[2:], "--resume").err

    whole = {line["seed"]: line["sha256"] for line in seedtui("generate", "a cat", *recipe, "--json").lines}
    for _ in range(2):  # the first time, it computes everything to compare
        finished = seedtui("scout", "--finish", "3,1", "--out", "s", "--json")
        assert finished.code == 0
        assert {line["seed"]: line["sha256"] for line in finished.lines} == {seed: whole[seed] for seed in (1, 3)}
    assert "of the steps were not computed again" in finished.err
    assert "the saved state stays" in finished.err
    assert seedtui("verify", *(line["path"] for line in finished.lines)).code == 0
    last = seedtui("scout", "--finish", "1,3,2", "--out", "s", "--json", "--resume", "--discard")
    assert [line.get("existing", False) for line in last.lines] == [True, True, False]
    assert not Path("s/saved").exists()
    gone = seedtui("scout", "--finish", "0", "--out", "s", "--json")
    assert gone.lines[0]["sha256"] == whole[0]
    assert "computed in full" in gone.err

    Path("score.py").write_text(SCORE)
    monkeypatch.setenv("SEEDTUI_RANK_COMMAND", f"{sys.executable} score.py")
    ranked = seedtui(*words, "--seeds", "0-7", "--resume", "--rank")
    scores = [line["score"] for line in ranked.lines]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] == sum(_grey(Path(ranked.lines[0]["path"])))
    best = seedtui("scout", "--finish", "best:2", "--out", "s", "--json", "--resume")
    assert [line["seed"] for line in best.lines] == [line["seed"] for line in ranked.lines[:2]]


def _grey(path: Path) -> bytes:
    from PIL import Image

    picture = read_picture(path)
    return Image.frombytes("RGB", (picture.width, picture.height), picture.pixels).convert("L").tobytes()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "there is no prompt"),
        (("a cat", "--finish", "3"), "cannot be combined with a prompt"),
        (("--finish", "3", "--steps", "4"), "cannot be combined with --steps"),
        (("--finish", "3", "--stop", "4"), "cannot be combined with --stop"),
        (("--finish", "three"), "invalid seeds"),
        (("--finish", "best:none"), "best:10"),
        (("--finish", "best:2"), "no command that scores"),
        (("--finish", "3"), "no previews"),
        (("a cat", "--discard"), "goes with --finish"),
        (("a cat", "--stop", "120%"), "stop"),
        (("a cat", "--stop", "0"), "stop"),
        (("a cat", "--steps", "4", "--stop", "4"), "not before the last"),
        (("a cat", "--rank"), "no command that scores"),
    ],
)
def test_wrong_input_is_one_line(bare: Command, words: tuple[str, ...], says: str) -> None:
    result = bare("scout", *words, "--out", "s")
    assert (result.code, result.out, len(result.err.splitlines())) == (2, "", 1)
    assert says in result.err


def test_a_path_that_is_not_text_is_refused() -> None:
    with pytest.raises(InputError, match="not text"):
        saved_folder(Path(os.fsdecode(b"odd\xff")))


def test_only_what_was_saved_is_discarded(tmp_path: Path) -> None:
    (tmp_path / "saved/7.safetensors").mkdir(parents=True)
    for name in ("3", "18446744073709551615", "lora", "3b"):
        (tmp_path / f"saved/{name}.safetensors").write_bytes(b"abcd")
    assert discard(tmp_path) == 8
    assert {path.stem for path in (tmp_path / "saved").iterdir()} == {"7", "lora", "3b"}


def test_a_folder_with_two_scout_rounds_or_other_files(seedtui: Command, models: dict[str, Path]) -> None:
    for out, prompt in (("one", "a cat"), ("two", "a dog")):
        seedtui("scout", prompt, "--seeds", "0-1", "--model", models["sd"], "--steps", 4, "--out", out)
    Path("one/odd.png").write_bytes(b"\x89PNG\r\n\x1a\nodd")
    assert "not scouted" in seedtui("scout", "--finish", "1,7", "--out", "one").err
    for path in Path("two").glob("a-dog*"):
        shutil.copy(path, "one")
    result = seedtui("scout", "--finish", "1", "--out", "one")
    assert (result.code, "several scout rounds" in result.err) == (2, True)


@pytest.mark.parametrize(
    "program",
    [
        "import sys; print('\\n'.join('1' for line in sys.stdin))\nprint(2)",
        "print('no')",
        "import sys; sys.exit('odd')",
    ],
)
def test_a_command_that_does_not_score(program: str, tmp_path: Path) -> None:
    with pytest.raises(SeedtuiError) as error:
        rank([sys.executable, "-c", program], [tmp_path / "a.png", tmp_path / "b.png"])
    assert "rank_command" in str(error.value)
    with pytest.raises(SeedtuiError):
        rank(["/nowhere/score"], [tmp_path / "a.png"])
    with pytest.raises(InputError, match="more than one number"):
        rank(["yes"], [tmp_path / "a.png"])


@pytest.mark.slow
def test_a_killed_scout_goes_on_and_finishes_exactly(seedtui: Command, models: dict[str, Path]) -> None:
    recipe = ("--model", str(models["sd"]), "--steps", "6")
    words = ("scout", "a cat", *recipe, "--seeds", "0-15", "--out", "s")
    with subprocess.Popen([sys.executable, "-m", "seedtui", *words], stdout=subprocess.PIPE) as job:
        assert job.stdout
        assert job.stdout.readline()
        job.send_signal(signal.SIGKILL)
    assert seedtui(*words, "--resume").code == 0
    assert len(list(Path("s").glob("*at-step*.png"))) == 16
    whole = seedtui("generate", "a cat", *recipe, "--seeds", "0-15", "--json")
    finished = seedtui("scout", "--finish", "0-15", "--out", "s", "--json")
    assert [line["sha256"] for line in finished.lines] == [line["sha256"] for line in whole.lines]
