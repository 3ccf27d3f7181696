"""What is said of an image that was made again, and what is told beforehand."""

from __future__ import annotations

from typing import NamedTuple

import msgspec
import pytest

from seedtui.core.images.environment import Environment
from seedtui.core.images.picture import Picture
from seedtui.core.images.record import ImageRecord, pixel_hash
from seedtui.core.images.verification import Expectation, expected, judge, told_before, what_differs
from seedtui.core.noise.latents import LatentShape
from seedtui.core.recipes.lora import Lora
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.adjustments import Adjustments

MADE = Picture(2, 2, bytes(12))
RECORD = ImageRecord(
    kind="explore", prompt="a cat", suffix="", seed=0, slot=0, round_id="0123456789ab", index=0,
    recipe=Recipe(revision="a" * 64, dtype="float16", device="cuda"), sha256=pixel_hash(MADE.pixels),
    environment=Environment(gpu="H200", torch="2.13", attention="sdpa"),
)  # fmt: skip


class Machine(NamedTuple):
    revision: str = "a" * 64
    dtype: str = "float16"
    device: str = "cuda"
    environment: Environment = RECORD.environment
    transformer_sha256: str = ""
    lora: tuple[Lora, ...] = ()
    latents: LatentShape = LatentShape(4)


def elsewhere(**changes: str) -> Machine:
    return Machine(environment=msgspec.structs.replace(RECORD.environment, **changes))


def other(value: int) -> Picture:
    return Picture(2, 2, bytes([*bytes(11), value]))


def test_each_verdict_says_what_is_the_matter() -> None:
    assert judge(MADE, RECORD, MADE).exact
    assert judge(MADE, RECORD, MADE).short == "exact"
    made_otherwise = judge(MADE, RECORD, other(3))
    assert not made_otherwise.exact
    assert made_otherwise.short == "differs: 3/255 in 1 px"
    changed = judge(other(1), RECORD, MADE)
    assert (changed.intact, changed.same, changed.exact) == (False, True, False)
    assert changed.short == "changed on disk: 1/255 in 1 px"
    assert "changed after it was written" in changed.words
    assert judge(MADE, RECORD, Picture(1, 1, bytes(3))).short == "differs: different size"
    both = judge(other(1), RECORD, other(1))
    assert not both.exact
    assert "not reproduce exactly either" in both.words


def test_nothing_differs_where_it_was_made() -> None:
    assert what_differs(RECORD, Machine()) == ()


@pytest.mark.parametrize(
    ("here", "line"),
    [
        (Machine(revision="b" * 64), "weights: aaaaaaaaaaaa then, bbbbbbbbbbbb here"),
        (Machine(dtype="float32"), "dtype: float16 then, float32 here"),
        (elsewhere(gpu=""), "GPU: H200 then, none here"),
        (elsewhere(torch="2.9"), "torch: 2.13 then, 2.9 here"),
        (elsewhere(attention="math"), "attention: sdpa then, math here"),
    ],
)
def test_what_differs_here_is_told(here: Machine, line: str) -> None:
    assert what_differs(RECORD, here) == (line,)


def test_another_device_draws_other_noise_unless_it_is_drawn_on_the_cpu() -> None:
    assert "generator: cuda then, cpu here" in what_differs(RECORD, Machine(device="cpu"))
    on_cpu = msgspec.structs.replace(RECORD, recipe=RECORD.recipe.with_changes(generator_device="cpu"))
    assert what_differs(on_cpu, Machine(device="cpu")) == ("device: cuda then, cpu here",)


# --- the noise: records edited to claim another card

T4 = Environment(gpu="Tesla T4", torch="2.13", multiprocessors=40, threads_per_multiprocessor=1024, cuda="12.8")
H100 = Environment(gpu="NVIDIA H100 PCIe", torch="2.13", multiprocessors=114, threads_per_multiprocessor=2048)
FP16 = Recipe(revision="a" * 64, dtype="float16", device="cuda", width=512, height=512)
SDXL = msgspec.structs.replace(FP16, width=1024, height=1024)


