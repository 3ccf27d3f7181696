"""The previews of a scout round are images like any: verified, described, and made by a plain program."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.pipelines import tiny_flux, tiny_sd3

from .conftest import Command


def check_again(seedtui: Command, *runs: tuple[object, ...]) -> None:
    """Scout each, and make one preview of it again, by `verify` and by its program. One process runs all programs."""
    made = [
        seedtui("scout", *words, "--seeds", "0-4", "--json", "--out", f"s{i}").lines[4] for i, words in enumerate(runs)
    ]
    assert seedtui("verify", *(image["path"] for image in made)).code == 0
    programs = [seedtui("script", image["path"]).out for image in made]
    assert not any("import seedtui" in text for text in programs)
    done = subprocess.run([sys.executable, "-c", "\n".join(programs)], capture_output=True, text=True)
    assert done.stdout.splitlines() == [f"exact {image['sha256']}" for image in made], done.stderr


@pytest.mark.slow
def test_they_are_verified_and_have_programs(seedtui: Command, models: dict[str, Path], tmp_path: Path) -> None:
    """One has a matrix of its own, fitted to its VAE; one packs its latents; some predict the image in other ways."""
    sd3, flux = tiny_sd3(tmp_path / "sd3"), tiny_flux(tmp_path / "flux")
    words, sd = ("--steps", 4, "--batch-size", 2, "--size", "64x64"), ("--model", models["sd"])
    check_again(
        seedtui,
        ("a cat", *sd, *words, "--stop", 2),
        ("a cat", "--size", "64x64", "--batch-size", 2),
        ("a (cat:1.2)", *sd, *words, "--prompt-encoding", "weighted", "--spread", "40%"),
        *(("a cat", "--model", model, *words) for model in (sd3, flux)),
        ("a cat", "--model", flux, *words, "--decode"),
        *(("a cat", *sd, *words, "--scheduler", name) for name in ("deis", "unipc", "heun")),
        ("a cat", *sd, *words, "--generator-device", "philox", "--scheduler", "euler-a", "--decode"),
        ("a cat", "--model", sd3, *words, "--scheduler", "ddpm"),
    )
    assert "step 2, a preview of 64x64" in seedtui("info", *sorted(Path("s0").glob("*_seed-0*.png"))).out
