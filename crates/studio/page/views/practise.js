// Practise: a chart again and again, faster, in other keys, with a part left to you.

import { getJson, getText, postJson } from "../api.js";
import { Mixer } from "../play/mixer.js";
import { Now } from "../play/now.js";
import { button, h, isField, select } from "../dom.js";
import { lessonList } from "../learn/own.js";
import { Score } from "../score.js";
import { rememberView, state, viewState } from "../state.js";

/** @typedef {import("../api.js").PracticeOrder} PracticeOrder */
/** @typedef {import("../api.js").TakeView} TakeView */

/** @type {PracticeOrder} */
const USUAL = { choruses: null, keys: null, to_tempo: null, faster: null, bars: null, trade: null, muted: [] };
/** What can be left to the player. */
const PARTS = [["solo", "the solo"], ["chords", "the chords"], ["bass", "the bass"], ["drums", "the drums"]];

/**
 * @param {HTMLElement} root
 * @param {import("../studio.js").App} app
 */
export function mount(root, app) {
  const { player } = app;
  /** @type {{ order: PracticeOrder, tempo: number | null, line: string, countIn: boolean, take: string | null }} */
  const asked = { order: { ...USUAL }, tempo: null, line: "take", countIn: true, take: null, ...viewState("practise") };
  const [now, mixer] = [new Now(), new Mixer(player)];
  const paper = h("div", { class: "paper", tabindex: 0, role: "region", "aria-label": "Page to practise from" });
  const score = new Score(paper);
  /** @type {TakeView | null} */
  let take = null;
  let busy = false;
  let loaded = "";
  let stale = true;
  /** Files with a written solo or tune. @type {number[]} */
  let written = [];
  let reading = false;

  const keep = () => rememberView("practise", { ...asked });
  function changed() {
    stale = true;
    keep();
    paintPress();
  }

  const press = button("Practise", toggle, { class: "press", "data-role": "practise" });
  const back = button("|◀", () => player.seek(0), { class: "quiet icon", "aria-label": "Back to the beginning" });
  const looping = button("Loop", () => setLoop(!player.loop), { class: "quiet", "aria-pressed": "false", title: "Over and over: the chorus you are in, or the marked bars (L)" });
  const passes = h("div", { class: "passes", role: "group", "aria-label": "Choruses" });

  function paintPress() {
    press.disabled = reading || (asked.line === "file" && written.length === 0);
    press.textContent = press.disabled ? "Open a file first" : busy ? "One moment…" : player.playing ? "Pause" : stale || !take ? "Practise" : "Play";
    press.setAttribute("aria-pressed", String(player.playing));
    back.disabled = looping.disabled = !take;
    looping.setAttribute("aria-pressed", String(!!player.loop));
  }

  /** @param {string} label @param {number | null} value @param {string} hint @param {[number, number]} range @param {(value: number | null) => void} set */
  function number(label, value, hint, [min, max], set) {
    const field = /** @type {HTMLInputElement} */ (h("input", { type: "number", min, max, value: value === null ? "" : String(value), placeholder: hint, onchange: () => {
      set(field.value === "" ? null : Math.max(min, Math.min(max, Math.round(Number(field.value)))));
      changed();
    } }));
    return h("label", { class: "field" }, h("span", { text: label }), field);
  }

  /** @param {string} label @param {boolean} checked @param {(on: boolean) => void} set */
  function check(label, checked, set) {
    const box = /** @type {HTMLInputElement} */ (h("input", { type: "checkbox", checked, onchange: () => {
      set(box.checked);
      changed();
    } }));
    return h("label", { class: "check" }, box, h("span", { text: label }));
  }

  function form() {
    const { order } = asked;
    const line = select("The line", [["take", "of the take on the desk"], ["fresh", "improvised anew"], ["file", "a head or solo in a file"]], asked.line, (value) => {
      asked.line = value;
      files.element.hidden = value !== "file";
      changed();
      preview();
    });
    const files = lessonList(app, { words: "A tune or a solo over its chords: MIDI, MusicXML or ABC.", changed: (ids, busy) => {
      [written, reading] = [ids, busy];
      stale = true;
      paintPress();
    } });
    files.element.hidden = asked.line !== "file";
    files.watch(root);
    const keys = select("Keys", [["", "as written"], ["fourths", "in fourths"], ["fifths", "in fifths"], ["semitones", "by semitones"], ["C F Bb Eb", "C, F, B♭, E♭"]], order.keys ?? "", (value) => {
      order.keys = value || null;
      changed();
    });
    const bars = /** @type {HTMLInputElement} */ (h("input", { type: "text", value: order.bars ?? "", placeholder: "all, or 5-8", onchange: () => {
      order.bars = bars.value.trim() || null;
      changed();
    } }));
    return [
      h("section", { class: "box" }, h("h2", { text: "What" }), line.element, files.element,
        h("div", { class: "grid" }, h("label", { class: "field" }, h("span", { text: "Bars" }), bars), number("Choruses", order.choruses, "as many", [1, 48], (value) => { order.choruses = value; }))),
      h("section", { class: "box" }, h("h2", { text: "Faster and elsewhere" }),
        h("div", { class: "grid" }, number("From (bpm)", asked.tempo, "chart", [20, 400], (value) => { asked.tempo = value; }), number("To (bpm)", order.to_tempo, "the same", [20, 400], (value) => { order.to_tempo = value; })),
        h("div", { class: "grid" }, number("Faster each chorus", order.faster, "evenly", [-100, 100], (value) => { order.faster = value; }), keys.element)),
      h("section", { class: "box" }, h("h2", { text: "Left to you" }),
        h("div", { class: "grid" }, ...PARTS.map(([part, words]) => check(words, order.muted.includes(part), (on) => {
          order.muted = on ? [...order.muted, part] : order.muted.filter((own) => own !== part);
        }))),
        number("Take turns, bars", order.trade, "no turns", [1, 32], (value) => { order.trade = value; }),
        check("Count two bars in", asked.countIn, (on) => { asked.countIn = on; })),
    ];
  }

  /** @returns {Promise<TakeView>} */
  async function made() {
    const { order: practice, tempo, countIn: count } = asked;
    const desk = state().take;
    const body = { practice, tempo, count_in: count };
    if (asked.line === "file") return postJson(`/api/lessons/${written[written.length - 1]}/practise`, body);
    if (asked.line === "take" && desk) return postJson(`/api/takes/${desk}/practise`, body);
    const base = state().order ?? app.options.defaults;
    return postJson("/api/takes", { ...base, tempo: tempo ?? base.tempo, band: { ...base.band, count_in: count }, again: null, trade: null, practice });
  }

  async function toggle() {
    if (busy) return;
    if (player.playing && !stale) {
      player.stop();
      return;
    }
    player.wake();
    if (take && !stale) {
      play();
      return;
    }
    busy = true;
    paintPress();
    try {
      player.halt();
      adopt(await made());
      player.rest = 0;
      play();
    } catch (error) {
      app.say(error instanceof Error ? error.message : String(error), "error");
    } finally {
      busy = false;
      paintPress();
    }
  }

  /** @param {TakeView} made */
  function adopt(made) {
    take = made;
    stale = false;
    asked.take = made.id;
    keep();
    player.loop = null;
    now.show(made.map);
    mixer.show(made.parts);
    loadPage(made);
    paintPasses();
    paintPress();
  }

  /** What is to be practised with, before it is made: the take on the desk. */
  async function preview() {
    const desk = state().take;
    if (take || asked.line !== "take" || !desk) return;
    const page = await getText(`/api/takes/${desk}/score?narrow=${paper.clientWidth < 600}`);
    if (!take) score.show(page, null);
  }

  /** @param {TakeView} made */
  async function loadPage(made) {
    const page = await getText(`/api/takes/${made.id}/score?narrow=${paper.clientWidth < 600}`);
    if (take === made) score.show(page, made.map);
  }

  function play() {
    if (!take) return;
    if (loaded !== take.id) {
      loaded = take.id;
      player.load(take.id, take.parts.length, null, (error) => app.say(error instanceof Error ? error.message : String(error), "error"));
      mixer.apply(take.parts);
    }
    player.start();
    paintPress();
  }

  /** Bars in one chorus. */
  const inChorus = () => (take ? Math.max(1, Math.floor(take.map.bars.length / Math.max(1, take.passes.length))) : 1);

  function paintPasses() {
    passes.replaceChildren(...(take?.passes ?? []).map(([key, tempo], nth) => button(`${key.replace("b", "♭").replace("#", "♯")} ${tempo}`, () => {
      const bar = take?.map.bars[nth * inChorus()];
      if (bar) player.seek(bar.seconds);
    }, { class: "quiet small", "aria-label": `Chorus ${nth + 1}: in ${key} at ${tempo}` })));
  }

  /** @param {boolean} on */
  function setLoop(on) {
    const bars = take?.map.bars;
    if (!on || !bars) player.setLoop(null);
    else {
      const at = Math.max(0, bars.findIndex((bar) => player.position() < bar.until));
      const chorus = Math.floor(at / inChorus());
      const { first, last } = score.marked ?? { first: chorus * inChorus(), last: Math.min(bars.length, (chorus + 1) * inChorus()) - 1 };
      player.setLoop({ from: bars[first].seconds, to: bars[last].until });
    }
    paintPress();
  }

  score.addEventListener("bar", (event) => {
    const bar = take?.map.bars[/** @type {CustomEvent<number>} */ (event).detail];
    if (bar) player.seek(bar.seconds);
  });
  player.addEventListener("change", paintPress);

  /** @param {KeyboardEvent} event */
  function key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || isField(event.target)) return;
    const onButton = event.target instanceof HTMLElement && event.target.closest("button, a, summary");
    if (event.key === " " && !(onButton && onButton !== press)) {
      event.preventDefault();
      toggle();
    } else if (event.key === "l") setLoop(!player.loop);
    else if (event.key === "Escape") score.mark(null);
  }
  document.addEventListener("keydown", key);

  let frame = requestAnimationFrame(function paint() {
    const at = take && loaded === take.id ? player.position() : 0;
    if (take) {
      score.follow(at, player.playing);
      now.follow(at);
      mixer.follow();
      const chorus = Math.floor(Math.max(0, take.map.bars.findIndex((bar) => at < bar.until)) / inChorus());
      [...passes.children].forEach((pass, nth) => pass.setAttribute("aria-pressed", String(nth === chorus)));
    }
    frame = requestAnimationFrame(paint);
  });

  root.append(h("div", { class: "desk" }, h("div", { class: "asked-for" }, ...form()),
    h("div", { class: "stage" },
      h("div", { class: "transport" }, h("div", { class: "buttons" }, press, back, looping), now.element), passes, paper, mixer.element)));
  paper.append(h("p", { class: "empty", text: "Say what to practise, and press Practise." }));
  paintPress();
  const empty = () => preview().catch(() => {});
  if (asked.take) getJson(`/api/takes/${asked.take}`).then(adopt).catch(empty);
  else empty();

  return () => {
    player.stop();
    cancelAnimationFrame(frame);
    document.removeEventListener("keydown", key);
    player.removeEventListener("change", paintPress);
  };
}
