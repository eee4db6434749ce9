// How late the user's notes arrive: clicks are played on the audio clock, the user strikes along.

import { button, h } from "../dom.js";
import { rememberView, viewState } from "../state.js";

/** Clicks, and seconds between them; the first are for getting into it. */
const CLICKS = 20;
const STEP = 0.6;
const WARM = 4;

/** Seconds by which what is played arrives late, as measured. */
export const latency = () => Number(viewState("trade").latency ?? 0);

/** @param {number[]} numbers */
function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** @param {import("../studio.js").App} app @param {import("./keys.js").Keys} keys */
export function latencyPanel(app, keys) {
  const told = h("span", { class: "hint", "data-role": "latency" });
  const press = button("Calibrate", calibrate, { class: "quiet" });
  const element = h("div", { class: "row" }, press, told);

  function paint() {
    const { latency: known } = viewState("trade");
    told.textContent = known === undefined ? "Not measured: strike along with twelve seconds of clicks." : `Your notes arrive ${Math.round(1000 * known)} ms late, which is put right.`;
  }

  function calibrate() {
    const context = app.player.wake();
    app.player.halt();
    const begin = context.currentTime + 0.4;
    for (let nth = 0; nth < CLICKS; nth += 1) click(context, begin + nth * STEP, nth % 4 === 0);
    /** @type {number[]} */
    const late = [];
    const struck = (/** @type {Event} */ event) => {
      const { stamp } = /** @type {CustomEvent<import("./keys.js").Strike>} */ (event).detail;
      const heard = context.currentTime - (context.outputLatency || 0) - (performance.now() - stamp) / 1000;
      const nth = Math.round((heard - begin) / STEP);
      const away = heard - begin - nth * STEP;
      if (nth >= WARM && nth < CLICKS && Math.abs(away) < 0.25) late.push(away);
    };
    keys.addEventListener("on", struck);
    press.disabled = true;
    told.textContent = "Strike any key with every click …";
    window.setTimeout(() => {
      keys.removeEventListener("on", struck);
      press.disabled = false;
      if (late.length >= 6) rememberView("trade", { latency: Math.max(-0.1, Math.min(0.25, median(late))) });
      else app.say("Fewer than six strikes were near a click; try again", "error");
      paint();
    }, 1000 * (CLICKS * STEP + 0.8));
  }

  paint();
  return { element };
}

/** @param {AudioContext} context @param {number} at @param {boolean} strong */
function click(context, at, strong) {
  const [tone, gain] = [context.createOscillator(), context.createGain()];
  tone.frequency.value = strong ? 1600 : 1100;
  gain.gain.setValueAtTime(0.25, at);
  gain.gain.exponentialRampToValueAtTime(0.001, at + 0.05);
  tone.connect(gain).connect(context.destination);
  tone.start(at);
  tone.stop(at + 0.06);
}
