// The piano roll: notes as they sound, their roles by colour and shape, scrolling under a cursor.

/** @typedef {import("./api.js").TimeMap} TimeMap */
/** @typedef {import("./api.js").Role} Role */

/** Words for each role, its colour in the style sheet, its shape. @type {[Role, string, string][]} */
export const ROLES = [
  ["chord_tone", "chord tone", "block"],
  ["tension", "tension", "hollow"],
  ["approach", "approach", "arrow"],
  ["enclosure", "enclosure", "diamond"],
  ["passing", "passing note", "dot"],
  ["outside", "outside", "cross"],
];

/** @param {Role | null} role */
export const roleName = (role) => ROLES.find(([name]) => name === role)?.[1] ?? "no chord sounds";

/** Seconds that are seen on a wide page, and the least. */
const SEEN = 12;
const LEAST = 5;
/** Where the cursor stands, as a share of the width. */
const NOW = 0.3;
const HEAD = 20;

/**
 * The sign of a role.
 * @param {CanvasRenderingContext2D} draw
 * @param {string} shape
 * @param {number} x @param {number} y the middle of the note's left end
 * @param {number} width @param {number} height
 */
export function sign(draw, shape, x, y, width, height) {
  const half = height / 2;
  draw.lineWidth = 1.6;
  const long = Math.max(width, 3);
  if (shape === "hollow") {
    draw.strokeRect(x + 0.8, y - half + 0.8, Math.max(1, long - 1.6), height - 1.6);
    return;
  }
  draw.globalAlpha = shape === "block" ? 1 : 0.45;
  draw.fillRect(x, y - half, long, height);
  draw.globalAlpha = 1;
  const r = half + 1;
  draw.beginPath();
  if (shape === "arrow") {
    draw.moveTo(x + r * 1.6, y);
    draw.lineTo(x - 1, y - r);
    draw.lineTo(x - 1, y + r);
  } else if (shape === "diamond") {
    draw.moveTo(x - r + 2, y);
    draw.lineTo(x + 2, y - r);
    draw.lineTo(x + r + 2, y);
    draw.lineTo(x + 2, y + r);
  } else if (shape === "dot") {
    draw.arc(x + 2, y, r * 0.85, 0, Math.PI * 2);
  } else if (shape === "cross") {
    draw.moveTo(x - r + 2, y - r);
    draw.lineTo(x + r + 2, y + r);
    draw.moveTo(x + r + 2, y - r);
    draw.lineTo(x - r + 2, y + r);
    draw.stroke();
  }
  draw.fill();
}

