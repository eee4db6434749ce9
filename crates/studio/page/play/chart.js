// The chart: typed, pasted, dropped or chosen, in any key; engraved as it is typed.

import { postJson, sendFile } from "../api.js";
import { button, h, select, settled } from "../dom.js";

/** @typedef {import("../api.js").ChartView} ChartView */
/** @typedef {import("../api.js").TakeOrder} TakeOrder */

/** Whether the page is a narrow one. */
export const narrow = matchMedia("(max-width: 640px)");

const KEYS = ["C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B"];

/**
 * The box of the chart.
 * @param {import("../studio.js").App} app
 * @param {TakeOrder} order
 * @param {{ changed: () => void, engraved: (view: ChartView) => void }} hear
 */
export function chartBox(app, order, hear) {
  const text = /** @type {HTMLTextAreaElement} */ (h("textarea", {
    id: "chart", rows: 7, spellcheck: "false", autocomplete: "off", "aria-describedby": "chart-hint",
    placeholder: "Dm7 | G7 | Cmaj7 | %", value: order.chart,
  }));
  const problems = h("ul", { class: "problems", "aria-live": "polite" });
  let asked = new AbortController();
  let minor = false;

  const keys = () => [["", "as written"], ...KEYS.map((key) => [key + (minor ? "m" : ""), key + (minor ? " minor" : "")])];
  const key = select("Key", /** @type {[string, string][]} */ (keys()), order.key ?? "", (value) => {
    order.key = value || null;
    change();
  });

  async function engrave() {
    asked.abort();
    asked = new AbortController();
    const { signal } = asked;
    try {
      /** @type {ChartView} */
      const view = await postJson("/api/chart", { text: order.chart, key: order.key, narrow: narrow.matches }, signal);
      problems.classList.toggle("remarks", view.text !== null);
      problems.replaceChildren(...view.problems.slice(0, 6).map(({ words }) => h("li", { text: words })));
      if (view.key && view.key.endsWith("minor") !== minor && !order.key) {
        minor = !minor;
        key.field.replaceChildren(...keys().map(([value, words]) => h("option", { value, text: words })));
      }
      hear.engraved(view);
    } catch (error) {
      if (!signal.aborted) app.say(error instanceof Error ? error.message : String(error), "error");
    }
  }
  const soon = settled(220, engrave);

  function change() {
    hear.changed();
    soon();
  }

  /** @param {string} chart */
  function choose(chart) {
    order.chart = chart;
    order.key = null;
    order.tempo = null;
    text.value = chart;
    key.field.value = "";
    change();
  }

  text.addEventListener("input", () => {
    order.chart = text.value;
    change();
  });

  /** @type {Map<string, HTMLElement[]>} */
  const kinds = new Map();
  app.options.charts.forEach((chart, i) => {
    const list = kinds.get(chart.kind) ?? [];
    kinds.set(chart.kind, [...list, h("option", { value: String(i), text: chart.title })]);
  });
  const books = /** @type {HTMLSelectElement} */ (h("select", { onchange: () => {
    const chosen = app.options.charts[Number(books.value)];
    if (chosen) choose(chosen.text);
    books.value = "";
  } }, h("option", { value: "", text: "Choose a chart…" }),
  ...[...kinds].map(([kind, options]) => h("optgroup", { label: kind }, ...options))));

  const found = h("div", { class: "found" });

  /** @param {File} file */
  async function take(file) {
    app.say(`Reading ${file.name}…`);
    try {
      const { charts, notes } = await sendFile(file);
      if (charts.length === 0) throw new Error(`there is no chart in ${file.name}`);
      app.say(`${charts.length === 1 ? "One chart" : `${charts.length} charts`} in ${file.name}${notes.length ? `; ${notes[0]}` : charts.some((own) => own.melody) ? "; its melody can be practised with: Practise, a head or solo in a file" : ""}`);
      found.replaceChildren();
      if (charts.length > 1) {
        const list = charts.map((chart, i) => /** @type {[string, string]} */ ([String(i), chart.title || `Chart ${i + 1}`]));
        const chooser = select(`In ${file.name}`, list, "0", (value) => choose(charts[Number(value)].text));
        found.append(chooser.element);
      }
      choose(charts[0].text);
    } catch (error) {
      app.say(error instanceof Error ? error.message : String(error), "error");
    }
  }

  const picker = /** @type {HTMLInputElement} */ (h("input", { type: "file", hidden: true, onchange: () => {
    const file = picker.files?.[0];
    if (file) take(file);
    picker.value = "";
  } }));
  const element = h("section", { class: "box chart-box", "aria-label": "Chart" },
    h("h2", {}, h("label", { for: "chart", text: "Chart" })),
    h("label", { class: "field wide" }, h("span", { class: "hidden", text: "Charts of the program" }), books),
    text,
    h("p", { id: "chart-hint", class: "hint", text: "Bars between |, % repeats, [A] a section. Or paste an iReal Pro link." }),
    problems, found,
    h("div", { class: "row" }, key.element, button("Open a file…", () => picker.click(), { class: "quiet" }), picker));

  return { element, take, engrave };
}
