// The mixer: level, mute, solo and a meter for each part.

import { h } from "../dom.js";
import { remember, state } from "../state.js";

/** @typedef {{ level: number, mute: boolean, solo: boolean }} Strip */

/** @type {Strip} */
const USUAL = { level: 1, mute: false, solo: false };

/** @param {string} part @returns {Strip} */
const strip = (part) => state().mix[part] ?? USUAL;

export class Mixer {
  /** @param {import("../audio.js").Player} player */
  constructor(player) {
    this.player = player;
    this.element = h("div", { class: "mixer", role: "group", "aria-label": "Mixer" });
    /** @type {string[]} */
    this.parts = [];
    /** @type {HTMLElement[]} */
    this.meters = [];
  }

  /** @param {string[]} parts */
  show(parts) {
    this.apply(parts);
    if (parts.join() === this.shown) return;
    this.shown = parts.join();
    this.meters = parts.map((part) => h("i", { class: "level", "data-part": part }));
    this.element.replaceChildren(...parts.map((part, i) => this.strip(part, i)));
  }

  /** @param {string[]} [parts] */
  apply(parts = this.parts) {
    this.parts = parts;
    const alone = parts.some((part) => strip(part).solo);
    this.player.mix(parts.map((part) => {
      const { level, mute, solo } = strip(part);
      return mute || (alone && !solo) ? 0 : level;
    }));
  }

  /** @param {string} part @param {number} nth */
  strip(part, nth) {
    const name = nth === 0 ? `${part} (solo)` : part;
    /** @param {"mute" | "solo"} kind @param {string} letter */
    const toggle = (kind, letter) => {
      const own = h("button", { type: "button", class: `toggle ${kind}`, text: letter, title: kind, "aria-label": `${kind} ${name}`,
        "aria-pressed": String(strip(part)[kind]), onclick: () => {
          this.change(part, { [kind]: !strip(part)[kind] });
          own.setAttribute("aria-pressed", String(strip(part)[kind]));
        } });
      return own;
    };
    const level = /** @type {HTMLInputElement} */ (h("input", { type: "range", min: 0, max: 1.4, step: 0.02,
      value: String(strip(part).level), "aria-label": `Level of ${name}`,
      oninput: () => this.change(part, { level: Number(level.value) }) }));
    return h("div", { class: "strip" }, h("span", { class: "part", text: part }), toggle("mute", "M"), toggle("solo", "S"), level,
      h("span", { class: "meter", "aria-hidden": "true" }, this.meters[nth]));
  }

  /** @param {string} part @param {Partial<Strip>} change */
  change(part, change) {
    remember({ mix: { ...state().mix, [part]: { ...strip(part), ...change } } });
    this.apply();
  }

  /** Shows how loud each part is. */
  follow() {
    this.meters.forEach((meter, i) => {
      const level = this.player.playing ? (this.player.stems[i]?.level() ?? 0) : 0;
      const decibels = 20 * Math.log10(Math.max(level, 1e-5));
      meter.style.transform = `scaleX(${Math.max(0, Math.min(1, (decibels + 54) / 54)).toFixed(3)})`;
      meter.dataset.level = level.toFixed(5);
    });
  }
}
