// A look into the network while it reads a line: what each cell says, and what may come next.

import { h } from "../dom.js";

/** @typedef {import("../api.js").CellsView} CellsView */

/** A share of one in words. @param {number} share */
export const percent = (share) => (share >= 0.0995 ? `${Math.round(100 * share)} %` : `${(100 * share).toFixed(1)} %`);

/** Shares as bars. @param {import("../api.js").LikelyValue[]} values @param {string | null} marked */
export function shares(values, marked) {
  const most = Math.max(0.01, ...values.map((value) => value.probability));
  return values.map(({ value, probability }) => {
    const inner = h("i", null);
    inner.style.width = `${Math.max(1, (100 * probability) / most)}%`;
    return h("li", { class: value === marked ? "marked" : null }, h("code", { text: value }), h("span", { class: "bar-of" }, inner),
      h("span", { class: "share", text: percent(probability) }));
  });
}

/** Colours of numbers from −1 to 1. @param {number} x @param {number[][]} ink */
function colour(x, [zero, less, more]) {
  const end = x < 0 ? less : more;
  const share = Math.min(1, Math.abs(x) ** 0.6);
  return zero.map((own, i) => Math.round(own + share * (end[i] - own)));
}

/** @param {string} text a colour such as #1f5fa8 @returns {number[]} */
const rgb = (text) => [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16));

/** Numbers from −1 to 1 as a picture, a column for each row of `rows`. */
export class HeatMap {
  /** @param {string} label */
  constructor(label) {
    this.element = /** @type {HTMLCanvasElement} */ (h("canvas", { class: "heat", role: "img", "aria-label": label, width: 30, height: 64 }));
    /** @type {number[][]} */
    this.rows = [];
    this.repaint = () => this.paint();
    document.addEventListener("repaint", this.repaint);
  }

  /** @param {number[][]} rows */
  show(rows) {
    this.rows = rows;
    this.paint();
  }

  paint() {
    const { element, rows } = this;
    const draw = element.getContext("2d");
    if (!draw || rows.length === 0) return;
    const style = getComputedStyle(document.documentElement);
    const ink = ["--wash", "--chord-tone", "--approach"].map((name) => rgb(style.getPropertyValue(name).trim()));
    [element.width, element.height] = [rows.length, rows[0].length];
    const picture = draw.createImageData(element.width, element.height);
    rows.forEach((row, x) => row.forEach((value, y) => {
      picture.data.set([...colour(value, ink), 255], 4 * (y * rows.length + x));
    }));
    draw.putImageData(picture, 0, 0);
  }

  leave() {
    document.removeEventListener("repaint", this.repaint);
  }
}

/** The panel of the cells. */
export function cellsPanel() {
  const heat = new HeatMap("What each of the 64 cells says after each of the last thirty values");
  const after = h("span", { class: "hint" });
  const line = h("ol", { class: "values", "aria-label": "The values that it reads" });
  const next = h("ul", { class: "likely values-likely", "aria-label": "What may come next" });
  const came = h("p", { class: "hint" });
  const element = h("section", { class: "box inside" },
    h("div", { class: "row apart" }, h("h2", { text: "Inside the network" }), after),
    h("div", { class: "inside-grid" },
      h("figure", null, heat.element, h("figcaption", { class: "hint", text: "64 cells from top to bottom, thirty values from left to right: blue says −1, orange +1." }), line),
      h("div", null, h("h3", { text: "What may come next" }), next, came)),
    h("details", null, h("summary", { text: "How to read a value" }),
      h("p", { class: "hint" }, "In ", h("code", { text: "C,1/2,<+6,+0>" }), " the letter is what the note is to its chord: C a chord tone, S a scale tone, A a semitone from the tone that follows, X any other, R a rest. Then its length in quarter notes: 1/2 is an eighth, 1/3 a triplet eighth. Then the highest and the lowest step from the note before, in semitones.")));

  /** @param {CellsView} view */
  function show(view) {
    heat.show(view.cells.map((row) => row.map((value) => value / 100)));
    after.textContent = view.epoch === 0 ? "before learning" : `after epoch ${view.epoch}`;
    line.replaceChildren(...view.values.slice(-6).map((value) => h("li", null, h("code", { text: value }))));
    next.replaceChildren(...shares(view.next, view.came));
    came.replaceChildren("In the tune came ", h("code", { text: view.came }), view.next.some((value) => value.value === view.came) ? "." : ", which it held for less likely.");
  }
  return { element, show, leave: () => heat.leave() };
}
