"""The text of AUTOMATIC1111 and all who write it: read as the web UI reads it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedtui.core.errors import FileError
from seedtui.core.foreign.translate import ForeignImage, understand
from seedtui.core.images.environment import Environment
from seedtui.core.images.record import ImageRecord
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.variation import Variation
from seedtui.library.foreign.programs.infotext import read_infotext, read_settings
from seedtui.library.images.parameters import parameters
from seedtui.library.opening import open_image
from tests.support import foreign_files as f

SETTINGS = "Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 42, Size: 512x640, Model hash: 6ce0161689, Model: v1-5"


def read(text: str) -> ForeignImage:
    said = read_infotext(text)
    assert said is not None
    return understand(said, Recipe())


def notes(image: ForeignImage) -> str:
    return " / ".join(image.notes)


def taken(image: ForeignImage) -> tuple[object, ...]:
    r = image.recipe
    return image.seed, r.steps, r.guidance, r.width, r.height, r.scheduler


TAKEN = (42, 20, 7.0, 512, 640, "EulerAncestralDiscreteScheduler")

TAILS = {
    "quoted settings": 'Hires prompt: "a cat, Steps: 99, Seed: 1, Size: 9x9", Version: v1.10.1',
    "quoted line break": r'Hires prompt: "a cat\nSteps: 99, Seed: 1, Sampler: DDIM, CFG scale: 1", Version: v1.10.1',
    "quoted quotes": r'Wildcard prompt: "a \"cat\", Steps: 99, Seed: 1", Version: v1.10.1',
    "ControlNet": 'ControlNet 0: "Module: canny, Model: control_canny [d14c016b], Weight: 1, Steps: 3"',
    "old ControlNet": "ControlNet-0 Module: canny, ControlNet-0 Model: control_canny [d14c016b]",
    "JSON": 'Hashes: {"vae": "d", "model": "e", "lora:x": "f"}, RNG: CPU',
    "Civitai": 'Civitai resources: [{"type":"checkpoint","x":"Seed: 3, Steps: 4"}], Civitai metadata: {}',
    "a quote that does not close": 'Script: "X, Version: v1.6.0',
    "dynamic prompts": "Version: v1.6.0\nTemplate: a {cat|dog}\nNegative Template: Steps: 3, Seed: 4, Size: 8x8",
    "nothing": "",
}


@pytest.mark.parametrize("name", TAILS)
def test_what_is_behind_the_settings_replaces_none_of_them(name: str):
    image = read(f"a cat\nNegative prompt: blurry\n{SETTINGS}, {TAILS[name]}")
    assert taken(image) == TAKEN
    assert (image.prompt, image.recipe.negative) == ("a cat", "blurry")
    assert "“v1-5”" in notes(image) and "control_canny" not in notes(image)


PROMPTS = {
    'a sign that reads "Negative prompt: none", photo': ('a sign that reads "Negative prompt: none", photo', None),
    "a cat\nNegative prompt: x\nNegative prompt: y": ("a cat", "x\ny"),
    "a cat\n  Negative prompt: x\nfurther, words": ("a cat", "x\nfurther, words"),
    "a cat\nNegative prompt:": ("a cat", None),
    "time: 3, place: 4, light: 5\na cat": ("time: 3, place: 4, light: 5\na cat", None),
    "a\nb\r\nc": ("a\nb\nc", None),
}


@pytest.mark.parametrize("text", PROMPTS)
def test_the_negative_prompt_begins_at_a_line(text: str):
    image = read(f"{text}\n{SETTINGS}")
    assert (image.prompt, image.recipe.negative) == PROMPTS[text]


TOLD = {
    "Denoising strength: 0.4, Mask blur: 4": ("another image", "strength “0.4”", "Mask blur “4”"),
    "Denoising strength: 0.4, Hires upscale: 2, Hires upscaler: Latent": ("second pass", "denoising strength 0.4"),
    "Clip skip: 2, ENSD: 31337, VAE: x.safetensors": ("Clip skip “2”", "ENSD “31337”", "VAE “x.safetensors”"),
    "ADetailer model: face_yolov8n.pt, ADetailer confidence: 0.3": ("ADetailer “face_yolov8n.pt”",),
    'Lora hashes: "add: 1, b: 2", RNG: XPU': ("add: 1, b: 2", "RNG “XPU”"),
    "Refiner: xl-refiner, Refiner switch at: 0.8": ("Refiner “xl-refiner”",),
    "Script: X/Y/Z plot, X Type: Steps": ("Script “X/Y/Z plot”",),
    'ControlNet 0: "Module: canny, Model: c, Weight: 1"': ("ControlNet “canny”",),
}


@pytest.mark.parametrize("tail", TOLD)
def test_what_is_not_taken_is_told(tail: str):
    told = notes(read(f"a cat\n{SETTINGS}, {tail}"))
    assert all(words in told for words in TOLD[tail]), told
    assert ("another image" in told) == ("Mask blur" in tail)


def test_a_variation_is_taken():
    image = read(f"a cat\n{SETTINGS}, Variation seed: 5, Variation seed strength: 0.3")
    assert (image.seed, image.variations, image.picked.variations) == (42, (Variation(5, 0.3),), (Variation(5, 0.3),))
    assert "ariation" not in notes(image)
    of_sd_next = read(f"a cat\n{SETTINGS}, Variation seed: 5, Variation strength: 0.3, App: SD.Next")
    assert of_sd_next.variations == image.variations
    off = read(f"a cat\n{SETTINGS}, Variation seed: 5, Variation seed strength: 0")
    assert off.variations == () and "ariation" not in notes(off)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("Variation seed strength: 0.3", "does not say its variation seed"),
        ("Variation seed: 5, Variation seed strength: 30", "out of range"),
        ("Variation seed: -1, Variation seed strength: 0.3", "out of range"),
    ],
)
def test_a_variation_that_cannot_be_used_is_told(words: str, told: str):
    image = read(f"a cat\n{SETTINGS}, {words}")
    assert image.variations == () and told in notes(image)


def test_our_own_variation_is_read_back():
    record = ImageRecord(
        kind="vary", prompt="a cat", suffix="", seed=7, variations=(Variation(2**63, 0.125),), slot=0, recipe=Recipe(),
        environment=Environment(), sha256="", round_id="r", index=0,
    )  # fmt: skip
    assert read(parameters(record, 64, 64)).variations == record.variations
    twice = msgspec.structs.replace(record, variations=(Variation(1, 0.5), Variation(2, 0.5)))
    assert "Variation" not in parameters(twice, 64, 64)  # they have one at most


@pytest.mark.parametrize("mine", [None, "cpu", "philox"])
@pytest.mark.parametrize(
    ("tail", "generator", "is_told"),
    [
        ("RNG: CPU", "cpu", False),
        ("RNG: NV, Version: v1.10.1", "philox", False),
        ("RNG: GPU", None, True),
        ("Version: v1.10.1", None, True),  # it does not write what is usual
        ("Version: f2.0.1v1.10.1-previous-1-gabc", None, True),
    ],
)
def test_where_its_noise_was_drawn_is_taken(mine: str | None, tail: str, generator: str | None, is_told: bool):
    said = read_infotext(f"a cat\n{SETTINGS}, {tail}")
    image = understand(said, Recipe(generator_device=mine))
    assert image.recipe.generator_device == generator
    assert ("generator philox" in notes(image)) == is_told
    assert "RNG" not in notes(image)


@pytest.mark.parametrize("tail", ["App: SD.Next, Version: 59e2e8f", "Version: ComfyUI", "RNG: XPU"])
def test_a_program_that_does_not_say_where_leaves_it_to_the_user(tail: str):
    said = read_infotext(f"a cat\n{SETTINGS}, {tail}")
    assert understand(said, Recipe(generator_device="cpu")).recipe.generator_device == "cpu"


def test_what_civitai_lists_is_told_by_name():
    resources = (
        '[{"type":"checkpoint","modelVersionId":1,"modelName":"Dream","modelVersionName":"8"},'
        '{"type":"lora","weight":0.8,"modelVersionId":2,"modelName":"Ink, wash","modelVersionName":"v2"},'
        '{"type":"embed","modelVersionId":3,"modelName":"EasyNegative"}]'
    )
    told = notes(read(f"a cat\nSteps: 20, Seed: 42, Civitai resources: {resources}, Civitai metadata: {{}}"))
    assert all(words in told for words in ("“Dream”", "LoRA “Ink, wash 0.8”", "embedding “EasyNegative”")), told
    assert "modelVersionId" not in told


@pytest.mark.parametrize(
    "resources", ["[1]", "[{}", "{}", "[" * 99 + "]" * 99, '[{"type": [1], "modelName": {}}]', "[]"]
)
def test_a_list_of_civitais_that_is_none_is_no_fault(resources: str):
    image = read(f"a cat\n{SETTINGS}, Civitai resources: {resources}")
    assert taken(image) == TAKEN and image.prompt == "a cat"


@pytest.mark.parametrize("prompt", ["a (cat:1.2)", "a ((cat))", "[cat:dog:0.5]", "<lora:x:1> cat", "cat BREAK dog"])
def test_syntax_in_the_prompt_is_told(prompt: str):
    assert "plain text" in notes(read(f"{prompt}\n{SETTINGS}"))
    assert "plain text" in notes(read(f"a cat\nNegative prompt: {prompt}\n{SETTINGS}"))


def test_weights_are_taken_where_they_are_on():
    said = read_infotext(f"a ((cat)) [at night] (rain:1.3)\nNegative prompt: (fog), C++\n{SETTINGS}")
    assert said is not None
    image = understand(said, Recipe(prompt_encoding="weighted"))
    assert (image.prompt, image.recipe.negative) == (
        "a (cat:1.21) (at night:0.9091) (rain:1.3)",
        "(fog:1.1), C++",
    )
    assert image.recipe.prompt_encoding == "weighted" and "plain text" not in notes(image)
    assert "end with + or -" in notes(image)
    off = understand(said, Recipe(negative="(mine:1.2)"))
    assert off.prompt == said.prompt and "the prompt encoding weighted applies them" in notes(off)
    mine = understand(msgspec.structs.replace(said, negative=None), Recipe(negative="a+", prompt_encoding="weighted"))
    assert mine.recipe.negative == "a+"  # in our syntax as it is


def test_weights_that_cannot_be_used_leave_the_text_as_it_is():
    plain = read_infotext(f"a cat\n{SETTINGS}")
    assert plain is not None
    for program, prompt in (("AUTOMATIC1111", "a (cat:-1)"), ("Easy Diffusion", "a (cat:1.2)")):
        said = msgspec.structs.replace(plain, program=program, prompt=prompt)
        image = understand(said, Recipe(prompt_encoding="weighted"))
        assert (image.prompt, image.recipe.prompt_encoding) == (prompt, "plain") and "plain text" in notes(image)


def test_programs_are_told_apart():
    def program(tail: str) -> str:
        return read(f"a cat\n{SETTINGS}, {tail}").program

    assert program("Version: v1.10.1") == "AUTOMATIC1111"
    assert program("Version: f2.0.1v1.10.1-previous-1-gabc") == "Forge"
    assert program("App: SD.Next, Version: 59e2e8f, Parser: native") == "SD.Next"
    assert program('Raw prompt: "a, cat", Version: Fooocus v2.5.0') == "Fooocus"
    assert program("Version: ComfyUI") == "ComfyUI"


def test_settings_that_are_missing_are_no_fault():
    image = read("a cat\nSteps: 20, CFG scale: 7, Seed: 42, Size: 512x640, Model: v1-5")
    assert taken(image)[:5] == TAKEN[:5] and "no sampler" in notes(image)
    assert read("a cat\nSteps: 20, Seed: 42").seed == 42
    assert read("a cat").prompt == "a cat"


def test_a_schedule_of_its_own_and_the_guidance_of_flux():
    text = (
        "a cat\nSteps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 1, Distilled CFG Scale: 3.5, Seed: 42"
    )
    image = read(text)
    assert (image.recipe.scheduler, image.recipe.guidance) == ("DPMSolverMultistepScheduler", 3.5)
    assert "Karras" in notes(image)


def test_the_first_pass_of_old_versions():
    image = read(
        f"a cat\n{SETTINGS.replace('512x640', '1024x1024')}, Denoising strength: 0.7, First pass size: 512x576"
    )
    assert (image.recipe.width, image.recipe.height) == (512, 576)
    image = read(f"a cat\n{SETTINGS.replace('512x640', '1024x1024')}, Denoising strength: 0.7, First pass size: 0x0")
    assert (image.recipe.width, image.recipe.height) == (512, 512)
    assert "1024x1024" in notes(image) and "another image" not in notes(image)


def test_sdnext_puts_its_settings_in_another_order(tmp_path: Path):
    text = (
        "a cat\nNegative prompt: blurry\nSteps: 20, Size: 512x640, Seed: 42, CFG scale: 7, Model: v1-5, "
        "Model hash: 6ce0161689, App: SD.Next, Version: 59e2e8f, Operations: txt2img, "
        "Pipeline: StableDiffusionPipeline, Sampler: Default, Parser: native, Clip skip: 1"
    )
    image = open_image(f.write(tmp_path / "a.png", {"parameters": text}), Recipe()).image
    assert taken(image)[:5] == TAKEN[:5] and image.recipe.scheduler is None
    assert "ignored" not in notes(image)


def test_a_text_of_another_kind_is_no_prompt(tmp_path: Path):
    for keyword in ("Comment", "Description", "UserComment"):
        with pytest.raises(FileError, match="does not say how"):
            open_image(f.write(tmp_path / "a.png", {keyword: "on holiday: the sea, the sun: 1997"}), Recipe())


@given(
    st.dictionaries(st.from_regex(r"[A-Z][a-z]{2,8}( [a-z]{1,8})?", fullmatch=True), st.text(max_size=30), max_size=6)
)
def test_quoted_values_are_read_as_they_were_written(settings: dict[str, str]):
    import json

    line = ", ".join(f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in settings.items())
    assert read_settings(line) == settings


@given(st.text(max_size=200))
def test_any_text_is_read_without_a_fault(text: str):
    read_infotext(text)
    read_infotext(f"{text}\n{SETTINGS}, {text}")
