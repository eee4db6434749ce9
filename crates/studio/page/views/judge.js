// Judge: solos beside real ones, what they share with them, and the blind test.

import { getJson, postJson } from "../api.js";
import { button, h } from "../dom.js";
import { bands } from "../judge/bands.js";
import { blindTest } from "../judge/blind.js";
import { lessonList } from "../learn/own.js";
import { Score } from "../score.js";
import { rememberView, state, viewState } from "../state.js";

/** Takes that can be chosen. */
const LISTED = 12;
/** Fewer solos than this are no measure of what is usual. */
const FEW = 20;

/**
 * @param {HTMLElement} root
 * @param {import("../studio.js").App} app
 */
export function mount(root, app) {
  const blind = blindTest(app);
  /** @type {Set<string>} */
  const chosen = new Set(viewState("judge").takes ?? (state().take ? [state().take] : []));
  /** @type {number[]} */
  let own = [];
  /** @type {number[]} */
  let beside = [];
  let [readingOwn, readingOthers] = [false, false];
  const takes = h("div", { class: "choices", role: "group", "aria-label": "Takes to judge" });
  const result = h("div", { class: "result" }, h("p", { class: "empty", text: "Choose takes or drop solos, and lay them beside others." }));
  const press = button("Judge", judge, { class: "press", "data-role": "judge" });
  const mine = lessonList(app, { words: "Or drop solos of your own.", changed: (ids, busy) => {
    own = ids;
    readingOwn = busy;
    paintPress();
  } });
  const others = lessonList(app, { words: "Real solos to lay them beside: a corpus or files. Without any: the corpus that the studio was opened with, else the one that comes with the program.", changed: (ids, busy) => {
    beside = ids;
    readingOthers = busy;
    paintPress();
  } });

  const besideBox = h("details", { class: "box" }, h("summary", { text: "Beside what" }), others.element);

  function paintPress() {
    press.disabled = readingOwn || readingOthers || (chosen.size === 0 && own.length === 0);
  }

  async function listTakes() {
    /** @type {import("../api.js").TakeLine[]} */
    const lines = await getJson("/api/takes");
    for (const id of [...chosen]) if (!lines.some((line) => line.id === id)) chosen.delete(id);
    if (chosen.size === 0 && lines[0]) chosen.add(lines[0].id);
    takes.replaceChildren(...lines.slice(0, LISTED).map((line) => {
      const box = /** @type {HTMLInputElement} */ (h("input", { type: "checkbox", checked: chosen.has(line.id), onchange: () => {
        if (box.checked) chosen.add(line.id);
        else chosen.delete(line.id);
        rememberView("judge", { takes: [...chosen] });
        paintPress();
      } }));
      return h("label", { class: "check" }, box, h("span", { text: `${line.title}, ${new Date(line.made * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}` }));
    }));
    if (lines.length === 0) takes.append(h("p", { class: "hint", text: "There are no takes yet; make one in Play." }));
    paintPress();
  }

  async function judge() {
    press.disabled = true;
    press.textContent = "One moment…";
    try {
      /** @type {import("../api.js").JudgeView} */
      const view = await postJson("/api/judge", { takes: [...chosen], lessons: own, beside });
      show(view);
    } catch (error) {
      app.say(error instanceof Error ? error.message : String(error), "error");
    } finally {
      press.textContent = "Judge";
      paintPress();
    }
  }

  /** @param {import("../api.js").JudgeView} view */
  function show({ report, beside: name, solos }) {
    const rows = report.rows.filter((row) => row.beside);
    const few = Number.parseInt(name, 10) < FEW ? ` So few solos say little of what is usual: give ${FEW} or more.` : "";
    const inside = rows.filter((row) => row.beside && row.mean >= row.beside.band[0] && row.mean <= row.beside.band[1]).length;
    result.replaceChildren(
      h("section", { class: "box" }, h("h2", { text: `${report.solos === 1 ? "One solo" : `${report.solos} solos`} beside ${name}` }),
        h("p", { class: "hint", text: `${inside} of ${rows.length} measures lie where nine in ten of those do. Grey: nine in ten; line: their mean; dot: what is judged${report.solos === 1 ? "" : ", in the mean"}.${few}` }), bands(rows, report.solos === 1)),
      h("section", { class: "box" }, h("h2", { text: `Originality beside ${name}` }), ...solos.map(solo)));
  }

  /** @param {import("../api.js").JudgeView["solos"][number]} own */
  function solo({ title, certificate: { longest, passes }, here, there }) {
    return h("div", { class: "originality" }, h("h3", { text: title }),
      h("p", null, h("b", { class: passes ? "right" : "wrong-guess", text: passes ? "✓ original. " : "✗ too much of it is copied. " }),
        longest ? `Its longest run that is also there has ${longest.intervals + 1} notes: bar ${longest.bar + 1} here, bar ${longest.source_bar + 1} of ${longest.source}.` : "No run of eight notes is also there."),
      here && there && h("div", { class: "beside" }, page("Here", here), page(longest?.source ?? "", there)));
  }

  /** @param {string} name @param {string} text */
  function page(name, text) {
    const paper = h("div", { class: "paper excerpt" });
    new Score(paper).show(text, null);
    return h("figure", null, h("figcaption", { class: "hint", text: name }), paper);
  }

  mine.watch(root);
  others.watch(besideBox);
  root.append(h("div", { class: "desk" },
    h("div", { class: "asked-for" },
      h("section", { class: "box" }, h("h2", { text: "What is judged" }), takes, mine.element, press),
      besideBox),
    h("div", { class: "stage" }, result, blind.element)));
  listTakes().catch(() => {});
  return () => blind.leave();
}
