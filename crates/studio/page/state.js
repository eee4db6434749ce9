// What the page remembers, so that a reload loses nothing: in this browser, for this address.

/** @typedef {import("./api.js").TakeOrder} TakeOrder */

/**
 * What is remembered. `chart` to `rules` are what is asked for, `take` is what plays, `trail` the takes that undo goes
 * back to.
 * @typedef {{ order: TakeOrder|null, take: string|null, trail: string[], tempo: number|null, position: number,
 *   mix: Record<string, { level: number, mute: boolean, solo: boolean }>, theme: "light"|"dark"|null,
 *   views: Record<string, any> }} Remembered
 * `views` is what each of the other views remembers.
 */

const KEY = "sideman-studio";

/** @type {Remembered} */
const EMPTY = { order: null, take: null, trail: [], tempo: null, position: 0, mix: {}, theme: null, views: {} };

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

/** What a view remembers. @param {string} view @returns {Record<string, any>} */
export const viewState = (view) => remembered.views[view] ?? {};

/** @param {string} view @param {Record<string, any>} change */
export function rememberView(view, change) {
  remember({ views: { ...remembered.views, [view]: { ...viewState(view), ...change } } });
}

/** Hears of every change. @param {(state: Remembered) => void} watcher */
export function watchState(watcher) {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}
