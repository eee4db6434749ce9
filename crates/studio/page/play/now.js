// What sounds now: the chord, the next two, the beat.

import { clock, h } from "../dom.js";

/** @typedef {import("../api.js").TimeMap} TimeMap */

/** A symbol as musicians write it. @param {string | null | undefined} chord */
export const symbol = (chord) => (chord ?? "N.C.").replaceAll("b", "♭").replaceAll("#", "♯");

/** The display above the page. */
export class Now {
  constructor() {
    this.chord = h("div", { class: "chord", "data-role": "chord-now", text: "" });
    this.next = [h("div", { class: "next" }), h("div", { class: "next later" })];
    this.beats = h("div", { class: "beats", "aria-hidden": "true" });
    this.place = h("div", { class: "place", text: "" });
    this.element = h("div", { class: "now", role: "group", "aria-label": "The chord that sounds, and the next two" },
      this.chord, h("div", { class: "coming" }, ...this.next), h("div", { class: "time" }, this.beats, this.place));
    /** @type {TimeMap | null} */
    this.map = null;
    this.at = -1;
    this.beat = "";
  }

  /** @param {TimeMap | null} map */
  show(map) {
    this.map = map;
    this.at = -2;
    this.beat = "";
  }

  /** @param {number} seconds */
  follow(seconds) {
    const { map } = this;
    if (!map) return;
    let at = -1;
    for (const [i, chord] of map.chords.entries()) if (chord.seconds <= seconds + 1e-3) at = i;
    if (at !== this.at) {
      this.at = at;
      this.chord.textContent = symbol(map.chords[Math.max(0, at)]?.chord);
      this.next.forEach((element, i) => {
        const chord = map.chords[Math.max(0, at) + i + 1];
        element.textContent = chord ? symbol(chord.chord) : "";
      });
    }
    let bar = map.bars.findIndex((own) => seconds < own.until);
    if (bar < 0) bar = map.bars.length - 1;
    const { beats } = map.bars[bar];
    const beat = seconds < map.bars[bar].seconds ? -1 : beats.filter((start) => start <= seconds + 1e-3).length - 1;
    const shown = `${bar} ${beat} ${beats.length}`;
    if (shown !== this.beat) {
      this.beat = shown;
      if (this.beats.childElementCount !== beats.length) {
        this.beats.replaceChildren(...beats.map(() => h("i", null)));
      }
      [...this.beats.children].forEach((dot, i) => dot.classList.toggle("on", i === beat));
    }
    this.place.textContent = `bar ${bar + 1} of ${map.bars.length} · ${clock(seconds)}`;
  }
}
