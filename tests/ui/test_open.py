"""An image whose path is pasted into the prompt line."""

from __future__ import annotations

from pathlib import Path

from textual.events import Paste

from seedtui.library.library import Library
from tests.support import foreign_files as f
from tests.support import image_files as i


def paste(d, text: str) -> None:
    d.app.main.prompt_bar.prompt.post_message(Paste(text))


async def test_an_image_of_another_program_is_made_here(desk, tmp_path: Path):
    path = f.write(tmp_path / "my cat.png", {"parameters": f.A1111})
    async with desk() as d:
        await d.until(lambda: d.app.state.model)
        paste(d, f"'{path}' ")
        await d.done(1)
        (round_,) = d.engine.rounds
        assert round_.prompt.startswith("a photo of a cat")
        assert [shot.seed for shot in round_.shots] == [1234567890 + n for n in range(4)]
        assert (round_.recipe.steps, round_.recipe.scheduler) == (20, "DPMSolverMultistepScheduler")
        assert d.app.main.prompt_bar.seeds.value == "1234567890-1234567893"
        assert d.app.main.is_on(d.app.main.grid)


async def test_a_jpeg_is_opened_and_what_is_not_taken_is_told(desk, tmp_path: Path):
    exif = i.tiff({i.USER_COMMENT: b"UNICODE\0" + f.A1111.encode("utf-16-be")})
    path = i.jpeg(tmp_path / "cat.jpg", exif)
    async with desk() as d:
        await d.until(lambda: d.app.state.model)
        paste(d, str(path))
        await d.done(1)
        assert d.engine.rounds[0].prompt.startswith("a photo of a cat")
        assert any("Clip skip “2”" in notice.message for notice in d.app.state.notices)


async def test_ours_is_shown_as_it_is(desk, tmp_path: Path):
    async with desk(prompt="a cat") as d:
        await d.done(1)
        session = d.app.controller.sessions.session
    (image,) = tmp_path.glob("library/pictures/*/*seed-2.png")
    elsewhere = tmp_path / "copy.png"
    elsewhere.write_bytes(image.read_bytes())
    async with desk(library=lambda: Library(tmp_path / "other")) as d:
        await d.until(lambda: d.app.state.model)
        paste(d, str(elsewhere))
        await d.until(lambda: d.app.state.round_view and d.app.state.round_view.picked)
        round_view = d.app.state.round_view
        assert round_view.picked.seed == 2 and d.engine.rounds == []
        assert d.app.main.prompt_bar.prompt.text == "a cat"
        await d.pilot.press("r")
        await d.done(2)
        assert {shot.seed for shot in d.engine.rounds[0].shots} == {2}
    async with desk() as d:
        await d.until(lambda: d.app.state.model)
        paste(d, str(elsewhere))
        await d.until(lambda: d.app.state.round_view and d.app.state.round_view.picked)
        assert d.app.controller.sessions.session == session and d.app.state.round_view.pick == 2


async def test_a_path_that_is_no_image_is_told_or_is_a_prompt(desk, tmp_path: Path):
    text = tmp_path / "a.png"
    text.write_text("no picture")
    async with desk() as d:
        await d.until(lambda: d.app.state.model)
        paste(d, str(text))
        await d.until(lambda: d.app.state.problem)
        assert "PNG" in d.app.state.problem.message
        d.app.main.prompt_bar.prompt.text = ""
        paste(d, "/none/such.png")
        await d.until(lambda: d.app.main.prompt_bar.prompt.text == "/none/such.png")
