// Trade.

import { h } from "../dom.js";

/**
 * @param {HTMLElement} root
 * @param {import("../studio.js").App} _app
 */
export function mount(root, _app) {
  root.append(h("p", { class: "empty", text: "The band plays four bars, you answer." }));
}
