"""Which prompts compel encodes, and the tokens that are counted; without a worker."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from diffusers import DiffusionPipeline

from seedtui.core.errors import InputError, ModelError
from seedtui.core.images.environment import Environment, differences
from seedtui.engine import fake
from seedtui.engine.diffusion.call import compel_prompts
from seedtui.engine.diffusion.call.compel_prompts import check, count, notes_on, plain_text
from seedtui.engine.diffusion.pipeline_call import form_of
from seedtui.engine.diffusion.tokens import counter_for
from tests.support.pipelines import tiny_flux, tiny_lcm, tiny_pixart, tiny_sd, tiny_sd3, tiny_sdxl

pytest.importorskip("compel")

POOLED = ("pooled_prompt_embeds", "negative_pooled_prompt_embeds")


@pytest.mark.parametrize(
    ("make", "embeds"),
    [
        (tiny_sd, ("prompt_embeds", "negative_prompt_embeds")),
        (tiny_lcm, ("prompt_embeds",)),
        (tiny_sdxl, ("prompt_embeds", "negative_prompt_embeds", *POOLED)),
        (tiny_sd3, ()), (tiny_flux, ()), (tiny_pixart, ()),
    ],
)  # fmt: skip
def test_two_families_can(tmp_path: Path, make, embeds: tuple[str, ...]) -> None:
    assert form_of(DiffusionPipeline.from_pretrained(make(tmp_path / "model"))).embeds == embeds


def test_what_is_missing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    other = fake.MODEL
    check("plain", other)
    with pytest.raises(InputError, match="cannot encode prompts as long"):
        check("long", other)
    able = msgspec.structs.replace(other, form=msgspec.structs.replace(other.form, embeds=("prompt_embeds",)))
    check("long", able)
    monkeypatch.setattr(compel_prompts, "version_of", lambda package: "")
    with pytest.raises(ModelError, match="needs compel, not installed here"):
        check("weighted", able)


def test_tokens_are_those_of_the_words(tmp_path: Path) -> None:
    tokens = counter_for(DiffusionPipeline.from_pretrained(tiny_sd(tmp_path / "sd")))
    plain = count(tokens, "a cat", "plain")
    assert count(tokens, "a (cat:1.2)", "weighted") == count(tokens, "a cat++", "weighted") == plain
    assert count(tokens, "a (cat:1.2)", "long").tokens > plain.tokens
    assert count(tokens, "cat " * 40, "plain").dropped and not count(tokens, "cat " * 40, "weighted").dropped
    deep = "(" * 300 + "a" + ")" * 300
    assert count(tokens, deep, "weighted").tokens == 601  # what compel cannot read is counted as it is


def test_parentheses_that_are_text_are_told() -> None:
    assert notes_on("weighted", ("a (cat", "")) and notes_on("weighted", ("a", "(b = c:1.2)"))
    for encoding, prompt in (("weighted", r"a \(cat\) (b:1.2)"), ("long", "a (cat"), ("plain", "a (cat")):
        assert notes_on(encoding, (prompt, "")) == ()


@pytest.mark.parametrize("text", ["a (cat:1.2)++", r"\(a\) \\(b", '"a", b.and()', ""])
def test_long_text_is_kept_to_the_letter(text: str) -> None:
    (prompt,) = plain_text(text).prompts
    assert [(part.text, part.weight) for part in prompt.children] == [(text, 1.0)]


def test_the_version_of_compel_counts_where_it_was_used() -> None:
    then, here = Environment(compel="2.5.0"), Environment(compel="2.5.1")
    assert differences(then, here) == ("compel: 2.5.0 then, 2.5.1 here",)
    assert differences(Environment(), here) == ()
