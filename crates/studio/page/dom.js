// Making and finding elements.

/** @typedef {Node | string | null | undefined | false} Child */

/**
 * An element. In `props` a name that begins with `on` is a listener, `class` and `text` are what they say, `value`,
 * `checked` and `disabled` are properties; everything else is an attribute, left out where it is null or false.
 * @param {string} tag
 * @param {Record<string, any> | null} [props]
 * @param {...Child} children
 * @returns {HTMLElement}
 */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name === "text") element.textContent = value;
    else if (["value", "checked", "disabled"].includes(name)) /** @type {any} */ (element)[name] = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/**
 * A button.
 * @param {string} words what it says
 * @param {() => void} press
 * @param {Record<string, any>} [props]
 */
export function button(words, press, props) {
  return /** @type {HTMLButtonElement} */ (h("button", { type: "button", onclick: press, text: words, ...props }));
}

/**
 * A choice with its label.
 * @param {string} label
 * @param {Array<string | [string, string]>} options values, or values and words
 * @param {string} value
 * @param {(value: string) => void} choose
 */
export function select(label, options, value, choose) {
  const choices = options.map((option) => {
    const [own, words] = typeof option === "string" ? [option, option] : option;
    return h("option", { value: own, text: words });
  });
  const field = /** @type {HTMLSelectElement} */ (h("select", { onchange: () => choose(field.value) }, ...choices));
  field.value = value;
  return { field, element: h("label", { class: "field" }, h("span", { text: label }), field) };
}

/**
 * A hook for a time after which nothing more has come.
 * @param {number} milliseconds
 * @param {() => void} act
 */
export function settled(milliseconds, act) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = window.setTimeout(act, milliseconds);
  };
}

/** @param {number} seconds */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** Whether the keyboard belongs to a field. @param {EventTarget | null} target */
export function isField(target) {
  return target instanceof HTMLElement && !!target.closest("input, textarea, select, [contenteditable]");
}
