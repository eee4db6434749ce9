// Play: a chart, who plays it and how; one press, and it sounds.

import { getJson } from "../api.js";
import { button, h, isField, select, settled } from "../dom.js";
import { chartBox, narrow } from "../play/chart.js";
import { Desk } from "../play/desk.js";
import { insightPanel } from "../play/insight.js";
import { Mixer } from "../play/mixer.js";
import { Now } from "../play/now.js";
import { wishBoxes } from "../play/wishes.js";
import { ROLES, Roll, sign } from "../roll.js";
import { Score } from "../score.js";
import { remember, state } from "../state.js";

/** @typedef {import("../studio.js").App} App */
/** @typedef {import("../api.js").TakeOrder} TakeOrder */

/**
 * @param {HTMLElement} root
 * @param {App} app
 */
export function mount(root, app) {
  const { player } = app;
  /** @type {TakeOrder} */
  let order = structuredClone(state().order ?? app.options.defaults);
  if (!order.chart) order.chart = app.options.charts.find((own) => own.title === "Blues in F")?.text ?? "";
  const desk = new Desk(app);
  const now = new Now();
  const mixer = new Mixer(player);
  const insight = insightPanel(app);
  const paper = h("div", { class: "paper", tabindex: 0, role: "region", "aria-label": "Page of music" });
  const score = new Score(paper);
  const canvas = /** @type {HTMLCanvasElement} */ (h("canvas", { class: "roll", role: "img", "aria-label": "Piano roll of the solo" }));
  const roll = new Roll(canvas);
  let shown = /** @type {"chart" | "score"} */ ("chart");
  /** What the paper has last been given: a chart that cannot be read leaves it there. @type {"chart" | "score" | null} */
  let drawn = null;
  /** @type {import("../api.js").ChartView | null} */
  let chart = null;
  let part = "C";
  let scoreText = "";
  const asked = h("div", { class: "asked-for" });

  // ------------------------------------------------------------------ what is asked for
  function changed() {
    remember({ order });
    paintPress();
  }

  /** @type {ReturnType<typeof chartBox>} */
  let box;
  function fillAsked() {
    box = chartBox(app, order, {
      changed: () => {
        shown = "chart";
        changed();
      },
      engraved: (view) => {
        chart = view;
        paintPaper();
        paintTempo();
      },
    });
    asked.replaceChildren(box.element, ...wishBoxes(app, order, changed));
    box.engrave();
  }

  // ------------------------------------------------------------------ the bar on top
  const press = button("Play", () => toggle(), { class: "press", "data-role": "press" });
  const another = button("Another take", () => makeAnother(), { class: "quiet", title: "The same wishes, other notes (N)" });
  const back = button("⇤", () => player.seek(0), { class: "quiet icon", "aria-label": "Back to the beginning", title: "Back to the beginning" });
  const looping = /** @type {HTMLButtonElement} */ (button("Loop", () => setLoop(!player.loop), { class: "quiet toggle-loop", "aria-pressed": "false", title: "Play the marked bars over and over (L)" }));
  const tempo = /** @type {HTMLInputElement} */ (h("input", { type: "range", min: 40, max: 320, step: 1, id: "tempo", "aria-label": "Tempo",
    oninput: () => {
      tempoShown.textContent = tempo.value;
      slow();
    } }));
  const tempoShown = h("output", { for: "tempo", class: "number" });
  const asWritten = button("as written", () => desk.setTempo(null).then(paintTempo), { class: "quiet small", title: "Back to the tempo of the chart" });
  const slow = settled(250, () => desk.setTempo(Number(tempo.value)).then(paintTempo, () => {}));

  function paintTempo() {
    const usual = desk.take?.tempo ?? order.tempo ?? chart?.tempo ?? 150;
    const value = state().tempo ?? usual;
    tempo.value = String(value);
    tempoShown.textContent = String(value);
    asWritten.disabled = state().tempo === null;
  }

  function paintPress() {
    const fresh = desk.isOther(order);
    press.textContent = desk.busy ? "One moment…" : player.playing ? "Pause" : fresh ? "Play a new take" : "Play";
    press.classList.toggle("busy", desk.busy);
    press.setAttribute("aria-pressed", String(player.playing));
    press.title = player.playing ? "Pause (space)" : "Play (space)";
    another.disabled = desk.busy || !desk.take;
    undo.disabled = desk.busy || state().trail.length === 0;
    compare.disabled = desk.busy || !desk.other;
    back.disabled = !desk.take;
    paintMarks();
  }

  /** A press while a take is made or opened, which counts once it is there. */
  let pressed = false;

  function toggle() {
    if (desk.busy) {
      pressed = true;
      return;
    }
    if (chart && !chart.text && desk.isOther(order)) {
      app.say(chart.problems[0]?.words ?? "The chart cannot be read.", "error");
      return;
    }
    if (player.playing && !desk.isOther(order)) player.stop();
    else if (desk.isOther(order)) desk.make(order);
    else desk.play();
  }

  function makeAnother() {
    order.seed = (desk.take?.order.again ? order.seed : (desk.take?.seed ?? order.seed)) + 1;
    changed();
    const seed = /** @type {HTMLInputElement | null} */ (root.querySelector("[data-role=seed]"));
    if (seed) seed.value = String(order.seed);
    desk.make(order);
  }

  /** After undo and compare: what is asked for is what that take was made of. @param {Promise<void> | undefined} opened */
  async function follow(opened) {
    await opened;
    if (!desk.take) return;
    order = structuredClone({ ...desk.take.order, again: null });
    changed();
    fillAsked();
    show("score");
  }

  // ------------------------------------------------------------------ marks, again, undo
  const marks = h("span", { class: "marks" });
  const again = button("Again", () => score.marked && desk.again(score.marked), { title: "Play the marked bars anew, keep the others (A)" });
  const unmark = button("Unmark", () => score.mark(null), { class: "quiet", title: "Forget the marked bars (Esc)" });
  const undo = button("Undo", () => follow(desk.undo()), { class: "quiet", title: "Back to the take before (Z)" });
  const compare = button("A / B", () => follow(desk.swap()), { class: "quiet", title: "Change places with the take before, and back (B)" });

  function paintMarks() {
    const { marked } = score;
    const on = shown === "score" && !!marked && !!desk.take;
    again.disabled = !on || desk.busy;
    unmark.disabled = !on;
    looping.disabled = !desk.take;
    looping.setAttribute("aria-pressed", String(!!player.loop));
    marks.textContent = on && marked
      ? (marked.first === marked.last ? `Bar ${marked.first + 1}` : `Bars ${marked.first + 1}–${marked.last + 1}`)
      : desk.take ? "Drag over bars, or Shift →, to mark them" : "";
  }

  /** @param {boolean} on */
  function setLoop(on) {
    const bars = desk.map?.bars;
    if (!on || !bars) player.setLoop(null);
    else {
      const { first, last } = score.marked ?? { first: 0, last: bars.length - 1 };
      player.setLoop({ from: bars[first].seconds, to: bars[Math.min(last, bars.length - 1)].until });
    }
    paintMarks();
  }

  // ------------------------------------------------------------------ the page
  const chartTab = button("Chart", () => show("chart"), { class: "segment" });
  const scoreTab = button("Score", () => show("score"), { class: "segment" });
  const parts = select("For", [["C", "C"], ["Bb", "B♭"], ["Eb", "E♭"], ["bass", "bass clef"]], part, (value) => {
    part = value;
    loadPage();
    paintDownloads();
  });

  /** @param {"chart" | "score"} which */
  function show(which) {
    shown = which;
    paintPaper();
  }

  function paintPaper() {
    if (!desk.take) shown = "chart";
    chartTab.setAttribute("aria-pressed", String(shown === "chart"));
    scoreTab.setAttribute("aria-pressed", String(shown === "score"));
    scoreTab.disabled = !desk.take;
    if (shown === "score" && scoreText) score.show(scoreText, desk.map);
    else if (shown === "chart" && chart?.svg) score.show(chart.svg, null);
    if (shown === "score" ? scoreText : chart?.svg) drawn = shown;
    if (shown === "chart" && drawn === "chart") score.complain(chart?.problems ?? []);
    paper.classList.toggle("stale", shown === "chart" && !!chart && !chart.svg);
    paintMarks();
  }

  async function loadPage() {
    if (!desk.take) return;
    const { id } = desk.take;
    try {
      const text = await desk.page(part);
      if (desk.take?.id !== id) return;
      scoreText = text;
      paintPaper();
    } catch (error) {
      app.say(error instanceof Error ? error.message : String(error), "error");
    }
  }

  // ------------------------------------------------------------------ takes and files
  const takes = h("div", { class: "takes", role: "group", "aria-label": "Takes" });
  const files = h("div", { class: "files", role: "group", "aria-label": "Downloads" });

  async function listTakes() {
    /** @type {import("../api.js").TakeLine[]} */
    const lines = await getJson("/api/takes");
    takes.replaceChildren(...lines.slice(0, 24).map((line) => {
      const time = new Date(line.made * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
      const open = h("button", { type: "button", class: "take", "aria-current": line.id === desk.take?.id ? "true" : null,
        onclick: () => openTake(line.id) }, h("b", { text: line.title.split(" — ")[0] }), h("span", { text: `${line.title.split(" — ")[1] ?? ""} · ${time}` }));
      const forget = button("×", async () => {
        if (forget.textContent === "×") {
          forget.textContent = "delete?";
          setTimeout(() => { forget.textContent = "×"; }, 3000);
          return;
        }
        await desk.forget(line.id);
        listTakes();
      }, { class: "free", "aria-label": `Delete ${line.title}`, title: "Delete: press twice" });
      return h("div", { class: "take-line" }, open, forget);
    }));
    if (lines.length === 0) takes.append(h("p", { class: "hint", text: "Takes are kept here." }));
  }

  /** @param {string} id */
  async function openTake(id) {
    desk.leaveTrail();
    await desk.open(id, 0);
    if (desk.take?.id !== id) return;
    order = structuredClone({ ...desk.take.order, again: null });
    changed();
    fillAsked();
    show("score");
  }

  function paintDownloads() {
    const { take } = desk;
    /** @type {[string, string, string][]} */
    const kinds = [["mid", "MIDI", ""], ["mp3", "MP3", ""], ["wav", "WAV", ""], ["musicxml", "MusicXML", part], ["pdf", "PDF", part]];
    files.replaceChildren(...kinds.map(([kind, name, key]) => {
      if (!take) return h("span", { class: "file none", text: name });
      const query = [desk.query(), key && `part=${key}`].filter(Boolean).join("&");
      return h("a", { class: "file", download: "", href: `/api/takes/${take.id}/files/${kind}${query ? `?${query}` : ""}`, text: name });
    }));
  }

  // ------------------------------------------------------------------ put together
  const legend = h("ul", { class: "legend", "aria-label": "Roles of notes" }, ...ROLES.map(([role, name, shape]) => {
    const own = /** @type {HTMLCanvasElement} */ (h("canvas", { width: 44, height: 24, "aria-hidden": "true" }));
    const draw = /** @type {CanvasRenderingContext2D} */ (own.getContext("2d"));
    const paint = () => {
      const colour = getComputedStyle(document.documentElement).getPropertyValue(`--${role.replace("_", "-")}`).trim();
      draw.setTransform(2, 0, 0, 2, 0, 0);
      draw.clearRect(0, 0, 22, 12);
      draw.fillStyle = draw.strokeStyle = colour;
      sign(draw, shape, 4, 6, 15, 8);
    };
    paint();
    document.addEventListener("repaint", paint);
    return h("li", null, own, h("span", { text: name }));
  }));

  root.append(h("div", { class: "desk" },
    asked,
    h("div", { class: "stage" },
      h("div", { class: "transport" },
        h("div", { class: "buttons" }, press, another, back, looping),
        now.element,
        h("div", { class: "tempo" }, h("label", { for: "tempo", text: "Tempo" }), tempo, tempoShown, asWritten)),
      h("div", { class: "row apart paper-head" },
        h("div", { class: "segments", role: "group", "aria-label": "What is shown" }, chartTab, scoreTab, parts.element),
        h("div", { class: "row" }, marks, again, unmark, undo, compare)),
      paper, insight.element, canvas, legend, mixer.element,
      h("section", { class: "box" }, h("h2", { text: "Files" }), files),
      h("section", { class: "box" }, h("h2", { text: "Takes" }), takes))));

  // ------------------------------------------------------------------ what happens
  desk.addEventListener("busy", () => {
    paintPress();
    if (desk.busy || !pressed) return;
    pressed = false;
    if (!player.playing) toggle();
  });
  desk.addEventListener("loaded", () => mixer.show(desk.take?.parts ?? []));
  desk.addEventListener("map", () => {
    now.show(desk.map);
    roll.show(desk.map);
    if (player.loop) setLoop(true);
    paintPaper();
    paintDownloads();
  });
  desk.addEventListener("take", () => {
    const { take, map } = desk;
    score.marked = score.marked && map && score.marked.last < map.bars.length ? score.marked : null;
    now.show(map);
    roll.show(map);
    scoreText = "";
    insight.hide();
    if (take) {
      mixer.show(take.parts);
      shown = "score";
      loadPage();
    }
    paintTempo();
    paintPress();
    paintDownloads();
    listTakes().catch(() => {});
  });
  player.addEventListener("change", paintPress);
  score.addEventListener("bars", () => {
    if (player.loop && score.marked) setLoop(true);
    paintMarks();
  });
  score.addEventListener("bar", (event) => {
    const bar = desk.map?.bars[/** @type {CustomEvent<number>} */ (event).detail];
    if (bar && shown === "score") player.seek(bar.seconds);
  });
  /** @param {Event} event */
  const tell = (event) => desk.take && insight.show(desk.take.id, /** @type {CustomEvent<number>} */ (event).detail);
  score.addEventListener("note", tell);
  roll.addEventListener("note", tell);
  roll.addEventListener("seek", (event) => desk.take && player.seek(/** @type {CustomEvent<number>} */ (event).detail));

  /** @param {number} step @param {boolean} marking */
  function move(step, marking) {
    const bars = desk.map?.bars;
    if (!bars) return;
    const at = player.position();
    let bar = bars.findIndex((own) => at < own.until - 1e-6);
    if (bar < 0) bar = bars.length - 1;
    if (marking) {
      const last = Math.max(0, Math.min(bars.length - 1, (score.marked?.last ?? bar - Math.sign(step)) + step));
      score.mark({ first: Math.min(score.marked?.first ?? bar, last), last });
      return;
    }
    const back = step < 0 && at - bars[bar].seconds > 0.35 ? 0 : step;
    player.seek(bars[Math.max(0, Math.min(bars.length - 1, bar + back))].seconds);
  }

  /** @type {Record<string, () => void>} */
  const keys = { l: () => setLoop(!player.loop), a: () => again.click(), n: () => another.click(), z: () => undo.click(), b: () => compare.click(), Escape: () => score.mark(null) };

  /** @param {KeyboardEvent} event */
  function key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || isField(event.target)) return;
    const onButton = event.target instanceof HTMLElement && event.target.closest("button, a, summary");
    if (event.key === " " && !(onButton && onButton !== press)) {
      event.preventDefault();
      toggle();
    } else if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      event.preventDefault();
      move(event.key === "ArrowRight" ? 1 : -1, event.shiftKey);
    } else keys[event.key]?.();
  }

  /** @param {DragEvent} event */
  function over(event) {
    event.preventDefault();
    root.classList.add("dropping");
  }
  const out = () => root.classList.remove("dropping");
  /** @param {DragEvent} event */
  function drop(event) {
    event.preventDefault();
    out();
    const file = event.dataTransfer?.files[0];
    if (file) box.take(file);
  }
  document.addEventListener("keydown", key);
  root.addEventListener("dragover", over);
  root.addEventListener("dragleave", out);
  root.addEventListener("drop", drop);
  const relist = () => listTakes().catch(() => {});
  addEventListener("focus", relist);
  const keep = () => remember({ position: player.position() });
  addEventListener("pagehide", keep);

  let frame = 0;
  function paint() {
    const at = player.position();
    if (shown === "score") score.follow(at, player.playing);
    roll.follow(at);
    now.follow(at);
    mixer.follow();
    frame = requestAnimationFrame(paint);
  }
  frame = requestAnimationFrame(paint);

  const reflow = () => {
    box.engrave();
    loadPage();
  };
  narrow.addEventListener("change", reflow);
  fillAsked();
  paintTempo();
  paintPress();
  paintDownloads();
  listTakes().catch(() => {});
  const kept = state().take;
  if (kept) desk.open(kept, state().position);

  return () => {
    keep();
    player.stop();
    cancelAnimationFrame(frame);
    roll.leave();
    document.removeEventListener("keydown", key);
    removeEventListener("pagehide", keep);
    removeEventListener("focus", relist);
    narrow.removeEventListener("change", reflow);
  };
}
