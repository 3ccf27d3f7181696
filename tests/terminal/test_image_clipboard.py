"""An image is copied with the desktop's program, or not at all."""

from __future__ import annotations

from pathlib import Path

from seedtui.terminal.output.image_clipboard import copied_image


def fake(folder: Path, name: str, code: int = 0) -> None:
    path = folder / name
    path.write_text(
        f'#!/bin/sh\n/bin/cat > {folder}/{name}.in\nprintf "%s " "$@" > {folder}/{name}.words\nexit {code}\n'
    )
    path.chmod(0o755)


def test_wayland_x11_and_neither(tmp_path: Path) -> None:
    image = tmp_path / "a b.png"
    image.write_bytes(b"\x89PNG\r\n\x1a\n\x00")
    path = {"PATH": str(tmp_path)}
    assert not copied_image(image, {**path, "DISPLAY": ":0"})
    fake(tmp_path, "xclip")
    fake(tmp_path, "wl-copy")
    assert copied_image(image, {**path, "DISPLAY": ":0"})
    assert (tmp_path / "xclip.words").read_text().strip() == f"-selection clipboard -t image/png -i {image}"
    assert copied_image(image, {**path, "DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"})
    assert (tmp_path / "wl-copy.in").read_bytes() == image.read_bytes()
    assert not copied_image(image, {**path, "DISPLAY": ":0", "SSH_CONNECTION": "1 2 3 4"})
    assert not copied_image(image, path)


def test_a_failure_is_no_copy(tmp_path: Path) -> None:
    fake(tmp_path, "xclip", code=1)
    environ = {"PATH": str(tmp_path), "DISPLAY": ":0"}
    assert not copied_image(tmp_path / "gone.png", environ)
    (tmp_path / "a.png").write_bytes(b"")
    assert not copied_image(tmp_path / "a.png", environ)
