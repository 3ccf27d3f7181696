"""The recipe's parts: scenes, captions, composition, and what trains on them."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")

from seedtui.starter.captions import captions  # noqa: E402
from seedtui.starter.compose import SIDE, Composer  # noqa: E402
from seedtui.starter.looks import LOOKS, build_looks  # noqa: E402
from seedtui.starter.packages import RENDERINGS, codepoints  # noqa: E402
from seedtui.starter.scenes import draw_scenes  # noqa: E402
from seedtui.starter.sprites import Sprites  # noqa: E402
from seedtui.starter.styles import STYLES  # noqa: E402
from seedtui.starter.subjects import SUBJECTS  # noqa: E402

FEW = 3


@pytest.fixture(scope="module")
def looks() -> np.ndarray:
    """Looks of discs instead of emoji, so that no package is needed."""
    line = np.linspace(-1, 1, 48)
    disc = (np.hypot(line[:, None], line) < 0.9).astype(np.uint8) * 255
    rgba = np.stack([np.full_like(disc, 200), np.full_like(disc, 60), np.full_like(disc, 40), disc], axis=-1)
    sprites = np.broadcast_to(rgba, (FEW, len(RENDERINGS), *rgba.shape))
    return build_looks(Sprites(sprites, ("one", "two", "three")))


def test_scenes_and_captions_follow_from_the_seed() -> None:
    once, again = (draw_scenes(np.random.default_rng(5), 50) for _ in range(2))
    assert (once.place == again.place).all() and (once.texture == again.texture).all()
    words = [captions(np.random.default_rng(6), scenes) for scenes in (once, again)]
    assert words[0] == words[1]


def test_composition_follows_from_the_scenes(looks: np.ndarray) -> None:
    scenes = draw_scenes(np.random.default_rng(1), 20, FEW)
    once, again = Composer(looks).compose(scenes), Composer(looks).compose(scenes)
    assert torch.equal(once, again)
    assert once.shape == (20, 3, SIDE, SIDE)
    assert once.min() >= -1 and once.max() <= 1
    assert len(torch.unique(once.mean((1, 2, 3)))) == 20


def test_looks_are_premultiplied(looks: np.ndarray) -> None:
    assert looks.shape[:2] == (FEW, len(LOOKS))
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
    from seedtui.starter.muon import orthogonalised

    made = orthogonalised(torch.randn(2, 64, 40, generator=torch.Generator().manual_seed(0)))
    values = torch.linalg.svdvals(made.float())
    assert made.shape == (2, 64, 40)
    assert values.min() > 0.3 and values.max() < 1.6


def test_folding_keeps_the_latents() -> None:
    from seedtui.starter.vae import Codec

    torch.manual_seed(0)
    codec = Codec()
    pictures = torch.rand(4, 3, 64, 64) * 2 - 1
    for _ in range(3):
        codec.encode(pictures)
    codec.eval()
    with torch.no_grad():
        assert torch.allclose(codec.encode(pictures), codec.folded().encode(pictures).latents, atol=1e-4)


def test_training_takes_up_where_it_stopped(looks: np.ndarray, tmp_path: Path) -> None:
    from seedtui.starter import files
    from seedtui.starter.vae import VaeSettings, train_vae

    path = tmp_path / "vae.pt"
    train_vae(Composer(looks), path, VaeSettings(minutes=0.001, batch=2, subjects=FEW))
    before = files.load(path)["clock"]
    train_vae(Composer(looks), path, VaeSettings(minutes=before["spent"] / 60 + 0.001, batch=2, subjects=FEW))
    after = files.load(path)["clock"]
    assert after["step"] > before["step"] and after["spent"] > before["spent"]


def test_a_loss_that_is_no_number_stops_training(tmp_path: Path) -> None:
    from seedtui.starter.loop import Loop

    loop = Loop(tmp_path / "any.pt", 1.0, {}, [])
    with pytest.raises(FloatingPointError):
        loop.descend(torch.tensor(float("nan")), [])


def test_emoji_are_rasterised() -> None:
    pytest.importorskip("resvg_py")
    from seedtui.starter.packages import IconSet

    icons = IconSet({"dog": {"body": "<circle cx='16' cy='16' r='9'/>"}}, {"1f415": "dog"}, 32)
    assert "viewBox" in icons.svg("🐕")
    with pytest.raises(KeyError):
        icons.svg("🐈")
