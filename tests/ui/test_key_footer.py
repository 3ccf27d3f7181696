"""The footer is made anew when other keys work, and not before."""

from textual.widgets._footer import FooterKey


async def test_moving_the_pick_leaves_the_footer_as_it_is(desk):
    async with desk(prompt="an owl") as at:
        await at.done(1)
        await at.pilot.pause(0.1)
        shown = list(at.app.main.query(FooterKey))
        await at.pilot.press("right", "down", "left")
        await at.pilot.pause(0.1)
        assert list(at.app.main.query(FooterKey)) == shown


async def test_other_keys_are_shown_when_they_work(desk):
    async with desk(prompt="an owl") as at:
        await at.done(1)
        await at.pilot.pause(0.1)
        words = lambda: {key.description for key in at.app.main.query(FooterKey)}  # noqa: E731
        on_pictures = words()
        assert {"refine", "zoom"} <= on_pictures
        await at.pilot.press("p")
        await at.until(lambda: "zoom" not in words() and "pictures" in words())
        await at.pilot.press("escape")
        await at.until(lambda: words() == on_pictures)
