// Who plays, how, with which wishes and rules.

import { getJson } from "../api.js";
import { h, select } from "../dom.js";
import { known } from "./performers.js";

/** @typedef {import("../api.js").TakeOrder} TakeOrder */
/** @typedef {keyof import("../api.js").Wishes} Wish */

/** Each wish: its name, its ends, and what its middle means. @type {[Wish, string, string, string, string][]} */
const WISHES = [
  ["density", "Notes", "few", "many", "50: as many notes a bar as the middle one of the solos it has learned from"],
  ["register", "Height", "low", "high", "50: as high in the instrument's range as the middle one of those solos"],
  ["outside", "Colour", "inside", "outside", "50: as many notes outside the chords' scales as the middle one"],
  ["space", "Space", "little", "much", "50: as much rest between phrases as the middle one"],
  ["phrase_length", "Phrases", "short", "long", "50: as many notes in a phrase as the middle one"],
  ["laid_back", "Time", "on top", "laid back", "50: as late behind the beat as the middle one"],
];

/**
 * The boxes below the chart.
 * @param {import("../studio.js").App} app
 * @param {TakeOrder} order
 * @param {() => void} changed
 */
export function wishBoxes(app, order, changed) {
  return [who(app, order, changed), how(app, order, changed), wishes(order, changed), rules(order, changed)];
}

/** @param {import("../studio.js").App} app @param {TakeOrder} order @param {() => void} changed */
function who(app, order, changed) {
  const { instruments, performers } = app.options;
  const instrument = select("Instrument", instruments, order.instrument, (value) => {
    order.instrument = value;
    changed();
  });
  /** @type {[string, string][]} */
  const names = [["", "anyone"], ...[...performers].sort().map((name) => /** @type {[string, string]} */ ([name, known(name)]))];
  const like = select("Manner of", names, order.like ?? "", (value) => {
    order.like = value || null;
    changed();
  });
  const choruses = number("Choruses", order.choruses, 1, 20, (value) => {
    order.choruses = value ?? 2;
    changed();
  });
  const seed = number("Seed", order.seed, 0, 4_294_967_295, (value) => {
    order.seed = value ?? 1;
    changed();
  });
  seed.title = "The same seed and wishes give the same notes";
  seed.querySelector("input")?.setAttribute("data-role", "seed");
  return h("details", { class: "box", open: true }, h("summary", { text: "Who plays" }),
    h("div", { class: "grid" }, instrument.element, like.element, choruses, seed), networks(order, changed));
}

/** Which network plays, once one was learned here. @param {TakeOrder} order @param {() => void} changed */
function networks(order, changed) {
  const own = /** @type {[string, string]} */ (["", "the player of the studio"]);
  const network = select("Network", [own], "", (value) => {
    order.model = value || null;
    changed();
  });
  network.element.hidden = true;
  getJson("/api/models").then((/** @type {import("../api.js").ModelLine[]} */ models) => {
    network.element.hidden = models.length === 0;
    network.field.append(...models.map(({ id, title }) => h("option", { value: id, text: title })));
    network.field.value = order.model ?? "";
  }, () => {});
  return network.element;
}

/** @param {import("../studio.js").App} app @param {TakeOrder} order @param {() => void} changed */
function how(app, order, changed) {
  const { styles, bands, chords } = app.options;
  /** @type {[string, string][]} */
  const named = [["", "by the chart"], ...styles.map(({ name, tempo }) => /** @type {[string, string]} */ ([name, `${name} (${tempo})`]))];
  const style = select("Style", named, order.band.style ?? "", (value) => {
    order.band.style = value || null;
    changed();
  });
  const swing = select("Swing", [["style", "by the style"], ["straight", "straight"], ["1.5", "3:2"], ["2", "2:1"], ["3", "3:1"]],
    order.band.swing, (value) => {
      order.band.swing = value;
      changed();
    });
  const words = { trio: "trio", duo: "duo: chords, bass", drums: "drums alone", none: "nobody" };
  const band = select("Band", bands.map((name) => [name, words[/** @type {keyof typeof words} */ (name)] ?? name]),
    order.band.players, (value) => {
      order.band.players = value;
      changed();
    });
  const comping = select("Chords on", chords, order.band.chords, (value) => {
    order.band.chords = value;
    changed();
  });
  const count = /** @type {HTMLInputElement} */ (h("input", { type: "checkbox", checked: order.band.count_in, onchange: () => {
    order.band.count_in = count.checked;
    changed();
  } }));
  return h("details", { class: "box", open: true }, h("summary", { text: "How" }),
    h("div", { class: "grid" }, style.element, swing.element, band.element, comping.element),
    h("label", { class: "check" }, count, h("span", { text: "Count two bars in" })));
}

