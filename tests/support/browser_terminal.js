// The page of a BrowserTerminal: xterm.js as VS Code sets it up, and what Python asks of it.
// Python calls `terminal.…`; the page calls `sendToProgram` with what the user types and xterm.js answers.

function openTerminal({ columns, rows, fontSize, images, style }) {
  document.body.style.cssText = "margin: 0; background: black";
  document.head.appendChild(document.createElement("style")).textContent = style;
  const box = document.body.appendChild(document.createElement("div"));
  const xterm = new Terminal({
    cols: columns,
    rows,
    fontFamily: "DejaVu Sans Mono",
    fontSize,
    lineHeight: 1.15,
    allowProposedApi: true,
    scrollback: 1000,
    minimumContrastRatio: 1,
    windowOptions: { getWinSizePixels: true, getCellSizePixels: true, getWinSizeChars: true },
    theme: { background: "#000000", foreground: "#ffffff" },
  });
  if (images) xterm.loadAddon(new ImageAddon.ImageAddon(images));
  xterm.open(box);
  xterm.onData((text) => sendToProgram(text));
  xterm.focus();

  const dimensions = () => xterm._core._renderService.dimensions.css;
  let frames = null;

  return {
    xterm,
    size: () => {
      const { cell, canvas } = dimensions();
      return [cell.width, cell.height, canvas.width, canvas.height];
    },
    // Fulfilled when xterm.js has read it all, so that no more comes than it can take.
    feed: (base64) => {
      const data = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      return new Promise((done) => xterm.write(data, done));
    },
    resize: (columns, rows) => xterm.resize(columns, rows),
    focus: (gets) => (gets ? xterm.focus() : xterm.blur()),
    text: () => {
      const { active } = xterm.buffer;
      return Array.from({ length: xterm.rows }, (_, y) => active.getLine(active.viewportY + y).translateToString(true));
    },
    // From now on keep, for every frame, the opacity of the image layer at each of `points`, [column, row] in cells.
    watch: (points) => {
      const kept = (frames = []);
      const step = (time) => {
        if (kept !== frames) return;
        const context = document.querySelector(".xterm-image-layer")?.getContext("2d");
        const { width, height } = dimensions().cell;
        const alpha = ([x, y]) => context?.getImageData(Math.floor(x * width), Math.floor(y * height), 1, 1).data[3] ?? 0;
        kept.push([time / 1000, points.map(alpha)]);
        requestAnimationFrame(step);
      };
      requestAnimationFrame(step);
    },
    watched: () => {
      const kept = frames;
      frames = null;
      return kept;
    },
  };
}
