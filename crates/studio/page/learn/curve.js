// The curve of a training: what is learned from, what is held out, and the floors that any model must beat.

const SVG = "http://www.w3.org/2000/svg";
/** Widths at which it is drawn: as wide as its place, within reason. */
const [NARROWEST, WIDEST] = [300, 760];
const HEIGHT = 260;
const LEFT = 44;
const RIGHT = 86;
const TOP = 14;
const BOTTOM = 34;

/** @param {string} name @param {Record<string, string | number>} attributes @param {string} [words] */
function svg(name, attributes, words) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  if (words !== undefined) element.textContent = words;
  return element;
}

/** A curve that grows. */
export class Curve {
  constructor() {
    this.element = /** @type {SVGSVGElement} */ (svg("svg", { class: "curve", role: "img" }));
    this.width = WIDEST;
    this.watching = new ResizeObserver(() => this.paint());
    this.watching.observe(this.element);
    /** @type {import("../api.js").LearnStart | null} */
    this.start = null;
    /** @type {import("../api.js").LearnEpoch[]} */
    this.epochs = [];
    this.paint();
  }

  /** @param {import("../api.js").LearnStart} start */
  begin(start) {
    this.start = start;
    this.epochs = [];
    this.paint();
  }

  /** @param {import("../api.js").LearnEpoch} epoch */
  add(epoch) {
    this.epochs.push(epoch);
    this.paint();
  }

  paint() {
    const { start, epochs, element } = this;
    const width = Math.max(NARROWEST, Math.min(WIDEST, element.clientWidth || WIDEST));
    this.width = width;
    element.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    const most = start?.epochs ?? 100;
    const losses = epochs.flatMap(({ loss, held_out: held }) => [loss, held ?? loss]);
    const floors = start ? [start.unigram, start.bigram, start.held_out].filter((loss) => loss !== null) : [];
    const all = [...losses, ...floors];
    const high = all.length > 0 ? Math.ceil(4 * Math.min(8, Math.max(...all) + 0.1)) / 4 : 4;
    const low = all.length > 0 ? Math.floor(4 * (Math.min(...all) - 0.1)) / 4 : 3;
    /** @param {number} epoch */
    const x = (epoch) => LEFT + ((width - LEFT - RIGHT) * epoch) / most;
    /** @param {number} loss */
    const y = (loss) => TOP + ((HEIGHT - TOP - BOTTOM) * (high - Math.min(high, loss))) / Math.max(0.25, high - low);
    /** @type {Element[]} */
    const drawn = [];
    for (let loss = Math.ceil(low * 2) / 2; loss <= high; loss += 0.5) {
      drawn.push(svg("line", { class: "grid-line", x1: LEFT, x2: width - RIGHT, y1: y(loss), y2: y(loss) }));
      drawn.push(svg("text", { x: LEFT - 8, y: y(loss) + 4, "text-anchor": "end" }, loss.toFixed(1)));
    }
    const ticks = most <= 8 ? Array.from({ length: most + 1 }, (_, i) => i) : [0, 0.25, 0.5, 0.75, 1].map((share) => Math.round(most * share));
    for (const epoch of ticks) {
      drawn.push(svg("text", { x: x(epoch), y: HEIGHT - 14, "text-anchor": "middle" }, String(epoch)));
    }
    drawn.push(svg("text", { x: (LEFT + width - RIGHT) / 2, y: HEIGHT - 1, "text-anchor": "middle" }, "epoch"));
    if (start) drawn.push(...this.floors(start, x, y));
    if (start && epochs.length > 0) {
      const before = start.held_out === null ? [] : [[0, start.held_out]];
      const held = [...before, ...epochs.flatMap((e) => (e.held_out === null ? [] : [[e.epoch, e.held_out]]))];
      drawn.push(...line("training", epochs.map((e) => [e.epoch, e.loss]), x, y));
      drawn.push(...line("held-out", held, x, y));
      const best = epochs.filter((e) => e.best).pop();
      if (best && best.held_out !== null) drawn.push(svg("circle", { class: "best", cx: x(best.epoch), cy: y(best.held_out ?? best.loss), r: 4.5 }));
    }
    element.replaceChildren(...drawn);
    const last = epochs[epochs.length - 1];
    element.setAttribute("aria-label", last
      ? `Loss after epoch ${last.epoch}: ${last.loss.toFixed(2)} in training, ${(last.held_out ?? last.loss).toFixed(2)} held out`
      : "The loss, epoch by epoch; no training yet");
  }

  leave() {
    this.watching.disconnect();
  }

  /** @param {import("../api.js").LearnStart} start @param {(n: number) => number} x @param {(n: number) => number} y */
  floors(start, x, y) {
    const { width } = this;
    if (start.unigram === null || start.bigram === null) return [];
    const near = Math.abs(y(start.unigram) - y(start.bigram)) < 13;
    return /** @type {[string, number, number][]} */ ([["unigram", start.unigram, near ? -4 : 4], ["bigram", start.bigram, near ? 10 : 4]])
      .flatMap(([name, loss, down]) => [
        svg("line", { class: `floor ${name}`, x1: LEFT, x2: width - RIGHT, y1: y(loss), y2: y(loss) }),
        svg("text", { class: `floor-name`, x: width - RIGHT + 6, y: y(loss) + down }, `${name} ${loss.toFixed(2)}`),
      ]);
  }
}

/** @param {string} name @param {number[][]} points @param {(n: number) => number} x @param {(n: number) => number} y */
function line(name, points, x, y) {
  const path = points.map(([epoch, loss]) => `${x(epoch).toFixed(1)},${y(loss).toFixed(1)}`).join(" ");
  return [svg("polyline", { class: `loss ${name}`, points: path })];
}