def made_on(environment: Environment, recipe: Recipe = FP16, **adjusted: object) -> ImageRecord:
    return msgspec.structs.replace(
        RECORD,
        environment=environment,
        recipe=recipe,
        adjustments=Adjustments(**adjusted),
    )


@pytest.mark.parametrize(
    ("record", "here", "outlook"),
    [
        (made_on(T4), Machine(environment=T4), Expectation.EXACT),
        (made_on(T4), Machine(environment=H100), Expectation.LOW_BITS),  # 16,384 elements
        (made_on(T4, SDXL), Machine(environment=H100), Expectation.OTHER_NOISE),  # 65,536, and 40,960 at once
        (made_on(T4, SDXL.with_changes(generator_device="cpu")), Machine(environment=H100), Expectation.LOW_BITS),
        (made_on(T4), Machine(device="cpu", environment=Environment()), Expectation.OTHER_NOISE),
        (made_on(T4), Machine(environment=H100, revision="b" * 64), Expectation.OTHER_WEIGHTS),
        (made_on(T4, global_seed=7), Machine(environment=H100), Expectation.OTHER_NOISE),  # four images in one draw
        (made_on(T4, SDXL), Machine(environment=H100, latents=LatentShape()), Expectation.UNKNOWN),
        # what a record of before says
        (made_on(Environment(gpu="Tesla T4")), Machine(environment=H100), Expectation.LOW_BITS),
        (made_on(Environment(gpu="Tesla T4"), SDXL), Machine(environment=H100), Expectation.OTHER_NOISE),
        (made_on(Environment(gpu="Quadro X"), SDXL), Machine(environment=H100), Expectation.UNKNOWN),
        (made_on(Environment(gpu=H100.gpu, torch="2.13"), SDXL), Machine(environment=H100), Expectation.EXACT),
        # a card of the same name, in part
        (made_on(msgspec.structs.replace(H100, multiprocessors=14), SDXL), Machine(environment=H100),
         Expectation.OTHER_NOISE),
        # nobody has compared AMD's with NVIDIA's
        (made_on(Environment(gpu="AMD Radeon PRO W7900")), Machine(environment=H100), Expectation.UNKNOWN),
        (made_on(Environment(), FP16.with_changes(device="mps")), Machine(device="mps", environment=Environment()),
         Expectation.UNKNOWN),
    ],
)  # fmt: skip
def test_three_cases_and_the_unknown(record: ImageRecord, here: Machine, outlook: Expectation) -> None:
    assert expected(record, here) is outlook
    told = told_before(record, here)
    assert told == () or told[-1] == outlook.value


def test_on_a_cpu_each_dtype_has_its_own_noise() -> None:
    on_cpu = made_on(Environment(threads=2), FP16.with_changes(device="cpu"))
    here = Machine(device="cpu", environment=Environment(threads=2))
    assert expected(on_cpu, here) is Expectation.EXACT
    assert expected(on_cpu, here._replace(environment=Environment(threads=4))) is Expectation.LOW_BITS
    assert expected(on_cpu, here._replace(dtype="float32")) is Expectation.OTHER_NOISE


def test_step_noise_from_seeds_is_drawn_on_the_device_whatever_the_generator() -> None:
    record = made_on(T4, SDXL.with_changes(generator_device="cpu"), step_noise="seeds")
    assert expected(record, Machine(environment=H100)) is Expectation.OTHER_NOISE


def test_an_older_record_is_not_told_to_lack_what_it_never_had() -> None:
    old = made_on(Environment(gpu=H100.gpu, torch="2.13"))
    assert what_differs(old, Machine(environment=msgspec.structs.replace(H100, driver="580.95", cuda="13.0"))) == ()
    newer = made_on(msgspec.structs.replace(H100, driver="570.1"))
    here = Machine(environment=msgspec.structs.replace(H100, driver="580.95"))
    assert what_differs(newer, here) == ("GPU driver: 570.1 then, 580.95 here",)
    text = msgspec.json.encode(Environment(gpu="Tesla T4"))
    assert text == b'{"gpu":"Tesla T4"}'
    assert msgspec.json.decode(text, type=Environment).card == T4.card
