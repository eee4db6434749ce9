// What the page remembers, so that a reload loses nothing: in this browser, for this address.

/** @typedef {import("./api.js").TakeOrder} TakeOrder */

/**
 * What is remembered. `chart` to `rules` are what is asked for, `take` is what plays, `trail` the takes that undo goes
 * back to.
 * @typedef {{ order: TakeOrder|null, take: string|null, trail: string[], tempo: number|null, position: number,
 *   mix: Record<string, { level: number, mute: boolean, solo: boolean }>, theme: "light"|"dark"|null }} Remembered
 */

const KEY = "sideman-studio";

/** @type {Remembered} */
const EMPTY = { order: null, take: null, trail: [], tempo: null, position: 0, mix: {}, theme: null };

/** @returns {Remembered} */
function read() {
  try {
    return { ...EMPTY, ...JSON.parse(localStorage.getItem(KEY) ?? "{}") };
  } catch {
    return { ...EMPTY };
  }
}

let remembered = read();
/** @type {Set<(state: Remembered) => void>} */
const watchers = new Set();

/** @returns {Readonly<Remembered>} */
export const state = () => remembered;

/** Remembers something else. @param {Partial<Remembered>} change */
export function remember(change) {
  remembered = { ...remembered, ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(remembered));
  } catch {
    // A browser that keeps nothing plays all the same.
  }
  for (const watcher of watchers) watcher(remembered);
}

/** Hears of every change. @param {(state: Remembered) => void} watcher */
export function watchState(watcher) {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}
