// The engraved page: shown without the margins of paper, followed by a cursor, marked by dragging.

/** @typedef {import("./api.js").TimeMap} TimeMap */
/** @typedef {{ first: number, last: number }} Bars counted from 0, both inside */

const SVG = "http://www.w3.org/2000/svg";
/** Points of air above the first bar of a page that is not the first, and below the last. */
const AIR = 22;
/** How far complaints stand below their bar, in points. */
const BELOW = 9;

/** @param {string} name @param {Record<string, string | number>} attributes */
function svg(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

/** @param {Element} rect */
function box(rect) {
  const number = (/** @type {string} */ name) => Number(rect.getAttribute(name));
  return { x: number("x"), y: number("y"), width: number("width"), height: number("height") };
}

/** A score or a chart on the page. Events: `note` (detail: its number), `bars` (detail: the marked ones or null). */
export class Score extends EventTarget {
  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    this.root = root;
    /** @type {SVGSVGElement | null} */
    this.svg = null;
    /** @type {Map<number, { x: number, y: number, width: number, height: number, rect: Element }>} */
    this.bars = new Map();
    /** @type {Bars | null} */
    this.marked = null;
    /** @type {TimeMap | null} */
    this.map = null;
    /** @type {{ seconds: number, x: number }[][]} */
    this.places = [];
    this.bar = -1;
    this.note = -1;
    this.listen();
  }

  /** Shows a page. @param {string} text SVG of the server @param {TimeMap | null} map */
  show(text, map) {
    const parsed = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
    const page = /** @type {SVGSVGElement} */ (/** @type {unknown} */ (document.importNode(parsed, true)));
    page.removeAttribute("width");
    page.removeAttribute("height");
    page.querySelector(":scope > rect")?.remove();
    page.setAttribute("role", "img");
    page.setAttribute("aria-label", map ? "The score of the take" : "The chart");
    this.svg = page;
    this.map = map;
    this.bar = -1;
    this.note = -1;
    this.crop(page);
    this.root.replaceChildren(page);
    this.cursor = svg("rect", { class: "cursor", width: 2, rx: 1, visibility: "hidden" });
    page.append(this.cursor);
    if (map) this.widen(page);
    this.places = map ? this.anchors(map) : [];
    this.paintMarks();
  }

  /** Puts the pages below each other without their margins. @param {SVGSVGElement} page */
  crop(page) {
    this.bars.clear();
    const width = Number(page.viewBox.baseVal.width);
    let height = 0;
    [...page.querySelectorAll(":scope > g")].forEach((sheet, nth) => {
      const rects = [...sheet.querySelectorAll(".bar > rect")];
      if (rects.length === 0) return;
      const boxes = rects.map(box);
      const top = nth === 0 ? 1.3 * AIR : Math.min(...boxes.map((b) => b.y)) - AIR / 2;
      const bottom = Math.max(...boxes.map((b) => b.y + b.height)) + AIR / 2;
      const shift = height - top;
      sheet.setAttribute("transform", `translate(0 ${shift})`);
      rects.forEach((rect, i) => {
        const number = Number(rect.parentElement?.id.slice(1));
        this.bars.set(number, { ...boxes[i], y: boxes[i].y + shift, rect });
      });
      for (const words of sheet.querySelectorAll(":scope > text")) {
        const y = Number(words.getAttribute("y"));
        if (y > bottom || (nth > 0 && y < top + 2)) words.remove();
      }
      height += bottom - top;
    });
    page.setAttribute("viewBox", `24 0 ${width - 48} ${height + AIR / 2}`);
  }

  /** Lets notes be hit beside their ink. @param {SVGSVGElement} page */
  widen(page) {
    for (const note of page.querySelectorAll(".note")) {
      if (!(note instanceof SVGGElement)) continue;
      const { x, y, width, height } = note.getBBox();
      const area = { x: x - 1.5, y: y - 1.5, width: width + 3, height: height + 3 };
      note.prepend(svg("rect", { ...area, fill: "none", stroke: "none", "pointer-events": "all" }));
    }
  }

  /** Where notes and bar lines stand at which seconds. @param {TimeMap} map */
  anchors(map) {
    /** @type {{ seconds: number, x: number }[][]} */
    const places = map.bars.map((bar, i) => {
      const own = this.bars.get(i);
      return own ? [{ seconds: bar.seconds, x: own.x + 3 }] : [];
    });
    map.notes.forEach((note, i) => {
      const drawn = this.svg?.querySelector(`#n${i}`);
      const bar = places[note.bar];
      if (!(drawn instanceof SVGGElement) || !bar || bar.length === 0) return;
      const { x } = drawn.getBBox();
      const last = bar[bar.length - 1];
      if (note.seconds > last.seconds && x > last.x) bar.push({ seconds: note.seconds, x: x + 2 });
    });
    places.forEach((bar, i) => {
      const own = this.bars.get(i);
      if (own) bar.push({ seconds: map.bars[i].until, x: own.x + own.width });
    });
    return places;
  }

  /** Moves the cursor. @param {number} seconds @param {boolean} follow whether the page scrolls with it */
  follow(seconds, follow) {
    const { map, cursor } = this;
    if (!map || !cursor) return;
    let at = map.bars.findIndex((bar) => seconds < bar.until);
    if (at < 0) at = map.bars.length - 1;
    const own = this.bars.get(at);
    if (!own) return;
    const places = this.places[at];
    let x = places[0].x;
    for (let i = 1; i < places.length; i += 1) {
      const [from, to] = [places[i - 1], places[i]];
      if (seconds < from.seconds) break;
      const share = Math.min(1, (seconds - from.seconds) / Math.max(1e-6, to.seconds - from.seconds));
      x = from.x + share * (to.x - from.x);
    }
    cursor.setAttribute("x", x.toFixed(2));
    if (at !== this.bar) {
      cursor.setAttribute("y", String(own.y));
      cursor.setAttribute("height", String(own.height));
      cursor.setAttribute("visibility", "visible");
      this.root.dataset.bar = String(at);
      this.bar = at;
      if (follow) this.reveal(own);
    }
    this.light(map.notes.findIndex((note) => note.seconds <= seconds && seconds < note.until));
  }

  /** Lights the note that sounds. @param {number} note */
  light(note) {
    if (note === this.note) return;
    for (const lit of this.root.querySelectorAll(".note.lit")) lit.classList.remove("lit");
    for (const drawn of this.root.querySelectorAll(`[data-note="${note}"]`)) drawn.classList.add("lit");
    this.note = note;
  }

  /** Scrolls so that a bar and the row behind it are seen. @param {{ y: number, height: number }} bar */
  reveal(bar) {
    const { root, svg: page } = this;
    if (!page || root.scrollHeight <= root.clientHeight + 4) return;
    const scale = page.getBoundingClientRect().height / page.viewBox.baseVal.height;
    const [top, bottom] = [bar.y * scale, (bar.y + bar.height) * scale];
    if (top < root.scrollTop + 8 || bottom + (bottom - top) * 0.6 > root.scrollTop + root.clientHeight) {
      root.scrollTo({ top: Math.max(0, top - 24), behavior: "smooth" });
    }
  }

  /** Marks bars. @param {Bars | null} bars */
  mark(bars) {
    this.marked = bars;
    this.paintMarks();
    this.dispatchEvent(new CustomEvent("bars", { detail: bars }));
  }

  paintMarks() {
    for (const [number, { rect }] of this.bars) {
      const inside = this.marked && number >= this.marked.first && number <= this.marked.last;
      rect.parentElement?.classList.toggle("marked", !!inside);
    }
  }

  /** Writes complaints under their bars. @param {import("./api.js").ChartProblem[]} problems */
  complain(problems) {
    for (const old of this.root.querySelectorAll(".complaint")) old.remove();
    for (const { bar, words } of problems) {
      const own = bar === null ? undefined : this.bars.get(bar);
      if (!own) continue;
      const short = words.replace(/^.*?(bar|column) \d+[^:]*: /, "");
      const text = svg("text", { class: "complaint", x: own.x + 4, y: own.y + own.height + BELOW, "font-size": 7.5 });
      text.textContent = short.length > 60 ? `${short.slice(0, 58)}…` : short;
      const title = svg("title", {});
      title.textContent = words;
      text.append(title);
      own.rect.parentElement?.classList.add("wrong");
      this.svg?.append(text);
    }
  }

  listen() {
    /** @type {number | null} */
    let from = null;
    /** @param {PointerEvent} event */
    const barAt = (event) => {
      const group = document.elementFromPoint(event.clientX, event.clientY)?.closest(".bar, .note");
      if (!group || !this.root.contains(group)) return null;
      if (group.classList.contains("bar")) return Number(group.id.slice(1));
      return this.map?.notes[Number(/** @type {SVGGElement} */ (group).dataset.note)]?.bar ?? null;
    };
    this.root.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || event.pointerType === "touch") return;
      from = barAt(event);
      this.pressed = event;
    });
    this.root.addEventListener("pointermove", (event) => {
      if (from === null || !(event.buttons & 1)) return;
      const to = barAt(event);
      if (to === null || (to === from && Math.abs(event.clientX - (this.pressed?.clientX ?? 0)) < 12)) return;
      event.preventDefault();
      getSelection()?.removeAllRanges();
      this.mark({ first: Math.min(from, to), last: Math.max(from, to) });
      this.dragged = true;
    });
    addEventListener("pointerup", () => { from = null; });
    this.root.addEventListener("click", (event) => {
      if (this.dragged) {
        this.dragged = false;
        return;
      }
      const target = /** @type {Element} */ (event.target);
      const note = target.closest?.("[data-note]");
      if (note instanceof SVGElement && this.map) {
        this.dispatchEvent(new CustomEvent("note", { detail: Number(note.dataset.note) }));
        return;
      }
      const bar = target.closest?.(".bar");
      if (!bar) return;
      const number = Number(bar.id.slice(1));
      if (event.shiftKey && this.marked) {
        const { first, last } = this.marked;
        this.mark({ first: Math.min(first, number), last: Math.max(last, number) });
      } else {
        this.dispatchEvent(new CustomEvent("bar", { detail: number }));
      }
    });
  }
}
