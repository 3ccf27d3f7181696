"""A small HTTP server that plays the Hugging Face Hub's part: the API's answer about a model, and its files."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class FakeHub:
    """Serves `models`, folders by their ids. `gated` ids are refused; `slow` waits before each piece of a file;
    `asked` has the files that were wanted."""

    def __init__(self, models: dict[str, Path], gated: tuple[str, ...] = (), slow: float = 0.0) -> None:
        self.models, self.gated, self.slow = models, gated, slow
        self.asked: list[str] = []
        self.broken = 0
        """Answers 500 to the API for as long as it is not 0."""

    def files(self, hub_id: str) -> dict[str, Path]:
        folder = self.models[hub_id]
        return {f.relative_to(folder).as_posix(): f for f in sorted(folder.rglob("*")) if f.is_file()}

    @contextmanager
    def serve(self) -> Iterator[str]:
        """The address, while it is served."""
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                """Say nothing."""

            def do_HEAD(self) -> None:
                self._answer(body=False)

            def do_GET(self) -> None:
                self._answer(body=True)

            def _answer(self, body: bool) -> None:
                path = unquote(self.path).partition("?")[0]
                if path.startswith("/api/models/"):
                    self._about("/".join(path.split("/")[3:5]))
                else:
                    hub_id, _, rest = path.strip("/").partition("/resolve/")
                    self._file(hub_id, rest.partition("/")[2], body)

            def _about(self, hub_id: str) -> None:
                if hub.broken:
                    self._say(500, {"error": "broken"})
                elif hub_id in hub.gated:
                    self._say(403, {"error": "gated"}, **{"X-Error-Code": "GatedRepo"})
                elif hub_id not in hub.models:
                    self._say(404, {"error": "none"}, **{"X-Error-Code": "RepoNotFound"})
                else:
                    files = hub.files(hub_id).items()
                    siblings = [{"rfilename": name, "size": file.stat().st_size} for name, file in files]
                    self._say(200, {"id": hub_id, "modelId": hub_id, "sha": COMMIT, "siblings": siblings})

            def _file(self, hub_id: str, name: str, body: bool) -> None:
                file = hub.files(hub_id).get(name) if hub_id in hub.models else None
                if file is None:
                    self._say(404, {"error": "none"}, **{"X-Error-Code": "EntryNotFound"})
                    return
                data = file.read_bytes()
                self.send_response(200)
                self.send_header("X-Repo-Commit", COMMIT)
                self.send_header("ETag", f'"{hashlib.sha256(data).hexdigest()}"')
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                if body:
                    hub.asked.append(name)
                    self._send(data)

            def _send(self, data: bytes) -> None:
                try:
                    for start in range(0, len(data), 2**16):
                        time.sleep(hub.slow)
                        self.wfile.write(data[start : start + 2**16])
                except ConnectionError:
                    return  # the client has stopped

            def _say(self, code: int, value: dict, **headers: str) -> None:
                data = json.dumps(value).encode()
                self.send_response(code)
                for header, words in headers.items():
                    self.send_header(header, words)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(data)

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()
