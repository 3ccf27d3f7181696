"""Pictures in a terminal.

The UI uses a `Renderer` and knows no escape codes. There is one rule: **write `drawing.send` to the terminal when a
drawing is first shown, and again whenever the terminal may have lost it.**

    with prepared_terminal(setting) as (terminal, renderer):   # before Textual starts; cleans up at the end
        App(renderer, typed=terminal.typed).run()

    class PictureView(Widget):
        async def show(self, picture, preview=False):     # in an exclusive worker, so that only the newest runs
            width, height = self.size
            drawing = await asyncio.to_thread(
                renderer.draw, self.tile, picture, width, height,
                background="#1e1e2e", preview=preview, shown=self.drawing)
            if drawing.follows(self.drawing):
                await self.app.send(drawing.change)       # through a `Throttle`, to app._driver.write(...)
            else:
                await self.app.send(drawing.send)
                self.strips = [Strip(row, width) for row in drawing.rows]
                self.refresh()
            self.drawing = drawing

        def render_line(self, y):
            return self.strips[y] if y < len(self.strips) else Strip.blank(self.size.width, self.rich_style)

What to do when:

- The size or the picture changes: call `draw` again. The same arguments return the same object, so nothing is sent.
- On AppFocus, a resize of the terminal (0.4 s after the last), or the user's redraw key: write every visible
  `self.drawing.send` again. The terminal may be a new one.
- If `renderer.can_lose`, half a second after the last `send` and every few seconds: write again whatever
  `await asyncio.to_thread(renderer.lost)` reports, and ask again. An old tmux loses pictures when the terminal cannot
  keep up, and a terminal that was attached to tmux meanwhile has none. Elsewhere nothing is ever lost.
- A translucent screen covers the tiles: show `renderer.flat.draw(...)`, which has no `send`. When it closes, show the
  old drawing again, which needs no `send` either.
- A tile is removed: write `renderer.release(tile)`. At the end of the app, `prepared_terminal` frees the rest, also
  after SIGTERM or SIGHUP, and restores tmux.
- Previews: show only the newest, and only when a `Pacer` of `renderer.previews_per_second` and
  `renderer.bytes_per_second` allows it.
- To highlight a tile, draw its edges with widgets *next to* the picture. A border of the picture or of its parent makes
  Textual write the picture's cells again: 20 KB per move, or 50 KB in tmux, instead of 1 KB.
- For a picture among printed lines, use `print_picture`. For settings to recommend in tmux, use `Tmux.advice()`.
"""

from seedtui.terminal.lifecycle import prepared_terminal
from seedtui.terminal.output.pacing import Pacer
from seedtui.terminal.output.throttle import Throttle
from seedtui.terminal.probe.modes import MODES, Mode, Terminal
from seedtui.terminal.renderers.factory import make_renderer
from seedtui.terminal.renderers.renderer import Drawing, Renderer

__all__ = [
    "MODES",
    "Drawing",
    "Mode",
    "Pacer",
    "Renderer",
    "Terminal",
    "Throttle",
    "make_renderer",
    "prepared_terminal",
]
