// The frame of the page: views as tabs, light and dark, what is said in passing.

import * as api from "./api.js";
import { Player } from "./audio.js";
import { button, h } from "./dom.js";
import { remember, state } from "./state.js";
import * as judge from "./views/judge.js";
import * as learn from "./views/learn.js";
import * as play from "./views/play.js";
import * as practise from "./views/practise.js";
import * as trade from "./views/trade.js";

/**
 * What every view is given.
 * @typedef {{ player: Player, options: import("./api.js").Options, say: (words: string, kind?: "error") => void,
 *   show: (view: string) => void }} App
 * @typedef {{ title: string, mount: (root: HTMLElement, app: App) => (() => void) | void }} View
 */

/** @type {Record<string, View>} */
const VIEWS = {
  play: { title: "Play", mount: play.mount },
  practise: { title: "Practise", mount: practise.mount },
  trade: { title: "Trade", mount: trade.mount },
  learn: { title: "Learn", mount: learn.mount },
  judge: { title: "Judge", mount: judge.mount },
};

/** @param {string} id */
const find = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @type {number} */
let fading = 0;

/** @param {string} words @param {"error"} [kind] */
function say(words, kind) {
  const announcer = find("announcer");
  announcer.textContent = words;
  announcer.className = `announcer shown ${kind ?? ""}`;
  clearTimeout(fading);
  fading = window.setTimeout(() => announcer.classList.remove("shown"), kind ? 9000 : 4000);
}

const dark = matchMedia("(prefers-color-scheme: dark)");

function paint() {
  const theme = state().theme ?? (dark.matches ? "dark" : "light");
  document.documentElement.dataset.theme = theme;
  const other = theme === "dark" ? "light" : "dark";
  find("theme").textContent = theme === "dark" ? "☀" : "☾";
  find("theme").setAttribute("aria-label", `Change to ${other} colours`);
  document.dispatchEvent(new CustomEvent("repaint"));
}

/** @type {(() => void) | void} */
let leave;

/** @param {App} app */
function route(app) {
  const name = location.hash.slice(1);
  const view = VIEWS[name] ? name : "play";
  for (const tab of find("tabs").children) {
    if (tab.getAttribute("href") === `#${view}`) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
  leave?.();
  const root = h("section", { class: `view ${view}`, "aria-label": VIEWS[view].title });
  find("main").replaceChildren(root);
  document.title = `${VIEWS[view].title} — sideman studio`;
  leave = VIEWS[view].mount(root, app);
}

async function start() {
  for (const [name, view] of Object.entries(VIEWS)) {
    find("tabs").append(h("a", { href: `#${name}`, text: view.title }));
  }
  find("theme").addEventListener("click", () => {
    remember({ theme: document.documentElement.dataset.theme === "dark" ? "light" : "dark" });
    paint();
  });
  dark.addEventListener("change", paint);
  paint();
  try {
    const options = await api.getJson("/api/options");
    /** @type {App} */
    const app = { player: new Player(), options, say, show: (view) => { location.hash = view; } };
    Object.assign(window, { studio: app });
    addEventListener("hashchange", () => route(app));
    route(app);
    document.documentElement.dataset.ready = "true";
    performance.mark("ready");
  } catch (error) {
    find("main").replaceChildren(
      h("p", { class: "empty", text: error instanceof Error ? error.message : String(error) }),
      button("Try again", () => location.reload()),
    );
  }
}

start();
