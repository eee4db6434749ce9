// Learn: the classic network learns before your eyes and ears.

import { cancelJob, getJson, postJson, watchJob } from "../api.js";
import { button, h } from "../dom.js";
import { Hearing, takeOf } from "../hear.js";
import { cellsPanel } from "../learn/cells.js";
import { Curve } from "../learn/curve.js";
import { lessonList } from "../learn/own.js";
import { pathPanel } from "../learn/path.js";
import { remember, rememberView, state, viewState } from "../state.js";

/** Epochs after which it is heard. */
const HEARD = [0, 1, 5, 20, 100];

/**
 * @param {HTMLElement} root
 * @param {import("../studio.js").App} app
 */
export function mount(root, app) {
  const hearing = new Hearing(app);
  const [curve, inside, path] = [new Curve(), cellsPanel(), pathPanel(app)];
  /** @type {number[]} */
  let own = [];
  /** @type {number | null} */
  let job = null;
  /** @type {string | null} */
  let learned = null;
  let unwatch = () => {};

  const press = button("Learn", () => (job ? cancel() : learn()), { class: "press", "data-role": "learn" });
  const epochs = /** @type {HTMLInputElement} */ (h("input", { type: "number", min: 1, max: 400, value: "100" }));
  const seed = /** @type {HTMLInputElement} */ (h("input", { type: "number", min: 0, max: 4000000000, value: "0" }));
  const progress = /** @type {HTMLProgressElement} */ (h("progress", { max: 1, value: 0, "aria-label": "How much is learned" }));
  const told = h("p", { class: "told", "data-role": "told", "aria-live": "polite", text: "Nothing is learned yet." });
  const floor = h("p", { class: "hint" });
  const playWith = button("Play with it", playLearned, { class: "quiet", disabled: true });
  const lessons = lessonList(app, {
    words: "Drop solos here: MIDI, MusicXML, ABC, a corpus or an archive. Without any it learns from the corpus that comes with the program.",
    changed: (ids) => {
      own = ids;
      paintPress();
    },
  });

  const stages = h("div", { class: "stages", role: "group", "aria-label": "Hear it" });
  /** @type {Map<number, HTMLElement>} */
  const heard = new Map();
  function emptyStages() {
    heard.clear();
    stages.replaceChildren(...HEARD.map((epoch) => {
      const place = h("div", { class: "stage-place" }, h("span", { class: "hint", text: epoch === 0 ? "Before learning" : `Epoch ${epoch}` }));
      const waiting = button("not yet", () => {}, { class: "quiet", disabled: true });
      place.append(waiting);
      heard.set(epoch, place);
      return place;
    }));
  }

  /** @param {{ epoch: number, take: string, model: string }} stage */
  function stage({ epoch, take, model }) {
    const words = epoch === 0 ? "noise" : "hear";
    const label = epoch === 0 ? "Hear it before learning" : `Hear it after epoch ${epoch}`;
    heard.get(epoch)?.lastElementChild?.replaceWith(hearing.button({ words, label, load: () => takeOf(take) }, { "data-epoch": epoch }));
    learned = model;
    path.show(model);
  }

  /** @param {number} number */
  function follow(number) {
    job = number;
    rememberView("learn", { job });
    emptyStages();
    paintPress();
    unwatch();
    unwatch = watchJob(number, hear);
  }

  /** @param {import("../api.js").JobEvent} event */
  function hear({ event, data }) {
    if (event === "start") {
      curve.begin(data);
      progress.max = data.epochs;
      told.textContent = `${data.solos} solos, a vocabulary of ${data.vocabulary} values, ${data.layers.reduce((/** @type {number} */ sum, /** @type {number[]} */ layer) => sum + layer[2], 0).toLocaleString("en")} parameters.`;
      floor.textContent = `Floors on what is held out: ${data.unigram.toFixed(3)} nats for how often each value occurs, ${data.bigram.toFixed(3)} for how often it follows another. A network that does not beat both has learned nothing.`;
    } else if (event === "epoch") {
      curve.add(data);
      progress.value = data.epoch;
      told.textContent = `Epoch ${data.epoch}: ${data.loss.toFixed(3)} in training, ${(data.held_out ?? data.loss).toFixed(3)} held out, in nats per value.`;
    } else if (event === "stage") stage(data);
    else if (event === "cells") inside.show(data);
    else finish(event, data);
  }

  /** @param {string} event @param {any} data */
  function finish(event, data) {
    job = null;
    if (event === "done") {
      learned = data.model;
      told.textContent = `Learned: ${data.words}.`;
      path.show(data.model);
    } else if (event === "cancelled") told.textContent = `Cancelled: ${data}.`;
    else app.say(String(data), "error");
    paintPress();
  }

  function paintPress() {
    press.textContent = job ? "Cancel" : own.length > 0 ? "Learn from my music" : "Learn";
    playWith.disabled = !!job || !learned;
  }

  async function learn() {
    app.player.wake();
    press.disabled = true;
    try {
      const { job: number } = await postJson("/api/learn", { epochs: Number(epochs.value), seed: Number(seed.value), lessons: own });
      follow(number);
    } catch (error) {
      app.say(error instanceof Error ? error.message : String(error), "error");
    } finally {
      press.disabled = false;
    }
  }

  function cancel() {
    if (job) cancelJob(job).catch(() => {});
  }

  /** The view Play, with the network that was learned. */
  function playLearned() {
    const order = structuredClone(state().order ?? app.options.defaults);
    const { defaults } = app.options;
    remember({ order: { ...order, model: learned, like: null, wishes: defaults.wishes, rules: defaults.rules, best_of: defaults.best_of } });
    app.show("play");
  }

  /** A training that is over or goes on, from its first event on. */
  async function resume() {
    const { job: before } = viewState("learn");
    if (!before) return;
    try {
      await getJson(`/api/jobs/${before}`);
      follow(before);
    } catch {
      rememberView("learn", { job: null });
    }
  }

  lessons.watch(root);
  emptyStages();
  root.append(h("div", { class: "desk" },
    h("div", { class: "asked-for" },
      h("section", { class: "box" }, h("h2", { text: "A small network learns" }),
        h("p", { class: "hint", text: "The classic exercise: it reads one musical value after another and says what may come next. 64 cells, one softmax." }),
        h("div", { class: "grid" }, h("label", { class: "field" }, h("span", { text: "Epochs" }), epochs), h("label", { class: "field" }, h("span", { text: "Seed" }), seed)),
        press, progress, told, playWith),
      h("section", { class: "box" }, h("h2", { text: "Learn from my own music" }), lessons.element)),
    h("div", { class: "stage" },
      h("section", { class: "box" }, h("h2", { text: "Hear it learn" }), stages),
      h("section", { class: "box" }, h("div", { class: "row apart" }, h("h2", { text: "The curve" }),
        h("ul", { class: "legend curve-legend" }, h("li", { class: "training", text: "training" }), h("li", { class: "held-out", text: "held out" }), h("li", { class: "floor", text: "floors" }))),
      curve.element, floor),
      inside.element, path.element)));
  paintPress();
  resume();

  return () => {
    unwatch();
    hearing.leave();
    inside.leave();
    curve.leave();
  };
}
