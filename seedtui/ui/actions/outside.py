"""What the keys hand to other programs: words, paths and images for the clipboard, files for a viewer."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

from textual.app import App

from seedtui.app.controller import Controller
from seedtui.app.state.job import ImageRef
from seedtui.core.errors import FileError, SeedtuiError
from seedtui.core.text.formatting import counted
from seedtui.terminal.output.clipboard import copied_by_tmux
from seedtui.terminal.output.picture_writer import Send
from seedtui.ui.actions.background import Background
from seedtui.ui.screens.copy import CopyScreen

_AT_ONCE = 16
"""Packets sent before others have their turn."""

_PATIENCE = 3.0
"""Seconds for the terminal's answer; older ones do not answer."""


class OutsideActions:
    """`viewer` is the setting: a command line, "" for what the desktop has.

    `send` writes to the terminal, and `expect` says whom to tell its answer to an image for the clipboard.
    """

    def __init__(
        self, app: App[None], controller: Controller, background: Background, viewer: str, send: Send,
        expect: Callable[[Callable[[str], object]], None],
    ) -> None:  # fmt: skip
        self._app, self._controller, self._background, self._viewer = app, controller, background, viewer
        self._send, self._expect = send, expect

    def copy(self) -> None:
        """Copy the prompt, seed, path or image of the pick, or of all marked pictures, to the clipboard."""
        state = self._controller.state
        shots = [(state.round_views[id_].round, index) for id_, index in state.targets]
        if not shots:
            return
        prompts = dict.fromkeys(round_.full_prompt(round_.shots[index]) for round_, index in shots)
        seeds = dict.fromkeys(round_.shots[index].seed for round_, index in shots)
        words = {"prompt": "\n".join(prompts), "seed": ",".join(map(str, seeds))}
        kept = state.kept_targets
        if kept:
            words["path"] = "the PNG file on disk" if len(kept) == 1 else f"the {len(kept)} PNG files on disk"
        if len(kept) == 1:
            words["image"] = "the image itself, or else its path"
        self._app.push_screen(CopyScreen(words, len(state.marks)), lambda name: self._copy(name, words, kept))

    def open(self) -> None:
        """Show the pick, or all marked pictures, in the viewer."""
        from seedtui.app.viewer import show_images, viewer_command  # not before the first frame

        images = self._controller.state.kept_targets
        try:
            command = viewer_command(self._viewer, os.environ)
        except SeedtuiError as error:
            self._controller.tell(error.problem)
            return

        def show() -> str:
            show_images(command, [self._controller.sessions.path(*image) for image in images])
            return f"opened {counted(len(images), 'picture')} with {command[0]}"

        if images:
            self._background.run(show)

    def _copy(self, name: str | None, words: dict[str, str], images: tuple[ImageRef, ...]) -> None:
        if name is None:
            return

        def copy() -> str:
            from seedtui.terminal.output.image_clipboard import copied_image

            paths = [self._controller.sessions.path(*image) for image in images if name in ("path", "image")]
            if name == "image" and (self._copied_by_terminal(paths[0]) or copied_image(paths[0], os.environ)):
                return "copied the image"
            text = "\n".join(map(str, paths)) or words[name]
            if not copied_by_tmux(text, os.environ):
                self._app.call_from_thread(self._app.copy_to_clipboard, text)
            if name == "image":
                return "copied the path: there is no clipboard for images here"
            lines = text.count("\n") + 1
            return f"copied the {name}" if lines == 1 else f"copied {counted(lines, name)}"

        self._background.run(copy)

    def _copied_by_terminal(self, path: Path) -> bool:
        """Send the image to a terminal that takes it. Blocks until it has answered: call it in a thread."""
        from seedtui.files.reading import read_bytes
        from seedtui.terminal.output.kitty_clipboard import MAX_BYTES, takes_images

        if not takes_images(os.environ):
            return False
        try:
            png = read_bytes(path, MAX_BYTES)
        except FileError:
            return False  # too large; its path is copied instead
        taken: bool = self._app.call_from_thread(self._give, png)  # type: ignore[arg-type]  # mypy finds Never
        return taken

    async def _give(self, png: bytes) -> bool:
        """Send `png` a little at a time, so that keys and pictures go on; whether the terminal has it."""
        from seedtui.terminal.output.kitty_clipboard import image_packets

        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        def tell(status: str) -> None:
            if not answer.done():  # else it has come too late
                answer.set_result(status)

        self._expect(tell)
        for number, packet in enumerate(image_packets(png)):
            await self._send(packet)
            if number % _AT_ONCE == 0:
                await asyncio.sleep(0)
            if answer.done():
                break  # with an error
        try:
            return await asyncio.wait_for(answer, _PATIENCE) == "DONE"
        except TimeoutError:
            return False
