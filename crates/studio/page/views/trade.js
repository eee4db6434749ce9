// Trade: the band plays, soloist and user take turns.

import { getJson, getText, postJson } from "../api.js";
import { button, h, select } from "../dom.js";
import { Hearing, takeOf } from "../hear.js";
import { Now } from "../play/now.js";
import { Score } from "../score.js";
import { remember, rememberView, state, viewState } from "../state.js";
import { Keys } from "../trade/keys.js";
import { latency, latencyPanel } from "../trade/latency.js";
import { Voice, clockAt } from "../trade/voice.js";

/** @typedef {import("../api.js").TradeView} TradeView */
/** @typedef {import("../trade/keys.js").Strike} Strike */

/** Seconds before its turn in which the answer is fetched: what is played after that it hears the next time. */
const AHEAD = 0.35;
/** Notes shorter than this are a slip. */
const SLIP = 0.02;

/**
 * @param {HTMLElement} root
 * @param {import("../studio.js").App} app
 */
export function mount(root, app) {
  const { player } = app;
  const [keys, now, hearing] = [new Keys(), new Now(), new Hearing(app)];
  const voice = new Voice(player);
  /** @type {{ turn: number, choruses: number, tempo: number | null, instrument: string, chordal: boolean, take: string | null }} */
  const asked = { turn: 4, choruses: 2, tempo: null, instrument: "piano", chordal: false, take: null, ...viewState("trade") };
  /** @type {TradeView | null} */
  let trade = null;
  let running = false;
  let stop = new AbortController();
  /** @type {Set<number>} turns of the soloist that were fetched */
  const fetched = new Set();
  /** @type {Map<number, { seconds: number, velocity: number }>} */
  const held = new Map();
  /** @type {import("../api.js").AnswerNote[]} */
  let theirs = [];
  let yours = 0;

  const press = button("Trade", () => (running ? end() : begin()), { class: "press", "data-role": "trade" });
  const whose = h("div", { class: "whose", "aria-live": "polite", text: "Press Trade: it begins, you answer." });
  const turns = h("div", { class: "turns", "aria-hidden": "true" });
  const midi = h("span", { class: "hint", "data-role": "midi" });
  const paper = h("div", { class: "paper", tabindex: 0, role: "region", "aria-label": "Score of the conversation", hidden: true });
  const score = new Score(paper);
  const after = h("div", { class: "row" });

  const keep = () => rememberView("trade", { ...asked, latency: viewState("trade").latency });

  async function begin() {
    player.wake();
    press.disabled = true;
    try {
      const base = state().order ?? app.options.defaults;
      const order = { ...base, tempo: asked.tempo ?? base.tempo, choruses: asked.choruses, again: null, practice: null,
        band: { ...base.band, count_in: true }, trade: { turn: asked.turn, player: asked.instrument } };
      trade = await postJson("/api/trades", order);
      start(/** @type {TradeView} */ (trade));
    } catch (error) {
      app.say(error instanceof Error ? error.message : String(error), "error");
    } finally {
      press.disabled = false;
    }
  }

  /** @param {TradeView} own */
  function start(own) {
    stop = new AbortController();
    fetched.clear();
    held.clear();
    theirs = [];
    yours = 0;
    running = true;
    paper.hidden = true;
    after.replaceChildren();
    now.show(own.map);
    turns.replaceChildren(...own.turns.map((turn) => {
      const block = h("i", { class: turn.yours ? "yours" : "its" });
      block.style.flexGrow = String(turn.last - turn.first + 1);
      return block;
    }));
    player.load(`/api/trades/${own.id}`, own.parts.length, null, (error) => app.say(error instanceof Error ? error.message : String(error), "error"));
    player.mix(own.parts.map(() => 1));
    player.loop = null;
    player.rest = 0;
    player.start();
    press.textContent = "End";
    root.dataset.late = "";
  }

  /** Fetches the answers whose turn comes. */
  function look() {
    if (!running || !trade || !player.playing || !player.context) return;
    for (const [nth, turn] of trade.turns.entries()) {
      const at = clockAt(player, turn.seconds);
      if (turn.yours || fetched.has(nth) || at === null || at - player.context.currentTime > (nth === 0 ? 1.2 : AHEAD)) continue;
      fetched.add(nth);
      answer(trade, nth).catch((error) => {
        if (!stop.signal.aborted) app.say(error instanceof Error ? error.message : String(error), "error");
      });
    }
  }

  /** @param {TradeView} own @param {number} nth */
  async function answer(own, nth) {
    const { signal } = stop;
    for (const [pitch, from] of [...held]) await send(own, pitch, from, player.position() - latency());
    const path = `/api/trades/${own.id}/turns/${nth}`;
    const sounded = voice.answer(`${path}/sound`, own.turns[nth].seconds, signal);
    const notes = await getJson(path, signal);
    theirs.push(...notes);
    const late = await sounded;
    root.dataset.late = `${root.dataset.late} ${nth}:${late.toFixed(3)}`.trim();
  }

  /** @param {TradeView} own @param {number} pitch @param {{ seconds: number, velocity: number }} from @param {number} until */
  async function send(own, pitch, { seconds, velocity }, until) {
    if (held.get(pitch)?.seconds === seconds) held.delete(pitch);
    if (until - seconds < SLIP) return;
    yours += 1;
    root.dataset.yours = String(yours);
    await postJson(`/api/trades/${own.id}/notes`, { notes: [{ seconds, until, pitch, velocity }] }, stop.signal);
  }

  /** Where in the take someone struck. @param {number} stamp */
  const placeOf = (stamp) => player.position() - (performance.now() - stamp) / 1000 - latency();

  keys.addEventListener("on", (event) => {
    const { pitch, velocity, stamp } = /** @type {CustomEvent<Strike>} */ (event).detail;
    voice.on(pitch, velocity);
    if (running && player.playing) held.set(pitch, { seconds: placeOf(stamp), velocity });
  });
  keys.addEventListener("off", (event) => {
    const { pitch, stamp } = /** @type {CustomEvent<Strike>} */ (event).detail;
    voice.off(pitch);
    const from = held.get(pitch);
    if (!from || !trade || !running) return;
    send(trade, pitch, from, placeOf(stamp)).catch(() => {});
  });
  keys.addEventListener("devices", () => { midi.textContent = keys.midi; });

  async function end() {
    const own = trade;
    if (!running || !own) return;
    running = false;
    for (const [pitch, from] of [...held]) await send(own, pitch, from, player.position()).catch(() => {});
    stop.abort();
    player.halt();
    voice.silence();
    press.textContent = "Trade";
    whose.textContent = "One moment: the score is written …";
    try {
      /** @type {import("../api.js").TakeView} */
      const take = await postJson(`/api/trades/${own.id}/end`, {});
      asked.take = take.id;
      keep();
      await show(take);
      whose.textContent = `You played ${yours} ${yours === 1 ? "note" : "notes"}. The whole of it is a take like any other.`;
    } catch (error) {
      app.say(error instanceof Error ? error.message : String(error), "error");
    }
  }

  /** @param {import("../api.js").TakeView} take */
  async function show(take) {
    paper.hidden = false;
    score.show(await getText(`/api/takes/${take.id}/score?narrow=${paper.clientWidth < 600}`), take.map);
    after.replaceChildren(
      hearing.button({ words: "Hear the conversation", load: () => takeOf(take.id) }, { "data-role": "hear-trade" }),
      button("Open it in Play", () => {
        remember({ take: take.id, position: 0, order: { ...take.order, again: null } });
        app.show("play");
      }, { class: "quiet" }),
      h("a", { class: "file", download: "", href: `/api/takes/${take.id}/files/mid`, text: "MIDI" }),
      h("a", { class: "file", download: "", href: `/api/takes/${take.id}/files/musicxml`, text: "MusicXML" }));
  }

  /** The changes that are traded over, as long as there is no conversation to show. */
  async function chart() {
    const { chart: text, key } = state().order ?? app.options.defaults;
    /** @type {import("../api.js").ChartView} */
    const view = await postJson("/api/chart", { text: text || app.options.charts[0].text, key, narrow: paper.clientWidth < 600 });
    if (!view.svg || after.childElementCount > 0) return;
    paper.hidden = false;
    score.show(view.svg, null);
  }

  const ended = () => end();
  player.addEventListener("end", ended);
  const timer = window.setInterval(look, 20);
  let frame = requestAnimationFrame(function paint() {
    if (running && trade) follow(trade);
    else if (asked.take && !paper.hidden && hearing.now) score.follow(player.position(), player.playing);
    frame = requestAnimationFrame(paint);
  });

  /** @param {TradeView} own */
  function follow(own) {
    const at = player.position();
    now.follow(at);
    let chord = 0;
    own.map.chords.forEach((change, i) => { if (change.seconds <= at) chord = i; });
    keys.chord(own.tones[chord] ?? []);
    keys.others(theirs.filter((note) => note.seconds <= at && at < note.until).map((note) => note.pitch));
    const nth = own.turns.findIndex((turn) => at >= turn.seconds && at < turn.until);
    [...turns.children].forEach((block, i) => block.classList.toggle("on", i === nth));
    const words = nth < 0 ? (at < 1 ? "Count-in …" : "The end.") : own.turns[nth].yours ? "Your turn" : "Its turn — listen";
    if (whose.textContent !== words) whose.textContent = words;
    whose.classList.toggle("you", nth >= 0 && own.turns[nth].yours);
  }

  /** @param {string} label @param {number | null} value @param {[number, number]} range @param {(value: number | null) => void} set */
  function number(label, value, [min, max], set) {
    const field = /** @type {HTMLInputElement} */ (h("input", { type: "number", min, max, value: value === null ? "" : String(value), placeholder: "chart", onchange: () => {
      set(field.value === "" ? null : Math.max(min, Math.min(max, Math.round(Number(field.value)))));
      keep();
    } }));
    return h("label", { class: "field" }, h("span", { text: label }), field);
  }

  const chordal = /** @type {HTMLInputElement} */ (h("input", { type: "checkbox", checked: asked.chordal, onchange: () => {
    asked.chordal = keys.chordal = chordal.checked;
    keys.paint();
    keep();
  } }));
  keys.chordal = asked.chordal;
  const title = (state().order?.chart.match(/^title:\s*(.+)$/m)?.[1]) ?? (state().order?.chart.trim() ? "the chart in Play" : "Blues in F");
  root.append(h("div", { class: "desk" },
    h("div", { class: "asked-for" },
      h("section", { class: "box" }, h("h2", { text: "The conversation" }),
        h("p", { class: "hint", text: `Over ${title}, with the soloist and the band of Play.` }),
        h("div", { class: "grid" },
          select("Bars in a turn", ["1", "2", "4", "8"], String(asked.turn), (value) => { asked.turn = Number(value); keep(); }).element,
          number("Choruses", asked.choruses, [1, 20], (value) => { asked.choruses = value ?? 2; }),
          number("Tempo", asked.tempo, [20, 400], (value) => { asked.tempo = value; }),
          select("You play", app.options.instruments, asked.instrument, (value) => { asked.instrument = value; keep(); }).element)),
      h("section", { class: "box" }, h("h2", { text: "What you play on" }),
        h("div", { class: "row" }, button("Find MIDI", () => keys.ask(), { class: "quiet", "data-role": "find-midi" }), midi),
        h("p", { class: "hint", text: "Or the computer's keyboard: Z to M and Q to P are two octaves of a piano, the row above each its black keys." }),
        h("label", { class: "check" }, chordal, h("span", { text: "Every key is a note of the chord" })),
        h("h3", { text: "Timing" }), latencyPanel(app, keys).element)),
    h("div", { class: "stage" },
      h("div", { class: "transport" }, h("div", { class: "buttons" }, press), now.element), whose, turns, keys.element, paper, after)));
  midi.textContent = "";
  const empty = () => chart().catch(() => {});
  if (asked.take) getJson(`/api/takes/${asked.take}`).then(show).catch(empty);
  else empty();

  return () => {
    running = false;
    stop.abort();
    clearInterval(timer);
    cancelAnimationFrame(frame);
    player.removeEventListener("end", ended);
    voice.silence();
    keys.leave();
    hearing.leave();
  };
}
