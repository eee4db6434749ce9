// Learn: the classic network learns before your eyes and ears.

import { cancelJob, getJson, postJson, watchJob } from "../api.js";
import { button, h, select } from "../dom.js";
import { Hearing, takeOf } from "../hear.js";
import { cellsPanel } from "../learn/cells.js";
import { Curve } from "../learn/curve.js";
import { lessonList } from "../learn/own.js";
import { pathPanel } from "../learn/path.js";
import { remember, rememberView, state, viewState } from "../state.js";

/** Epochs after which it is heard. */
const HEARD = [0, 1, 5, 20, 100];
/** What each learner is. */
const INTRO = {
  classic: "The classic exercise: it reads one musical value after another and says what may come next. 64 cells, one softmax.",
  player: "The network that plays in Play, with all that it knows, goes on learning from your solos: seconds for one, minutes for many. Then it is among the networks of Play.",
};

/**
 * @param {HTMLElement} root
 * @param {import("../studio.js").App} app
 */
export function mount(root, app) {
  const hearing = new Hearing(app);
  const [curve, inside, path] = [new Curve(), cellsPanel(), pathPanel(app)];
  /** @type {number[]} */
  let own = [];
  let reading = false;
  /** @type {number | null} */
  let job = null;
  /** @type {string | null} */
  let learned = null;
  /** Who learns: the small network, or the player that goes on learning. @type {"classic" | "player"} */
  let learner = viewState("learn").learner ?? "classic";
  let unwatch = () => {};
  let begun = 0;

  const usualEpochs = () => (learner === "player" ? "6" : "100");

  const press = button("Learn", () => (job ? cancel() : learn()), { class: "press", "data-role": "learn" });
  const epochs = /** @type {HTMLInputElement} */ (h("input", { type: "number", min: 1, max: 400, value: usualEpochs() }));
  const who = select("Who learns", [["classic", "a small network, from nothing"], ["player", "the player goes on learning"]], learner, (value) => {
    learner = value === "player" ? "player" : "classic";
    rememberView("learn", { learner });
    epochs.value = usualEpochs();
    paintPress();
  });
  const seed = /** @type {HTMLInputElement} */ (h("input", { type: "number", min: 0, max: 4000000000, value: "0" }));
  const progress = /** @type {HTMLProgressElement} */ (h("progress", { max: 1, value: 0, "aria-label": "How much is learned" }));
  const intro = h("p", { class: "hint" });
  const told = h("p", { class: "told", "data-role": "told", "aria-live": "polite", text: "Nothing is learned yet." });
  const floor = h("p", { class: "hint" });
  const playWith = button("Play with it", playLearned, { class: "quiet", disabled: true });
  const lessons = lessonList(app, {
    words: "Drop solos here: MIDI, MusicXML, ABC, a corpus or an archive. Without any it learns from the corpus that comes with the program.",
    changed: (ids, busy) => {
      own = ids;
      reading = busy;
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
    const label = epoch === 0 ? "Hear the noise before learning" : `Hear it after epoch ${epoch}`;
    heard.get(epoch)?.lastElementChild?.replaceWith(hearing.button({ words, label, load: () => takeOf(take) }, { "data-epoch": epoch }));
    learned = model;
    path.show(model);
  }

  /** The player before and after it went on learning: the same chart, the same seed. @param {string} before @param {string} take */
  function adaptedStages(before, take) {
    stages.replaceChildren(...[["As it was", before, "hear-before"], ["With your music", take, "hear-adapted"]].map(([words, id, role]) =>
      h("div", { class: "stage-place" }, h("span", { class: "hint", text: words }),
        hearing.button({ words: "hear", label: `Hear the player: ${words.toLowerCase()}`, load: () => takeOf(id) }, { "data-role": role }))));
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
    if (event === "start" && data.layers) {
      curve.begin(data);
      progress.max = data.epochs;
      told.textContent = `${data.solos} solos, a vocabulary of ${data.vocabulary} values, ${data.layers.reduce((/** @type {number} */ sum, /** @type {number[]} */ layer) => sum + layer[2], 0).toLocaleString("en")} parameters.`;
      floor.textContent = `Floors on what is held out: ${data.unigram.toFixed(3)} nats for how often each value occurs, ${data.bigram.toFixed(3)} for how often it follows another. A network that does not beat both has learned nothing.`;
    } else if (event === "start") {
      curve.begin({ ...data, unigram: null, bigram: null });
      progress.max = 1;
      stages.replaceChildren(h("p", { class: "hint", text: "Heard when it is done." }));
      told.textContent = `The player reads ${data.solos} ${data.solos === 1 ? "solo" : "solos"}…`;
      floor.textContent = data.held_out === null ? "Too little music to hold some out: it learns from all of it." : `As it is, it needs ${data.held_out.toFixed(3)} nats for a note of the music that is held out.`;
    } else if (event === "progress") progress.value = data.done;
    else if (event === "epoch") {
      curve.add(data);
      if (progress.max > 1) progress.value = data.epoch;
      told.textContent = `Epoch ${data.epoch}: ${data.loss.toFixed(3)} in training${data.held_out === null ? "" : `, ${data.held_out.toFixed(3)} held out`}, in nats.`;
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
      if (data.held_out >= Math.min(data.unigram, data.bigram)) told.textContent += " That is no better than counting values: it is too little music, or too few epochs.";
      if (data.take) adaptedStages(data.before, data.take);
      else path.show(data.model);
    } else if (event === "cancelled") told.textContent = `Cancelled: ${data}.`;
    else told.textContent = `Nothing was learned: ${data}.`;
    paintPress();
  }

  function paintPress() {
    const waits = learner === "player" && own.length === 0;
    press.textContent = job ? "Cancel" : own.length > 0 ? "Learn from my music" : waits ? "Open music first" : "Learn";
    press.disabled = !job && (reading || waits);
    intro.textContent = INTRO[learner];
    inside.element.hidden = path.element.hidden = learner === "player";
    playWith.disabled = !!job || !learned;
  }

  async function learn() {
    app.player.wake();
    press.disabled = true;
    try {
      const request = { epochs: Number(epochs.value), seed: Number(seed.value), lessons: own };
      const { job: number } = await postJson(learner === "player" ? "/api/adapt" : "/api/learn", request);
      begun = performance.now();
      follow(number);
    } catch (error) {
      app.say(error instanceof Error ? error.message : String(error), "error");
    } finally {
      paintPress();
    }
  }

  /** A second press of someone in a hurry is not meant. */
  function cancel() {
    if (job && performance.now() - begun > 800) cancelJob(job).catch(() => {});
  }

  /** The view Play, with the network that was learned. */
  function playLearned() {
    const order = structuredClone(state().order ?? app.options.defaults);
    const { defaults } = app.options;
    const plain = { like: null, wishes: defaults.wishes, rules: defaults.rules, best_of: defaults.best_of };
    remember({ order: { ...order, model: learned, ...(learner === "classic" ? plain : {}) } });
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
      h("section", { class: "box" }, h("h2", { text: "A network learns" }),
        who.element, intro,
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
