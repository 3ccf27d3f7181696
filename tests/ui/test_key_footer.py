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


async def test_no_key_is_cut_at_the_edge(desk):
    async with desk(prompt="an owl", size=(80, 24)) as at:
        await at.done(1)
        shown = lambda: [key for key in at.app.main.query(FooterKey) if key.visible]  # noqa: E731
        for width in (80, 50, 120):
            await at.pilot.resize_terminal(width, 24)
            fits = lambda: all(key.region.right <= width for key in shown())  # noqa: B023, E731
            await at.until(lambda: fits() and (width < 120 or len(shown()) > 8))  # noqa: B023
            assert shown()
