// Measures beside real solos: where nine in ten of those lie, their mean, and what is judged.

import { h } from "../dom.js";

/** @typedef {import("../api.js").MeasureRow} MeasureRow */

/** @param {number} x */
const short = (x) => (Math.abs(x) >= 100 ? x.toFixed(0) : Math.abs(x) >= 10 ? x.toFixed(1) : x.toFixed(2));

/** @param {HTMLElement} element @param {number} from @param {number} to shares of the width */
function place(element, from, to) {
  element.style.left = `${(100 * from).toFixed(2)}%`;
  if (to > from) element.style.width = `${(100 * (to - from)).toFixed(2)}%`;
  return element;
}

/** A row for each measure. @param {MeasureRow[]} rows @param {boolean} [single] whether one solo is judged */
export function bands(rows, single = false) {
  return h("ul", { class: "bands" }, ...rows.filter((row) => row.beside).map((row) => {
    const { band: [low, high], mean, inside } = /** @type {NonNullable<MeasureRow["beside"]>} */ (row.beside);
    const [least, most] = [Math.min(low, row.mean), Math.max(high, row.mean)];
    const room = 0.08 * Math.max(1e-9, most - least);
    /** @param {number} value */
    const at = (value) => (value - least + room) / (most - least + 2 * room);
    const within = row.mean >= low && row.mean <= high;
    return h("li", { class: within ? "within" : "outside-band" },
      h("span", { class: "measure" }, row.name, row.unit && h("small", { text: ` ${row.unit}` })),
      h("span", { class: "band-line", role: "img", "aria-label": `${short(row.mean)}; nine in ten of the others from ${short(low)} to ${short(high)}` },
        place(h("i", { class: "band" }), at(low), at(high)), place(h("i", { class: "mean" }), at(mean), 0), place(h("i", { class: "dot" }), at(row.mean), 0)),
      h("b", { class: "number", text: short(row.mean) }),
      h("span", { class: "hint", text: within ? "among them" : single ? "outside" : `${Math.round(100 * inside)} % inside` }));
  }));
}
