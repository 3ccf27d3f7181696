"""``--lora FILE:0.8``: what can be one, and what is said of the rest."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from seedtui.core.errors import InputError
from seedtui.core.recipes.form import OTHER, effects, from_fields, to_fields
from seedtui.core.recipes.lora import Lora, parse_loras
from seedtui.core.recipes.recipe import Recipe


def test_files_with_and_without_a_weight(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    found = parse_loras(["a.safetensors", "/x/b:c.safetensors:-0.5", "/x/d:e.safetensors"])
    assert found == (
        Lora(path=str(tmp_path / "a.safetensors")),
        Lora(path="/x/b:c.safetensors", weight=-0.5),
        Lora(path="/x/d:e.safetensors"),
    )
    assert parse_loras(map(str, found)) == found
    assert parse_loras(["none"]) == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x.bin", "not a .safetensors file"), ("x.bin:0.5", "not a .safetensors file"), ("x.ckpt", "may contain code"),
        ("x.safetensors:much", "not a number"), ("x.safetensors:", "not a number"),
        ("x.safetensors:nan", "out of range"), ("x.safetensors:1e9", "out of range"),
        (":1", "needs a file"), ("x\n.safetensors", "not a path"),
    ],
)  # fmt: skip
def test_what_is_none_is_told(text: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        parse_loras([text])


def test_one_twice_and_too_many() -> None:
    with pytest.raises(InputError, match="twice"):
        parse_loras(["x.safetensors", "x.safetensors:0.5"])
    with pytest.raises(InputError, match="too many"):
        parse_loras(f"{i}.safetensors" for i in range(9))


def test_a_record_of_old_has_none_and_a_bad_one_is_refused() -> None:
    assert msgspec.json.decode(b"{}", type=Recipe).lora == ()
    assert b"lora" not in msgspec.json.encode(Recipe())
    for bad in (Lora(path="x.bin"), Lora(path="x.safetensors", sha256="z"), Lora(path="x.safetensors", weight=99)):
        with pytest.raises(InputError):
            Recipe(lora=(bad,)).check()


def test_as_a_field() -> None:
    before = Recipe(lora=(Lora(path="/a;b.safetensors", weight=0.5, sha256="a" * 64),))
    assert from_fields(before, to_fields(before)) == (before, {})
    after, wrong = from_fields(before, {**to_fields(before), "lora": "/c.safetensors; /d.safetensors:2"})
    assert (after.lora, wrong) == ((Lora(path="/c.safetensors"), Lora(path="/d.safetensors", weight=2)), {})
    assert effects(before, after) == {"lora": OTHER}
    assert from_fields(before, {**to_fields(before), "lora": ""})[0].lora == ()
    kept, wrong = from_fields(before, {**to_fields(before), "lora": "x.pt"})
    assert kept == before and "may contain code" in wrong["lora"]
