"""Pictures in a terminal.

The UI uses a `Renderer` and knows no escape codes. A `Drawing` has rows of cells, and perhaps something to send before
they are shown. All rows of the screen, texts too, pass through the `PictureLayer`, which knows what stands there and
writes or paints only what does not.

    with prepared_terminal(setting) as (terminal, renderer, reattachment):  # before Textual starts
        App(renderer, typed=terminal.typed).run()

    class PictureView(Widget):
        async def show(self, picture, preview=False):     # in an exclusive worker, so that only the newest runs
            width, height = self.size
            drawing = await asyncio.to_thread(
                renderer.draw, self.tile, picture, width, height,
                background="#1e1e2e", preview=preview, shown=self.drawing)
            if drawing.follows(self.drawing):
                await self.send(drawing.change)           # a `PictureWriter`
            else:
                await self.send(drawing.send, rows_cost(drawing))
                self.strips = [Strip(row, width) for row in drawing.rows]
                self.refresh()
            self.drawing = drawing

        def render_line(self, y):
            return self.strips[y] if y < len(self.strips) else Strip.blank(self.size.width, self.rich_style)

What to do when:

- The size or the picture changes: call `draw` again. The same arguments return the same object, so nothing is sent.
- A drawing may be lost (`PictureWriter` says when): draw and send as if nothing had been shown.
- A translucent screen covers the tiles: show `renderer.flat.draw(...)`, which has nothing to send. When it closes, show
  the old drawing again.
- A tile is removed: write `renderer.release(tile)`. At the end of the app, `prepared_terminal` frees the rest, also
  after SIGTERM or SIGHUP, and restores tmux.
- Previews: show only the newest, and only when the `Pacer` allows it.
- Another terminal is attached to tmux: `reattachment` has the renderer draw as fits it.
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
