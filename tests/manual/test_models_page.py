"""The table of pipelines in the manual is what is found: each class stands there once, in the section that is true."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import diffusers
import pytest
from diffusers import DiffusionPipeline

import seedtui
from seedtui.core.errors import ModelError
from seedtui.engine.diffusion.loading.compatibility import check_text_to_image
from tests.support.families import FAMILIES

PAGE = (Path(seedtui.__file__).parent / "manual" / "models.md").read_text()
REFUSED = "Refused before anything is loaded"

pytestmark = [
    pytest.mark.slow,  # every module of Diffusers is imported
    pytest.mark.skipif(version("diffusers") not in PAGE, reason="the manual tells of another version of Diffusers"),
]


def rows(section: str) -> Iterator[tuple[str, str]]:
    """The classes of a section, each with the other cells of its row."""
    body = PAGE.partition(f"## {section}\n")[2].partition("\n## ")[0]
    for row in re.findall(r"^\|(.*)\|$", body, re.MULTILINE):
        for name in re.findall(r"`(\w+Pipeline\w*)`", row):
            yield name, row


def pipelines() -> set[str]:
    """All classes of Diffusers that load as pipelines, and those that wait for a package."""
    found = set()
    for name in dir(diffusers):
        cls = getattr(diffusers, name) if "Pipeline" in name and "Modular" not in name else None
        if isinstance(cls, type) and (issubclass(cls, DiffusionPipeline) or hasattr(cls, "_backends")):
            found.add(name)
    return found - {"DiffusionPipeline"}


def test_every_pipeline_stands_in_it_once() -> None:
    named = [name for section in re.findall(r"^## (.+)$", PAGE, re.MULTILINE) for name, _ in rows(section)]
    assert sorted(named) == sorted(pipelines())


def test_exact_are_those_that_are_tested() -> None:
    assert {name for name, _ in rows("Exact")} == {family.pipeline for family in FAMILIES.values()}


def test_what_is_refused_is_refused_for_that_reason() -> None:
    for name, row in rows(REFUSED):
        with pytest.raises(ModelError) as error:
            check_text_to_image(name)
        reason = row.split("|")[0].strip()
        assert reason in error.value.problem.message or "pip install" in error.value.problem.hint, name


def test_all_others_are_taken() -> None:
    for name in pipelines() - {name for name, _ in rows(REFUSED)}:
        check_text_to_image(name)
