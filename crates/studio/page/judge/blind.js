// The blind test: eight excerpts, real and generated mixed; which is which?

import { postJson, watchJob } from "../api.js";
import { button, h } from "../dom.js";
import { Hearing } from "../hear.js";
import { rememberView, viewState } from "../state.js";

/** @typedef {import("../api.js").TrialView} TrialView */
/** @typedef {import("../api.js").TrialScore} TrialScore */

/** @param {number} share */
const percent = (share) => `${Math.round(100 * share)} %`;

/** @param {TrialScore} score */
const told = ({ right, of, low, high }) => (of === 0
  ? "Nobody has guessed on this machine yet."
  : `On this machine so far: ${right} of ${of} right, ${percent(right / of)}; with 95 % confidence between ${percent(low)} and ${percent(high)}. Guessing blindly gives 50 %.`);

/** @param {import("../studio.js").App} app */
export function blindTest(app) {
  const hearing = new Hearing(app);
  /** @type {TrialView | null} */
  let trial = null;
  /** @type {(boolean | null)[]} */
  let guesses = [];
  /** @type {import("../api.js").TrialAnswer | null} */
  let answer = null;
  let unwatch = () => {};
  const list = h("ol", { class: "excerpts" });
  const score = h("p", { class: "told", "data-role": "score" });
  const begin = button("New test", () => fetchTrial(Math.floor(Math.random() * 4e9)), { "data-role": "trial" });
  const send = button("Show me", guess, { disabled: true, "data-role": "guess" });
  const element = h("section", { class: "box blind" }, h("h2", { text: "Blind test" }),
    h("p", { class: "hint", text: "Eight excerpts of eight bars, half of them from solos of the corpus that the studio was opened with, half improvised over its charts; all played by the same band, without the loudness and the timing of recordings. Without a corpus of real solos, the one that comes with the program stands in, which was composed by rules: open the studio with a corpus to be tested on people." }),
    list, h("div", { class: "row" }, begin, send), score);

  /** @param {number} seed @returns {Promise<TrialView>} */
  async function made(seed) {
    const { job } = await postJson("/api/trials", { seed });
    return new Promise((settle, fail) => {
      unwatch = watchJob(job, ({ event, data }) => {
        if (event === "progress") begin.textContent = `Excerpt ${data.made + 1} of ${data.of}…`;
        else if (event === "done") settle(data);
        else fail(new Error(data));
      });
    });
  }

  /** @param {number} seed */
  async function fetchTrial(seed) {
    begin.disabled = true;
    begin.textContent = "One moment…";
    try {
      trial = await made(seed);
      guesses = Array.from({ length: trial?.excerpts.length ?? 0 }, () => null);
      answer = null;
      if (trial) score.textContent = told(trial.score);
      paint();
    } catch (error) {
      app.say(error instanceof Error ? error.message : String(error), "error");
    } finally {
      begin.disabled = false;
      begin.textContent = "New test";
    }
  }

  function paint() {
    send.disabled = !trial || !!answer || guesses.includes(null);
    list.replaceChildren(...(trial?.excerpts ?? []).map((excerpt, nth) => row(excerpt, nth)));
  }

  /** @param {TrialView["excerpts"][number]} excerpt @param {number} nth */
  function row(excerpt, nth) {
    const where = `/api/trials/${trial?.id}/${nth}`;
    const hear = hearing.button({ words: `${Math.round(excerpt.seconds)} s`, label: `Hear excerpt ${nth + 1}`, load: async () => ({ where, parts: excerpt.parts.length }) }, { class: "quiet small" });
    /** @param {boolean} real @param {string} words */
    const choice = (real, words) => button(words, () => {
      guesses[nth] = real;
      for (const own of choices) own.setAttribute("aria-pressed", String(own.dataset.real === String(guesses[nth])));
      send.disabled = !!answer || guesses.includes(null);
    }, { class: "quiet small", "aria-pressed": String(guesses[nth] === real), "data-real": String(real), disabled: !!answer, "aria-label": `Excerpt ${nth + 1}: ${words}` });
    const choices = [choice(true, "real"), choice(false, "generated")];
    const right = answer && answer.real[nth] === guesses[nth];
    return h("li", null, h("b", { text: String(nth + 1) }), hear, h("span", { class: "segments" }, ...choices),
      answer && h("span", { class: right ? "right" : "wrong-guess", text: `${right ? "✓" : "✗"} ${answer.whose[nth]}` }));
  }

  async function guess() {
    if (!trial) return;
    try {
      answer = await postJson(`/api/trials/${trial.id}`, { real: guesses });
      if (answer) score.textContent = `${answer.right} of ${guesses.length} right. ${told(answer.score)}`;
      rememberView("judge", { guessed: trial.id });
      paint();
    } catch (error) {
      app.say(error instanceof Error ? error.message : String(error), "error");
    }
  }

  score.textContent = viewState("judge").guessed ? "" : "Eight excerpts wait; they are made at the first press.";
  return {
    element,
    leave: () => {
      unwatch();
      hearing.leave();
    },
  };
}
