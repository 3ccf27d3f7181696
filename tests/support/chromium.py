"""A headless Chromium, driven by its DevTools protocol over a pipe: no port, no driver, nothing to install beside it.

Knows pages, keys and the mouse; knows nothing of terminals.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

PROGRAM = "chromium"

_OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--disable-extensions",
    "--disable-dev-shm-usage", "--password-store=basic", "--force-color-profile=srgb", "--hide-scrollbars",
    # A page that another one covers still draws.
    "--disable-backgrounding-occluded-windows", "--disable-renderer-backgrounding",
    "--disable-background-timer-throttling",
)  # fmt: skip


class ChromiumError(Exception):
    """The browser refused a command, or a script in a page failed."""


class Page:
    """A page of the browser. `call` gives it a command of the protocol and waits for the result."""

    def __init__(self, browser: Chromium, target: str, session: str) -> None:
        self._browser, self._target, self._session = browser, target, session
        for domain in ("Page", "Runtime"):
            self.call(f"{domain}.enable")
        self.call("Emulation.setFocusEmulationEnabled", enabled=True)

    def call(self, method: str, **parameters: object) -> dict[str, Any]:
        return self._browser.call(method, parameters, self._session)

    def evaluate(self, script: str) -> Any:
        """The value of an expression, as JSON has it; of a promise, what it is fulfilled with.

        Raises:
            ChromiumError: it threw.
        """
        done = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if thrown := done.get("exceptionDetails"):
            raise ChromiumError(thrown.get("exception", {}).get("description") or thrown["text"])
        return done["result"].get("value")

    def on_call(self, name: str, handle: Callable[[str], None]) -> None:
        """Let scripts in the page call `name` with a string. `handle` runs in the reading thread: it may not wait."""
        self._browser.handlers[self._session, name] = handle
        self.call("Runtime.addBinding", name=name)

    def size(self, width: int, height: int) -> None:
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def look(self, width: int, height: int) -> Image.Image:
        """What its upper left part shows."""
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        shot = self.call("Page.captureScreenshot", format="png", clip=clip)
        return Image.open(BytesIO(b64decode(shot["data"]))).convert("RGB")

    def press(self, key: str, code: int, text: str = "", *, ctrl: bool = False, shift: bool = False) -> None:
        """Press and release a key. `key` and `code` are those of the DOM's KeyboardEvent."""
        event = {"key": key, "windowsVirtualKeyCode": code, "modifiers": 2 * ctrl + 8 * shift}
        down = {"type": "keyDown", "text": text} if text else {"type": "rawKeyDown"}
        self.call("Input.dispatchKeyEvent", **event, **down)
        self.call("Input.dispatchKeyEvent", **event, type="keyUp")

    def point(self, x: float, y: float) -> None:
        """Move the mouse."""
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def close(self) -> None:
        with suppress(ChromiumError):
            self._browser.call("Target.closeTarget", {"targetId": self._target})


class Chromium:
    """The browser. Use `chromium` to start one."""

    def __init__(self, profile: Path) -> None:
        self.handlers: dict[tuple[str, str], Callable[[str], None]] = {}
        commands, self._commands = os.pipe()
        self._answers, answers = os.pipe()
        # It reads commands from 3 and writes answers to 4. Copies with higher numbers are not in the way of those.
        given = [fcntl.fcntl(fd, fcntl.F_DUPFD, 10) for fd in (commands, answers)]
        options = [*_OPTIONS, f"--user-data-dir={profile}", "--remote-debugging-pipe", "about:blank"]
        self._process = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{given[0]} 4>&{given[1]}', "bash", PROGRAM, *options],
            pass_fds=given, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        for fd in (commands, answers, *given):
            os.close(fd)
        self._lock = threading.Lock()
        self._waiting: dict[int, Future[dict[str, Any]]] = {}
        self._last = 0
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def page(self) -> Page:
        """A new, empty page."""
        target = self.call("Target.createTarget", {"url": "about:blank", "newWindow": True})
        session = self.call("Target.attachToTarget", {"targetId": target["targetId"], "flatten": True})
        page = Page(self, target["targetId"], session["sessionId"])
        page.evaluate("document.open(), document.write('<!doctype html><title></title>'), document.close()")
        return page

    def call(self, method: str, parameters: dict[str, Any], session: str = "") -> dict[str, Any]:
        """Give a command, and wait for its result.

        Raises:
            ChromiumError: it was refused, or the browser has ended.
        """
        done: Future[dict[str, Any]] = Future()
        with self._lock:
            self._last += 1
            message = {"id": self._last, "method": method, "params": parameters}
            self._waiting[self._last] = done
            if not self._reader.is_alive():
                raise ChromiumError("the browser has ended")
            data = json.dumps(message | ({"sessionId": session} if session else {})).encode() + b"\0"
            while data:
                data = data[os.write(self._commands, data) :]
        return done.result(60)

    def close(self) -> None:
        with suppress(ChromiumError, OSError, TimeoutError):
            self.call("Browser.close", {})
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(5)
        os.close(self._commands)
        os.close(self._answers)

    def _read(self) -> None:
        rest = b""
        while data := os.read(self._answers, 1 << 20):
            *messages, rest = (rest + data).split(b"\0")
            for message in messages:
                self._take(json.loads(message))
        for done in self._waiting.values():
            done.set_exception(ChromiumError("the browser has ended"))

    def _take(self, message: dict[str, Any]) -> None:
        if "id" in message:
            done = self._waiting.pop(message["id"])
            if "error" in message:
                done.set_exception(ChromiumError(message["error"]["message"]))
            else:
                done.set_result(message["result"])
        elif message["method"] == "Runtime.bindingCalled":
            called = message["params"]
            if handle := self.handlers.get((message["sessionId"], called["name"])):
                handle(called["payload"])


@contextmanager
def chromium(profile: Path) -> Iterator[Chromium]:
    """Start a browser with a profile of its own in that folder, which it makes."""
    browser = Chromium(profile)
    try:
        yield browser
    finally:
        browser.close()
