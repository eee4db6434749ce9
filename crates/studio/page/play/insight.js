// What is to be said of a note.

import { getJson } from "../api.js";
import { button, h } from "../dom.js";
import { roleName } from "../roll.js";
import { symbol } from "./now.js";

/** @typedef {import("../api.js").NoteInsight} NoteInsight */

/** @param {number} share */
const percent = (share) => (share < 0.001 ? "under 0.1 %" : share >= 0.0995 ? `${Math.round(100 * share)} %` : `${(100 * share).toFixed(1)} %`);

/**
 * A panel that tells of a note of a take.
 * @param {import("../studio.js").App} app
 */
export function insightPanel(app) {
  const element = h("aside", { class: "box insight", "aria-live": "polite", hidden: true, "aria-label": "About a note" });

  /** @param {string} take @param {number} note */
  async function show(take, note) {
    try {
      /** @type {NoteInsight} */
      const insight = await getJson(`/api/takes/${take}/notes/${note}`);
      element.replaceChildren(...told(insight, take, note));
      element.hidden = false;
    } catch (error) {
      app.say(error instanceof Error ? error.message : String(error), "error");
    }
  }

  /** @param {NoteInsight} insight @param {string} take @param {number} number */
  function told({ note, likely, shared }, take, number) {
    const sound = `/api/takes/${take}/notes/${number}/sound`;
    const place = `Bar ${note.bar}, beat ${(note.place + 1).toFixed(2).replace(/\.?0+$/, "")}`;
    const over = note.chord ? `over ${symbol(note.chord)}: ${roleName(note.role)}` : "no chord sounds";
    const pitch = Math.exp(-note.pitch_nats);
    const others = likely.map((other) => h("li", null,
      button("▶", () => app.player.once(`${sound}?pitch=${other.pitch}`), { class: "hear", "aria-label": `Hear ${other.name} in its place` }),
      h("span", { class: "pitch", text: symbol(other.name) }),
      h("span", { class: "bar-of" }, bar(other.probability)),
      h("span", { class: "share", text: percent(other.probability) })));
    return [
      h("div", { class: "row apart" },
        h("h2", { text: `${symbol(note.pitch)} — ${place}` }),
        button("×", () => { element.hidden = true; }, { class: "quiet", "aria-label": "Close" })),
      h("p", { text: `${symbol(note.pitch)} ${over}.` }),
      h("p", { text: `To the player this pitch had ${percent(pitch)} here; a note at this moment and of this pitch ${percent(note.probability)}.` }),
      h("div", { class: "row" }, button("▶ Hear it as played", () => app.player.once(sound), { class: "quiet" })),
      h("h3", { text: "What else was likely" }),
      h("ul", { class: "likely" }, ...others),
      h("p", { class: "shared", text: shared
        ? `The run of ${shared.intervals + 1} notes that it is part of is also in ${shared.source}, bar ${shared.source_bar + 1}.`
        : "No solo it has learned from has a run of eight notes through this one." }),
    ];
  }

  return { element, show, hide: () => { element.hidden = true; } };
}

/** A bar as long as a share. @param {number} share */
function bar(share) {
  const inner = h("i", null);
  inner.style.width = `${Math.max(1, 100 * share)}%`;
  return inner;
}
