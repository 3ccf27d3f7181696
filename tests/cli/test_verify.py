"""``verify`` tells what is exact from what is not, and says how far off it is."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from seedtui.core.images.picture import Picture
from seedtui.engine.wire import protocol as p
from seedtui.library.images.png import encode_png, read_png

from .conftest import Command, SharedWorker


def changed(path: Path, picture: Picture | None = None, **values: object) -> Path:
    """A copy of the image in `path` with other pixels, or other values in its record."""
    old, record = read_png(path)
    copy = path.with_name(f"changed_{path.name}")
    copy.write_bytes(encode_png(picture or old, msgspec.structs.replace(record, **values)))
    return copy


def test_all_exact(seedtui: Command, pictures: list[Path]) -> None:
    refined = [Path(line["path"]) for line in seedtui("refine", pictures[2], "--json").lines]
    result = seedtui("verify", *pictures, *refined)
    assert (result.code, result.err) == (0, "")
    assert sorted(result.out.splitlines()) == sorted(f"{path}  exact" for path in (*pictures, *refined))


def test_images_of_one_batch_are_made_again_together(
    seedtui: Command, pictures: list[Path], worker: SharedWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    (more,) = (line["path"] for line in seedtui("generate", "a dog", "--steps", 3, "--seeds", 4, "--json").lines)
    requests: list[p.Request] = []
    monkeypatch.setattr(worker, "send", lambda request, send=worker.send: (requests.append(request), send(request)))
    files = [pictures[0], more, *pictures[1:], pictures[1]]
    assert seedtui("verify", *files).out == "".join(f"{path}  exact\n" for path in files)
    assert len([one for one in requests if isinstance(one, p.Run)]) == 2


def test_one_pixel(seedtui: Command, pictures: list[Path]) -> None:
    picture, _ = read_png(pictures[0])
    pixels = bytearray(picture.pixels)
    pixels[30] ^= 4
    bad = changed(pictures[0], picture._replace(pixels=bytes(pixels)))
    (line,) = seedtui("verify", bad, "--json").lines
    assert (line["exact"], line["file_intact"], line["made_again"]) == (False, False, True)
    assert (line["pixels"], line["largest"]) == (1, 4)
    result = seedtui("verify", bad, pictures[1])
    assert result.code == 1
    assert "the file was changed after it was written: 1 of 4,096 pixels" in result.out
    assert f"{pictures[1]}  exact" in result.out


def test_another_seed_in_the_record(seedtui: Command, pictures: list[Path]) -> None:
    (line,) = seedtui("verify", changed(pictures[0], seed=99), "--json").lines
    assert (line["exact"], line["file_intact"], line["made_again"]) == (False, True, False)
    assert line["pixels"] > 1000


def test_other_weights(seedtui: Command, models: dict[str, Path], tmp_path: Path) -> None:
    folder = Path(shutil.copytree(models["sd"], tmp_path / "model"))
    made = seedtui("generate", "a cat", "--seeds", 0, "--model", folder, "--steps", 3, "--json").lines[0]["path"]
    file = folder / "unet" / "diffusion_pytorch_model.safetensors"
    weights = {name: np.array(value) for name, value in load_file(file).items()}
    weights["conv_in.bias"] += 0.1
    save_file(weights, file, {"format": "pt"})
    result = seedtui("verify", made)
    assert result.code == 1
    assert "weights: " in result.err
    assert "differs: " in result.out
    shutil.rmtree(folder)
    assert seedtui("verify", made).code == 2
    assert seedtui("verify", made, "--model", models["sd"]).out.endswith("exact\n")


def test_what_can_not_run_here(seedtui: Command, pictures: list[Path]) -> None:
    _, record = read_png(pictures[0])
    elsewhere = changed(pictures[0], recipe=msgspec.structs.replace(record.recipe, device="cuda"))
    result = seedtui("verify", elsewhere, pictures[1])
    assert result.code == 2
    assert "no device cuda" in result.err
    assert result.out == f"{pictures[1]}  exact\n"
    assert seedtui("verify", elsewhere, "--device", "cpu").code == 0


def test_it_works_with_the_threads_of_then_and_says_what_differs(seedtui: Command, pictures: list[Path]) -> None:
    _, record = read_png(pictures[0])
    environment = msgspec.structs.replace(record.environment, torch="2.0.0", threads=2)
    result = seedtui("verify", changed(pictures[0], environment=environment), "--json")
    (difference,) = result.lines[0]["differs_here"]
    assert difference.startswith("torch: 2.0.0 then")
    assert difference in result.err
    assert result.lines[0]["expected"] == "low_bits"
    assert "same noise, different kernels: low bits may differ" in result.err


def test_a_picture_of_another_device_has_other_noise(seedtui: Command, pictures: list[Path]) -> None:
    """The starter's records, edited to claim a card."""
    _, record = read_png(pictures[0])
    environment = msgspec.structs.replace(record.environment, gpu="Tesla T4", multiprocessors=40, threads=0)
    recipe = msgspec.structs.replace(record.recipe, device="cuda")
    claimed = changed(pictures[0], environment=environment, recipe=recipe)
    result = seedtui("verify", claimed, "--device", "cpu", "--json")
    assert result.lines[0]["expected"] == "other_noise"
    assert "different noise: expect a different picture" in result.err


def test_a_difference_where_nothing_differs_is_told_to_be_wrong(seedtui: Command, pictures: list[Path]) -> None:
    result = seedtui("verify", changed(pictures[0], seed=99))
    assert "everything the same: must be exact, but is not" in result.err


def test_noise_of_philox_is_exact_and_the_same_wherever_it_was_made(seedtui: Command, models: dict[str, Path]) -> None:
    words = ("--model", models["sd"], "--steps", 2, "--scheduler", "euler-a", "--json")
    made = seedtui("generate", "a cat", "--seeds", "0-5", "--generator-device", "philox", *words).lines
    refined = seedtui("refine", made[4]["path"], "--suffix", "", "--suffix", ", artsy", "--json").lines
    assert refined[0]["sha256"] == made[4]["sha256"]  # the pick again
    assert seedtui("verify", *(image["path"] for image in (*made, *refined))).code == 0
    on_device = seedtui("refine", made[4]["path"], "--suffix", "", "--generator-device", "device", "--json")
    assert on_device.lines[0]["sha256"] != made[4]["sha256"]
    assert "generator device philox → cpu: the control will not equal the pick" in on_device.err
    path = Path(made[0]["path"])
    _, record = read_png(path)
    environment = msgspec.structs.replace(record.environment, gpu="Tesla T4", threads=0)
    recipe = msgspec.structs.replace(record.recipe, device="cuda")
    claimed = seedtui("verify", changed(path, environment=environment, recipe=recipe), "--device", "cpu", "--json")
    assert (claimed.lines[0]["expected"], claimed.lines[0]["exact"]) == ("low_bits", True)


def test_an_unknown_generator_is_refused(seedtui: Command) -> None:
    result = seedtui("generate", "a cat", "--generator-device", "cuda")
    assert result.code == 2
    assert "Use cpu, philox or device" in result.err
