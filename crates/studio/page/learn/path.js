// One value on its way: one-hot, LSTM, softmax, note; with its shapes and its real numbers.

import { getJson } from "../api.js";
import { button, h, select } from "../dom.js";
import { symbol } from "../play/now.js";
import { percent, shares } from "./cells.js";

/** @typedef {import("../api.js").StepView} StepView */

const GATES = [["i", "what to let in"], ["f", "what to keep"], ["g", "what is new"], ["o", "what to say"]];

/** Numbers as bars above and below a line. @param {number[]} numbers @param {number} unit the one that is followed */
function bars(numbers, unit) {
  const most = Math.max(1, ...numbers.map(Math.abs));
  return h("span", { class: "bars", "aria-hidden": "true" }, ...numbers.map((number, i) => {
    const bar = h("i", { class: i === unit ? "on" : null });
    const height = (50 * Math.abs(number)) / most;
    bar.style.height = `${height}%`;
    bar.style.marginTop = `${number >= 0 ? 22 - 0.22 * 2 * height : 22}px`;
    return bar;
  }));
}

/** @param {number} x */
const three = (x) => x.toFixed(3).replace("-", "−");

/** @param {import("../studio.js").App} app */
export function pathPanel(app) {
  /** @type {string | null} */
  let model = null;
  /** @type {StepView | null} */
  let view = null;
  let at = 4;
  let unit = 0;
  const body = h("div", { class: "path-steps" });
  const back = button("‹ Value before", () => move(-1), { class: "quiet" });
  const on = button("Next value ›", () => move(1), { class: "quiet", "data-role": "next-value" });
  const units = select("Cell", Array.from({ length: 64 }, (_, i) => /** @type {[string, string]} */ ([String(i), String(i + 1)])), "0", (value) => {
    unit = Number(value);
    paint();
  });
  const which = h("span", { class: "hint" });
  const element = h("section", { class: "box path", hidden: true },
    h("div", { class: "row apart" }, h("h2", { text: "The way of one value" }), h("div", { class: "row" }, which, back, on)),
    units.element, body);

  /** @param {number} step */
  function move(step) {
    at = Math.max(0, at + step);
    load();
  }

  async function load() {
    if (!model) return;
    try {
      view = await getJson(`/api/models/${model}/step?at=${at}`);
      element.hidden = false;
      paint();
    } catch (error) {
      app.say(error instanceof Error ? error.message : String(error), "error");
    }
  }

  function paint() {
    if (!view) return;
    const { units: count, classes, gates, c, h: said, before } = view;
    const [i, f, g, o] = gates.map((gate) => gate[unit]);
    which.textContent = `value ${at + 1} of ${view.of}`;
    back.disabled = at === 0;
    on.disabled = at + 1 >= view.of;
    /** @param {string} title @param {string} shape @param {...(Node | string)} children */
    const step = (title, shape, ...children) => h("li", null, h("h3", null, title, " ", h("code", { text: shape })), ...children);
    body.replaceChildren(h("ol", { class: "path-list" },
      step("One-hot", `[${classes}]`, h("p", null, view.input === null
        ? "Nothing has been played: the zero vector goes in."
        : h("span", null, h("code", { text: view.input_value ?? "" }), ` was played: ${classes} zeros, with a one at place ${view.input + 1}.`))),
      step("Gates", `4 × [${count}]`, ...GATES.map(([name, words], nth) => h("div", { class: "gate" }, h("b", { text: name }), bars(gates[nth], unit), h("span", { class: "hint", text: words })))),
      step("Memory", `c [${count}]`, bars(c, unit), h("p", { class: "sum", text: `c = f · c′ + i · g = ${three(f)} · ${three(before[unit])} + ${three(i)} · ${three(g)} = ${three(c[unit])}` })),
      step("Output", `h [${count}]`, bars(said, unit), h("p", { class: "sum", text: `h = o · tanh c = ${three(o)} · ${three(Math.tanh(c[unit]))} = ${three(said[unit])}` })),
      step("Softmax", `[${classes}]`, h("ul", { class: "likely values-likely" }, ...shares(view.likely.slice(0, 6), view.drawn_value))),
      step("Value and note", "", h("p", null, "Drawn, by its probability of ", h("b", { text: percent(view.drawn_probability) }), ": ", h("code", { text: view.drawn_value }), "."),
        h("p", { text: `Bar ${view.bar}, beat ${view.beat.toFixed(2).replace(/\.?0+$/, "")}${view.chord ? `, over ${symbol(view.chord)}` : ""}: ${view.note ? `it becomes ${symbol(view.note)}.` : "it is a rest."}` }))));
  }

  return {
    element,
    /** @param {string} id */
    show(id) {
      model = id;
      load();
    },
  };
}
