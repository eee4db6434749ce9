// What the user plays on: MIDI, the computer's keyboard, or the keys on the page. All end in the same two events.

import { h, isField } from "../dom.js";

/** The rows of a keyboard as a piano, from the C of their octave on; the place of a key counts, not what is printed on it. */
const LOWER = ["KeyZ", "KeyS", "KeyX", "KeyD", "KeyC", "KeyV", "KeyG", "KeyB", "KeyH", "KeyN", "KeyJ", "KeyM", "Comma", "KeyL", "Period"];
const UPPER = ["KeyQ", "Digit2", "KeyW", "Digit3", "KeyE", "KeyR", "Digit5", "KeyT", "Digit6", "KeyY", "Digit7", "KeyU", "KeyI", "Digit9", "KeyO", "Digit0", "KeyP"];
/** The same keys in two straight rows, where every key is a note of the chord. */
const ROWS = [["KeyZ", "KeyX", "KeyC", "KeyV", "KeyB", "KeyN", "KeyM", "Comma", "Period"], ["KeyA", "KeyS", "KeyD", "KeyF", "KeyG", "KeyH", "KeyJ", "KeyK", "KeyL"], ["KeyQ", "KeyW", "KeyE", "KeyR", "KeyT", "KeyY", "KeyU", "KeyI", "KeyO", "KeyP"]];
/** The lowest key on the page, and how many there are. */
const LOWEST = 53;
const KEYS = 36;
const VELOCITY = 88;

/** What is printed on the key that plays a pitch. @param {number} pitch */
function letter(pitch) {
  const code = LOWER[pitch - 60] && pitch < 72 ? LOWER[pitch - 60] : UPPER[pitch - 72] ?? "";
  return code.replace(/^(Key|Digit)/, "");
}

/** @typedef {{ pitch: number, velocity: number, stamp: number }} Strike stamp in milliseconds of the page's clock */

/** Events: `on` and `off`, with a strike as detail; `devices` when MIDI comes or goes. */
export class Keys extends EventTarget {
  constructor() {
    super();
    this.chordal = false;
    this.octave = 0;
    /** @type {Set<number>} the classes of the chord that sounds */
    this.tones = new Set();
    /** @type {Map<string, number>} which pitch each key that is held began */
    this.held = new Map();
    /** @type {string[]} */
    this.devices = [];
    this.midi = "not asked";
    this.drawn = Array.from({ length: KEYS }, (_, i) => this.key(LOWEST + i));
    this.element = h("div", { class: "piano", role: "group", "aria-label": "Keys to play on" }, ...this.drawn);
    this.down = (/** @type {KeyboardEvent} */ event) => this.typed(event);
    this.up = (/** @type {KeyboardEvent} */ event) => this.release(event.code, event.timeStamp);
    document.addEventListener("keydown", this.down);
    document.addEventListener("keyup", this.up);
  }

  /** @param {number} pitch */
  key(pitch) {
    const black = [1, 3, 6, 8, 10].includes(pitch % 12);
    const name = `${["C", "D♭", "D", "E♭", "E", "F", "G♭", "G", "A♭", "A", "B♭", "B"][pitch % 12]}${Math.floor(pitch / 12) - 1}`;
    const own = h("button", { type: "button", class: black ? "black" : "white", "data-pitch": pitch, "data-letter": letter(pitch), "aria-label": name, tabindex: -1 });
    own.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.strike(`touch${event.pointerId}`, pitch, VELOCITY, event.timeStamp);
    });
    for (const kind of ["pointerup", "pointercancel", "pointerleave"]) {
      own.addEventListener(kind, (event) => this.release(`touch${/** @type {PointerEvent} */ (event).pointerId}`, event.timeStamp));
    }
    return own;
  }

  /** Asks for MIDI; a browser may ask the user. */
  async ask() {
    if (!navigator.requestMIDIAccess) {
      this.midi = "this browser has no MIDI";
      this.dispatchEvent(new Event("devices"));
      return;
    }
    try {
      const access = await navigator.requestMIDIAccess();
      const listen = () => {
        this.devices = [];
        for (const input of access.inputs.values()) {
          this.devices.push(input.name ?? "MIDI");
          input.onmidimessage = (message) => this.message(message);
        }
        this.midi = this.devices.length > 0 ? this.devices.join(", ") : "no instrument is connected";
        this.dispatchEvent(new Event("devices"));
      };
      access.onstatechange = listen;
      listen();
    } catch {
      this.midi = "not allowed";
      this.dispatchEvent(new Event("devices"));
    }
  }

  /** @param {MIDIMessageEvent} message */
  message({ data, timeStamp }) {
    if (!data) return;
    const [status, pitch, velocity] = data;
    const kind = status & 0xf0;
    if (kind === 0x90 && velocity > 0) this.strike(`midi${pitch}`, pitch, velocity, timeStamp);
    else if (kind === 0x80 || kind === 0x90) this.release(`midi${pitch}`, timeStamp);
  }

  /** @param {KeyboardEvent} event */
  typed(event) {
    if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || isField(event.target)) return;
    const pitch = this.chordal ? this.chordPitch(event.code) : this.pianoPitch(event.code);
    if (pitch === null) return;
    event.preventDefault();
    this.strike(event.code, pitch, VELOCITY, event.timeStamp);
  }

  /** @param {string} code */
  pianoPitch(code) {
    const [low, high] = [LOWER.indexOf(code), UPPER.indexOf(code)];
    if (low < 0 && high < 0) return null;
    return (low >= 0 ? 60 + low : 72 + high) + 12 * this.octave;
  }

  /** The notes of the chord one after the other along the rows, from below up. @param {string} code */
  chordPitch(code) {
    const row = ROWS.findIndex((codes) => codes.includes(code));
    if (row < 0 || this.tones.size === 0) return null;
    const all = Array.from({ length: 60 }, (_, i) => 48 + 12 * this.octave + i).filter((pitch) => this.tones.has(pitch % 12));
    return all[row * this.tones.size + ROWS[row].indexOf(code)] ?? null;
  }

  /** @param {string} key @param {number} pitch @param {number} velocity @param {number} stamp */
  strike(key, pitch, velocity, stamp) {
    this.release(key, stamp);
    this.held.set(key, pitch);
    this.paint();
    this.dispatchEvent(new CustomEvent("on", { detail: { pitch, velocity, stamp } }));
  }

  /** @param {string} key @param {number} stamp */
  release(key, stamp) {
    const pitch = this.held.get(key);
    if (pitch === undefined) return;
    this.held.delete(key);
    this.paint();
    this.dispatchEvent(new CustomEvent("off", { detail: { pitch, velocity: 0, stamp } }));
  }

  /** @param {number[]} tones */
  chord(tones) {
    this.tones = new Set(tones);
    this.paint();
  }

  /** Notes that someone else plays. @param {number[]} pitches */
  others(pitches) {
    this.drawn.forEach((key, i) => key.classList.toggle("other", pitches.includes(LOWEST + i)));
  }

  paint() {
    const held = new Set(this.held.values());
    this.element.classList.toggle("chordal", this.chordal);
    this.drawn.forEach((key, i) => {
      key.classList.toggle("held", held.has(LOWEST + i));
      key.classList.toggle("tone", this.tones.has((LOWEST + i) % 12));
    });
  }

  leave() {
    document.removeEventListener("keydown", this.down);
    document.removeEventListener("keyup", this.up);
  }
}
