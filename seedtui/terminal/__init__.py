"""Pictures in a terminal: one file for each way of drawing them.

The UI gets an `Renderer` and knows no escape codes. One rule does it all: **write `drawing.send` to the
terminal when a drawing is first shown, and again whenever the terminal may have lost it.**

    with prepared_terminal(setting) as (terminal, renderer):   # before Textual starts; cleans up at the end
        App(renderer, typed=terminal.typed).run()

    class PictureView(Widget):
        async def show(self, picture, preview=False):     # newest only: an exclusive worker does
            width, height = self.size
            drawing = await asyncio.to_thread(
                renderer.draw, self.tile, picture, width, height,
                background="#1e1e2e", preview=preview, shown=self.drawing)
            if drawing.follows(self.drawing):
                await self.app.send(drawing.change)       # by way of a `Throttle`, to app._driver.write(...)
            else:
                await self.app.send(drawing.send)
                self.strips = [Strip(row, width) for row in drawing.rows]
                self.refresh()
            self.drawing = drawing

        def render_line(self, y):
            return self.strips[y] if y < len(self.strips) else Strip.blank(self.size.width, self.rich_style)

When to do what:

- the size or the picture changes: `draw` again. The same question gives the same object: nothing is sent.
- AppFocus, a resize of the terminal (0.4 s after the last), the user's redraw key: write every visible
  `self.drawing.send` again. The terminal may be a new one.
- where `renderer.can_lose`, half a second after the last `send`, and every few seconds: write again what
  `await asyncio.to_thread(renderer.lost)` tells, and ask again. An old tmux loses pictures when the terminal can
  not keep up, and a terminal that was attached to any tmux meanwhile has none; everywhere else it is never so.
- a translucent screen comes over the tiles: show `renderer.flat.draw(...)`, which has no `send`; when it
  goes, show the old drawing again, which needs no `send` either.
- a tile goes: write `renderer.release(tile)`. At the end of the app `prepared_terminal` frees what is left,
  after a SIGTERM or SIGHUP too, and undoes what it set in tmux.
- previews: newest only, as a `Pacer` of `renderer.previews_per_second` and `renderer.bytes_per_second` lets them
  through.
- the highlight of a tile: draw it with widgets *beside* the picture, an edge each. A border of the picture or
  of its parent makes Textual write the picture's cells again: 20 KB a move, and 50 KB in tmux, against 1 KB.
- a picture among printed lines: `plain.print_picture`. What a user of tmux should set: `Tmux.advice()`.
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
