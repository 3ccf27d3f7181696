"""The words the starter model knows."""

from seedtui.starter.recipe.art.styles import GROUNDS, STYLES, VERMEER
from seedtui.starter.recipe.art.subjects import FIRST, SUBJECTS


def test_there_are_at_least_a_hundred_subjects() -> None:
    assert len(SUBJECTS) >= 100
    assert 0 < FIRST <= len(SUBJECTS)


def test_no_word_names_two_subjects() -> None:
    words = [word.lower() for subject in SUBJECTS for word in subject.words]
    assert len(words) == len(set(words))
    assert len({subject.emoji for subject in SUBJECTS}) == len(SUBJECTS)


def test_the_guides_words_are_known() -> None:
    first = {word.lower() for subject in SUBJECTS[:FIRST] for word in subject.words}
    assert {"labrador", "dog"} <= first
    styles = {word for style in STYLES.values() for word in style.words}
    assert {"highly realistic", "artsy", "trending", "colorful"} <= styles
    assert {"line art", "neon", "flat", "oil painting", "watercolor", "pixel art"} <= styles
    assert "in the style of Vermeer" in VERMEER


def test_colours_are_fractions() -> None:
    assert all(0 <= part <= 1 for colour in GROUNDS.values() for part in colour)