/** A piano roll on a canvas. Events: `note` (detail: its number), `seek` (detail: seconds). */
export class Roll extends EventTarget {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    super();
    this.canvas = canvas;
    this.draw = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    /** @type {TimeMap | null} */
    this.map = null;
    this.seconds = 0;
    this.watch = new ResizeObserver(() => this.resize());
    this.watch.observe(canvas);
    this.repaint = () => this.colours();
    document.addEventListener("repaint", this.repaint);
    this.colours();
    canvas.addEventListener("click", (event) => this.press(event));
  }

  leave() {
    this.watch.disconnect();
    document.removeEventListener("repaint", this.repaint);
  }

  colours() {
    const style = getComputedStyle(document.documentElement);
    /** @param {string} name */
    const colour = (name) => style.getPropertyValue(`--${name}`).trim();
    /** @type {Record<string, string>} */
    this.ink = Object.fromEntries(ROLES.map(([role]) => [role, colour(role.replace("_", "-"))]));
    this.lines = { none: colour("muted"), bar: colour("line-strong"), beat: colour("line"), text: colour("ink"),
      muted: colour("muted"), now: colour("accent"), black: colour("wash") };
    this.paint();
  }

  resize() {
    const ratio = devicePixelRatio || 1;
    const { clientWidth, clientHeight } = this.canvas;
    this.canvas.width = Math.round(clientWidth * ratio);
    this.canvas.height = Math.round(clientHeight * ratio);
    this.draw.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.paint();
  }

  /** @param {TimeMap | null} map */
  show(map) {
    this.map = map;
    const pitches = map?.notes.map((note) => note.pitch) ?? [];
    this.low = pitches.length ? Math.min(...pitches) - 2 : 58;
    this.high = pitches.length ? Math.max(...pitches) + 2 : 74;
    this.paint();
  }

  /** @param {number} seconds */
  follow(seconds) {
    if (Math.abs(seconds - this.seconds) < 0.002) return;
    this.seconds = seconds;
    this.paint();
  }

  scale() {
    const seen = Math.max(LEAST, Math.min(SEEN, this.canvas.clientWidth / 85));
    return this.canvas.clientWidth / seen;
  }

  /** @param {number} seconds */
  x(seconds) {
    return this.canvas.clientWidth * NOW + (seconds - this.seconds) * this.scale();
  }

  /** @param {number} pitch the middle of its row */
  y(pitch) {
    const rows = (this.high ?? 72) - (this.low ?? 60) + 1;
    const height = this.canvas.clientHeight - HEAD;
    return HEAD + ((this.high ?? 72) - pitch + 0.5) * (height / rows);
  }

  paint() {
    const { draw, map, lines, canvas } = this;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    draw.clearRect(0, 0, width, height);
    if (!map || !lines || !this.ink || width === 0) return;
    const row = this.y(0) - this.y(1);
    draw.fillStyle = lines.black;
    for (let pitch = this.low ?? 60; pitch <= (this.high ?? 72); pitch += 1) {
      if ([1, 3, 6, 8, 10].includes(pitch % 12)) draw.fillRect(0, this.y(pitch) - row / 2, width, row);
    }
    draw.font = "600 12px system-ui, sans-serif";
    for (const [i, bar] of map.bars.entries()) {
      if (this.x(bar.until) < 0 || this.x(bar.seconds) > width) continue;
      for (const [nth, beat] of bar.beats.entries()) {
        draw.fillStyle = nth === 0 ? lines.bar : lines.beat;
        draw.fillRect(this.x(beat), HEAD, 1, height);
      }
      draw.fillStyle = lines.muted;
      draw.fillText(String(i + 1), this.x(bar.seconds) + 3, height - 4);
    }
    draw.fillStyle = lines.text;
    for (const chord of map.chords) draw.fillText(chord.chord ?? "N.C.", this.x(chord.seconds) + 3, 14);
    for (const note of map.notes) {
      const [from, to] = [this.x(note.seconds), this.x(note.until)];
      if (to < 0 || from > width) continue;
      const colour = note.role ? this.ink[note.role] : lines.none;
      draw.fillStyle = colour;
      draw.strokeStyle = colour;
      const shape = ROLES.find(([role]) => role === note.role)?.[2] ?? "hollow";
      sign(draw, shape, from, this.y(note.pitch), to - from, Math.min(12, Math.max(5, row * 0.86)));
    }
    draw.fillStyle = lines.now;
    draw.fillRect(this.x(this.seconds) - 1, 0, 2, height);
  }

  /** @param {MouseEvent} event */
  press(event) {
    if (!this.map) return;
    const seconds = this.seconds + (event.offsetX - this.canvas.clientWidth * NOW) / this.scale();
    const row = this.y(0) - this.y(1);
    const near = (/** @type {import("./api.js").TimedNote} */ note) =>
      seconds > note.seconds - 0.03 && seconds < note.until + 0.03 && Math.abs(this.y(note.pitch) - event.offsetY) < row + 4;
    const note = this.map.notes.findIndex(near);
    const detail = note >= 0 ? note : Math.max(0, seconds);
    this.dispatchEvent(new CustomEvent(note >= 0 ? "note" : "seek", { detail }));
  }
}
