// Music of one's own: dropped, looked at, put right, learned from.

import { sendLesson } from "../api.js";
import { button, h, select } from "../dom.js";
import { symbol } from "../play/now.js";

/** @typedef {import("../api.js").LessonView} LessonView */
/** @typedef {{ file: File, view: LessonView, wishes: { melody?: string, bars?: string } }} Lesson */

/**
 * A list of files that were handed over.
 * @param {import("../studio.js").App} app
 * @param {{ words: string, changed: (ids: number[], reading: boolean) => void }} hear `reading`: a file is still read
 */
export function lessonList(app, { words, changed }) {
  /** @type {Lesson[]} */
  let lessons = [];
  /** Files that are read now. */
  let reading = 0;
  const list = h("ul", { class: "lessons" });
  const picker = /** @type {HTMLInputElement} */ (h("input", { type: "file", multiple: true, hidden: true, onchange: async () => {
    for (const file of picker.files ?? []) await add(file);
    picker.value = "";
  } }));
  const element = h("div", { class: "drop" }, h("p", { class: "hint", text: words }),
    h("div", { class: "row" }, button("Open files…", () => picker.click(), { class: "quiet" }), picker), list);

  /** @param {unknown} error */
  const fail = (error) => app.say(error instanceof Error ? error.message : String(error), "error");

  /** Reads a file, while nothing is begun with what was read before. @param {() => Promise<void>} read */
  async function during(read) {
    reading += 1;
    tell();
    try {
      await read();
    } catch (error) {
      fail(error);
    } finally {
      reading -= 1;
      paint();
    }
  }

  /** @param {File} file */
  const add = (file) => during(async () => {
    if (lessons.some((own) => own.file.name === file.name && own.file.size === file.size)) {
      app.say(`${file.name} is already here.`);
      return;
    }
    app.say(`Reading ${file.name}…`);
    const view = await sendLesson(file);
    lessons = [...lessons, { file, view, wishes: {} }];
    app.say(`${view.pieces.length} ${view.pieces.length === 1 ? "piece" : "pieces"} in ${file.name}`);
  });

  /** The same file with other wishes; of several the last counts. @param {Lesson} lesson @param {Lesson["wishes"]} wishes */
  const again = (lesson, wishes) => during(async () => {
    const before = lesson.wishes;
    const asked = { ...before, ...wishes };
    lesson.wishes = asked;
    try {
      const view = await sendLesson(lesson.file, asked);
      if (lesson.wishes === asked) lesson.view = view;
    } catch (error) {
      if (lesson.wishes === asked) lesson.wishes = before;
      throw error;
    }
  });

  const tell = () => changed(lessons.map((lesson) => lesson.view.id), reading > 0);

  function paint() {
    list.replaceChildren(...lessons.map(row));
    tell();
  }

  /** @param {Lesson} lesson */
  function row(lesson) {
    const { view, wishes } = lesson;
    const solos = view.pieces.filter((piece) => piece.notes > 0);
    const first = view.pieces[0];
    const told = first ? `${solos.length === 1 ? `${solos[0].notes} notes` : `${solos.length} solos`}, ${first.bars} bars: ${first.chords.slice(0, 6).map(symbol).join(" ")} …` : "";
    const away = button("×", () => {
      lessons = lessons.filter((own) => own !== lesson);
      paint();
    }, { class: "free", "aria-label": `Take ${view.name} away` });
    return h("li", { class: "lesson" },
      h("div", { class: "row apart" }, h("b", { text: view.name }), away), h("p", { text: told }),
      view.parts.length > 0 && h("div", { class: "grid" },
        select("Melody", [["", "as found"], ...view.parts.filter((part) => part.notes > 0).map((part) => /** @type {[string, string]} */ ([String(part.number), `${part.number} ${part.name || part.instrument}`]))],
          wishes.melody ?? "", (melody) => again(lesson, { melody })).element,
        bars(lesson)),
      view.parts.length > 0 && h("table", { class: "parts" }, h("tbody", null, ...view.parts.map((part) => h("tr", null,
        h("td", { text: String(part.number) }), h("td", { text: part.name || part.instrument }), h("td", { text: part.role }), h("td", { class: "hint", text: part.why }))))),
      h("details", null, h("summary", { text: "What was taken, and why" }), h("pre", { text: view.report.join("\n") })));
  }

  /** @param {Lesson} lesson */
  function bars(lesson) {
    const field = /** @type {HTMLInputElement} */ (h("input", { type: "text", value: lesson.wishes.bars ?? "", placeholder: "all", onchange: () => again(lesson, { bars: field.value.trim() }) }));
    return h("label", { class: "field" }, h("span", { text: "Bars, such as 5-36" }), field);
  }

  /** Files that are dropped on an element. @param {HTMLElement} root */
  function watch(root) {
    root.addEventListener("dragover", (event) => {
      event.preventDefault();
      element.classList.add("dropping");
    });
    root.addEventListener("dragleave", () => element.classList.remove("dropping"));
    root.addEventListener("drop", async (event) => {
      event.preventDefault();
      event.stopPropagation();
      element.classList.remove("dropping");
      for (const file of event.dataTransfer?.files ?? []) await add(file);
    });
  }

  return { element, add, watch };
}
