"""The recipe's parts: scenes, captions, composition, and what trains on them."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")

from seedtui.starter.recipe.art.looks import LOOKS, looks_of  # noqa: E402
from seedtui.starter.recipe.art.packages import RENDERINGS, codepoints  # noqa: E402
from seedtui.starter.recipe.art.sprites import SPRITE, drawings  # noqa: E402
from seedtui.starter.recipe.art.styles import STYLES  # noqa: E402
from seedtui.starter.recipe.art.subjects import SUBJECTS  # noqa: E402
from seedtui.starter.recipe.pictures.captions import captions  # noqa: E402
from seedtui.starter.recipe.pictures.compose import SIDE, Composer  # noqa: E402
from seedtui.starter.recipe.pictures.scenes import draw_scenes  # noqa: E402

FEW = 2
_DRAWINGS = sum(index < FEW for index, _ in drawings())


@pytest.fixture(scope="module")
def looks() -> np.ndarray:
    """Looks of discs instead of emoji, so that no package is needed."""
    line = np.linspace(-1.15, 1.15, SPRITE)
    disc = (np.hypot(line[:, None], line) < 0.9).astype(np.uint8) * 255
    rgba = np.stack([np.full_like(disc, 200), np.full_like(disc, 60), np.full_like(disc, 40), disc], axis=-1)
    made = looks_of(np.broadcast_to(rgba, (len(RENDERINGS), *rgba.shape)), 0)
    return np.broadcast_to(made, (_DRAWINGS, *made.shape)).copy()


def test_scenes_and_captions_follow_from_the_seed() -> None:
    once, again = (draw_scenes(np.random.default_rng(5), 50) for _ in range(2))
    assert (once.place == again.place).all() and (once.layout == again.layout).all()
    words = [captions(np.random.default_rng(6), scenes) for scenes in (once, again)]
    assert words[0] == words[1]


def test_composition_follows_from_the_scenes(looks: np.ndarray) -> None:
    scenes = draw_scenes(np.random.default_rng(1), 4, FEW)
    once, again = Composer(looks).compose(scenes), Composer(looks).compose(scenes)
    assert torch.equal(once, again)
    assert once.shape == (4, 3, SIDE, SIDE)
    assert once.min() >= -1 and once.max() <= 1
    assert len(torch.unique(once.mean((1, 2, 3)))) == 4


def test_looks_are_premultiplied(looks: np.ndarray) -> None:
    assert looks.shape[:2] == (_DRAWINGS, len(LOOKS))
    assert (looks[..., :3] <= looks[..., 3:]).all()


def test_captions_cover_the_words_and_are_sometimes_empty() -> None:
    rng = np.random.default_rng(2)
    drawn = captions(rng, draw_scenes(rng, 6000))
    assert 0.07 < drawn.count("") / len(drawn) < 0.13
    joined = "\n".join(drawn).lower()
    assert all(subject.name.lower() in joined for subject in SUBJECTS)
    assert all(word in joined for style in STYLES.values() for word in style.words)
    assert "on a blue background" in joined


def test_the_guides_example_is_drawn_word_for_word() -> None:
    rng = np.random.default_rng(3)
    drawn = set(captions(rng, draw_scenes(rng, 20_000)))
    for style in ("highly realistic", "artsy", "trending", "colorful"):
        assert f"Labrador in the style of Vermeer, {style}" in drawn


def test_codepoints_name_files() -> None:
    assert codepoints("🐕") == "1f415"
    assert codepoints("☂️") == "2602-fe0f"
    assert codepoints("☂️", variation=False) == "2602"


def test_orthogonalised_has_even_singular_values() -> None:
    from seedtui.starter.recipe.training.muon import orthogonalised

    made = orthogonalised(torch.randn(2, 64, 40, generator=torch.Generator().manual_seed(0)))
    values = torch.linalg.svdvals(made.float())
    assert made.shape == (2, 64, 40)
    assert values.min() > 0.3 and values.max() < 1.6


def test_folding_keeps_the_latents() -> None:
    from seedtui.starter.recipe.networks.vae import Codec

    torch.manual_seed(0)
    codec = Codec()
    pictures = torch.rand(4, 3, 64, 64) * 2 - 1
    for _ in range(3):
        codec.encode(pictures)
    codec.eval()
    with torch.no_grad():
        assert torch.allclose(codec.encode(pictures), codec.folded().encode(pictures).latents, atol=1e-4)


def test_training_takes_up_where_it_stopped(looks: np.ndarray, tmp_path: Path) -> None:
    from seedtui.starter.recipe import files
    from seedtui.starter.recipe.networks.vae import VaeSettings, train_vae

    path = tmp_path / "vae.pt"
    train_vae(Composer(looks), path, VaeSettings(minutes=0.001, batch=1, subjects=FEW))
    before = files.load(path)["clock"]
    train_vae(Composer(looks), path, VaeSettings(minutes=before["spent"] / 60 + 0.001, batch=1, subjects=FEW))
    after = files.load(path)["clock"]
    assert after["step"] > before["step"] and after["spent"] > before["spent"]


def test_a_loss_that_is_no_number_stops_training(tmp_path: Path) -> None:
    from seedtui.starter.recipe.training.loop import Loop

    loop = Loop(tmp_path / "any.pt", 1.0, {}, [])
    loop.note(torch.tensor(float("nan")))
    with pytest.raises(FloatingPointError, match="the loss is nan"):
        loop._sound()
    assert not (tmp_path / "any.pt").exists()


def test_a_loss_that_is_no_number_takes_training_back_to_its_last_checkpoint(tmp_path: Path) -> None:
    from seedtui.starter.recipe.training.loop import LOG_EVERY, Loop

    model = torch.nn.Linear(1, 1)
    optimizers = [torch.optim.SGD(model.parameters(), 0.1)]
    loop = Loop(tmp_path / "any.pt", 1.0, {"model": model}, optimizers)
    loop.save()
    kept = model.weight.item()
    for step in loop:
        if step == 0:
            model.weight.data.fill_(float("nan"))
        if step == LOG_EVERY:
            break
        loop.note(model.weight.detach())
    assert model.weight.item() == kept
    assert loop.retried == 1


def test_the_layout_that_is_written_into_noise_is_read_from_it() -> None:
    from seedtui.starter.recipe.pictures.layout import NUMBERS, read, written

    generator = torch.Generator().manual_seed(0)
    noise = torch.randn(64, 16, 16, 16, generator=generator)
    layout = torch.randn(64, len(NUMBERS), generator=generator)
    told = written(noise, layout)
    assert torch.allclose(read(told), layout, atol=1e-4)
    assert 0.97 < told.std() < 1.03


def test_one_layout_is_one_place_in_every_style(looks: np.ndarray) -> None:
    """What is the same in all pictures of a seed: the subject covers the same part."""
    from dataclasses import replace

    from seedtui.starter.recipe.pictures.scenes import taken

    one = taken(draw_scenes(np.random.default_rng(4), 1, FEW), np.zeros(len(STYLES), dtype=int))
    each = replace(one, style=np.arange(len(STYLES)), vermeer=np.zeros(len(STYLES), dtype=bool))
    covers = Composer(looks)._placed(each)[:, 3] > 0.5
    assert (covers & covers[0]).sum((1, 2)).min() > 0.9 * covers[0].sum()


def test_a_pool_gives_what_was_put_in_and_renews_it(looks: np.ndarray) -> None:
    from seedtui.starter.recipe.networks.latents import Pool, tales
    from seedtui.starter.recipe.networks.text_encoder import LENGTH, train_tokenizer
    from seedtui.starter.recipe.networks.vae import build_vae

    words = train_tokenizer(["Labrador", "cat", "rocket"] * 20)
    pool = Pool(Composer(looks), build_vae().eval(), tales(words, FEW, chunk=2), 4)
    pool.fill(3)
    assert len(pool) == 4
    latents, layout, tokens = pool.draw(5)
    assert latents.shape == (5, 16, 16, 16) and len(layout) == 5 and tokens.shape == (5, LENGTH)
    before = pool._kept["latents"].clone()
    for _ in range(5):
        pool.renew(1)
    assert (pool._kept["latents"] != before).any()
    assert len(pool) == 4


def test_blurred_pictures_are_less_sharp() -> None:
    from seedtui.starter.recipe.evaluation.evaluate import sharpness

    pictures = torch.rand(6, 3, 32, 32, generator=torch.Generator().manual_seed(0)) * 2 - 1
    style = np.array([0, 0, 1, 1, 4, 4])
    soft = torch.nn.functional.avg_pool2d(pictures, 3, stride=1, padding=1)
    assert sharpness(pictures, style, pictures, style) == pytest.approx(1)
    assert sharpness(soft, style, pictures, style) < 0.6


def test_a_sheet_has_a_row_for_each_name() -> None:
    from seedtui.starter.recipe.evaluation.contact_sheet import SHEET_SUFFIXES, grid, spread

    names = spread(24)
    assert len(set(names)) == 24 and names[0] == "Labrador"
    assert len(SHEET_SUFFIXES) == 9
    sheet = grid(torch.ones(6, 3, 8, 8) * torch.tensor([1.0, 0, 0])[:, None, None], ["a", "b"], ["x", "y", "z"], 10)
    reddish = (np.asarray(sheet) == (255, 0, 0)).all(-1).sum()
    assert reddish == 6 * 10 * 10


def test_emoji_are_rasterised() -> None:
    pytest.importorskip("resvg_py")
    from seedtui.starter.recipe.art.packages import IconSet

    icons = IconSet({"dog": {"body": "<circle cx='16' cy='16' r='9'/>"}}, {"1f415": "dog"}, 32)
    assert "viewBox" in icons.svg("🐕")
    with pytest.raises(KeyError):
        icons.svg("🐈")
