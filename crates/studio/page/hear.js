// Hearing something beside the view Play: one thing at a time, with a button that says whether it sounds.

import { getJson } from "./api.js";
import { button } from "./dom.js";

/**
 * @typedef {{ load: () => Promise<{ where: string, parts: number }>, words: string, label?: string }} Sounding
 * `where` is the id of a take, or a path below which its stems are.
 */

/** A take that is kept. @param {string} id */
export async function takeOf(id) {
  /** @type {import("./api.js").TakeView} */
  const take = await getJson(`/api/takes/${id}`);
  return { where: id, parts: take.parts.length };
}

/** Buttons of which at most one sounds. */
export class Hearing {
  /** @param {import("./studio.js").App} app */
  constructor(app) {
    this.app = app;
    /** @type {HTMLButtonElement | null} */
    this.now = null;
    this.changed = () => {
      if (!app.player.playing) this.silence();
    };
    app.player.addEventListener("change", this.changed);
  }

  /** @param {Sounding} sounding @param {Record<string, any>} [props] */
  button(sounding, props) {
    const own = button(`▶ ${sounding.words}`, () => this.press(own, sounding), { class: "quiet", "aria-pressed": "false",
      "aria-label": sounding.label, "data-words": sounding.words, ...props });
    return own;
  }

  /** @param {HTMLButtonElement} own @param {Sounding} sounding */
  async press(own, sounding) {
    const { app } = this;
    const was = this.now === own;
    app.player.halt();
    this.silence();
    if (was) return;
    app.player.wake();
    this.now = own;
    own.setAttribute("aria-pressed", "true");
    own.textContent = `■ ${own.dataset.words}`;
    try {
      const { where, parts } = await sounding.load();
      if (this.now !== own) return;
      app.player.loop = null;
      app.player.load(where, parts, null, (error) => this.fail(error));
      app.player.rest = 0;
      this.now = own;
      app.player.start();
    } catch (error) {
      this.silence();
      this.fail(error);
    }
  }

  /** @param {unknown} error */
  fail(error) {
    this.app.say(error instanceof Error ? error.message : String(error), "error");
  }

  silence() {
    const { now } = this;
    this.now = null;
    if (!now) return;
    now.setAttribute("aria-pressed", "false");
    now.textContent = `▶ ${now.dataset.words}`;
  }

  leave() {
    this.app.player.removeEventListener("change", this.changed);
    this.app.player.stop();
  }
}