/** @param {TakeOrder} order @param {() => void} changed */
function wishes(order, changed) {
  const sliders = WISHES.map(([wish, name, low, high, middle]) => {
    const shown = h("output", { class: "asked" });
    const range = /** @type {HTMLInputElement} */ (h("input", {
      type: "range", min: 0, max: 100, step: 5, value: String(order.wishes[wish] ?? 50), title: middle, id: `wish-${wish}`,
      oninput: () => {
        order.wishes[wish] = Number(range.value);
        tell();
        changed();
      },
    }));
    const free = /** @type {HTMLButtonElement} */ (h("button", {
      type: "button", class: "free", "aria-label": `Leave ${name.toLowerCase()} free`, title: "leave it free", text: "×",
      onclick: () => {
        order.wishes[wish] = null;
        range.value = "50";
        tell();
        changed();
      },
    }));
    const tell = () => {
      const asked = order.wishes[wish];
      shown.textContent = asked === null ? "free" : String(asked);
      slider.classList.toggle("set", asked !== null);
      free.disabled = asked === null;
    };
    const slider = h("div", { class: "wish" },
      h("label", { for: range.id, text: name }), range, shown, free,
      h("div", { class: "ends", "aria-hidden": "true" }, h("span", { text: low }), h("span", { text: high })));
    tell();
    return slider;
  });
  return h("details", { class: "box", open: true }, h("summary", { text: "Wishes" }),
    h("p", { class: "hint", text: "Places among the solos it has learned from: 50 is their middle, 90 more than nine in ten. What is free, it decides." }),
    ...sliders);
}

/** @param {TakeOrder} order @param {() => void} changed */
function rules(order, changed) {
  const { rules: own } = order;
  const range = words("Range", own.range ?? "", "Bb3..F5", (value) => {
    own.range = value || null;
    changed();
  });
  const rest = words("Longest rest, quarters", own.longest_rest ?? "", "4", (value) => {
    own.longest_rest = value || null;
    changed();
  });
  const phrase = number("Longest phrase, notes", own.longest_phrase, 1, 200, (value) => {
    own.longest_phrase = value;
    changed();
  });
  const end = select("Last note", [["chord", "of the chord"], ["guide", "its third or seventh"], ["any", "any"]], own.end, (value) => {
    own.end = value;
    changed();
  });
  const targets = words("Notes on downbeats", own.targets.join(", "), "5=Bb, 9=D", (value) => {
    own.targets = value.split(",").map((target) => target.trim()).filter(Boolean);
    changed();
  });
  return h("details", { class: "box" }, h("summary", { text: "Rules that always hold" }),
    h("div", { class: "grid" }, range, rest, phrase, end.element, targets));
}

/** @param {string} label @param {string} value @param {string} example @param {(value: string) => void} take */
function words(label, value, example, take) {
  const field = /** @type {HTMLInputElement} */ (h("input", { type: "text", value, placeholder: example, spellcheck: "false",
    onchange: () => take(field.value.trim()) }));
  return h("label", { class: "field" }, h("span", { text: label }), field);
}

/**
 * @param {string} label @param {number | null} value @param {number} least @param {number} most
 * @param {(value: number | null) => void} take
 */
function number(label, value, least, most, take) {
  const field = /** @type {HTMLInputElement} */ (h("input", { type: "number", min: least, max: most, value: value ?? "",
    onchange: () => {
      const typed = field.value === "" ? null : Math.min(most, Math.max(least, Math.round(Number(field.value))));
      field.value = typed === null ? "" : String(typed);
      take(typed);
    } }));
  return h("label", { class: "field" }, h("span", { text: label }), field);
}
