// Drives Chromium through its debugging pipe (Chrome DevTools Protocol), with nothing but Node.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const FLAGS = [
  "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--no-default-browser-check", "--hide-scrollbars",
  "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
  "--autoplay-policy=no-user-gesture-required", "--remote-debugging-pipe", "--force-color-profile=srgb",
  "--disable-dev-shm-usage", "--mute-audio",
];

/** A browser with one page. */
export class Browser {
  /** @param {string} program */
  constructor(program) {
    this.home = mkdtempSync(join(tmpdir(), "studio-browser-"));
    this.process = spawn(program, [...FLAGS, `--user-data-dir=${this.home}`, "about:blank"], {
      stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
    });
    this.next = 1;
    this.waiting = new Map();
    this.hearing = new Set();
    /** Errors of the console, and requests that leave this machine. */
    this.complaints = [];
    this.requests = [];
    let rest = "";
    this.process.stdio[4].on("data", (data) => {
      const parts = (rest + data.toString()).split("\0");
      rest = parts.pop();
      parts.forEach((part) => this.hear(JSON.parse(part)));
    });
  }

  hear(message) {
    if (message.id) {
      const { settle, fail } = this.waiting.get(message.id);
      this.waiting.delete(message.id);
      if (message.error) fail(new Error(message.error.message));
      else settle(message.result);
      return;
    }
    const { method, params } = message;
    if (method === "Runtime.exceptionThrown") this.complaints.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
    if (method === "Runtime.consoleAPICalled" && ["error", "assert"].includes(params.type)) this.complaints.push(params.args.map((a) => a.value ?? a.description).join(" "));
    if (method === "Log.entryAdded" && params.entry.level === "error") this.complaints.push(`${params.entry.text} ${params.entry.url ?? ""}`);
    if (method === "Network.requestWillBeSent") this.requests.push(params.request.url);
    this.hearing.forEach((hear) => hear(method, params));
  }

  send(method, params = {}, session = this.session) {
    const id = this.next;
    this.next += 1;
    this.process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId: session })}\0`);
    return new Promise((settle, fail) => this.waiting.set(id, { settle, fail }));
  }

  /** Opens an address and waits until a condition of the page holds. */
  async open(address, ready = "document.documentElement.dataset.ready === 'true'") {
    if (!this.session) {
      const { targetId } = await this.send("Target.createTarget", { url: "about:blank" });
      this.session = (await this.send("Target.attachToTarget", { targetId, flatten: true })).sessionId;
      for (const domain of ["Page", "Runtime", "Log", "Network", "DOM"]) await this.send(`${domain}.enable`);
    }
    await this.send("Page.navigate", { url: address });
    await this.until(ready);
  }

  /** The value of an expression of the page; promises are waited for. */
  async ask(expression) {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true, userGesture: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  /** Waits until an expression of the page is true. */
  async until(expression, seconds = 90) {
    const end = Date.now() + 1000 * seconds;
    for (;;) {
      const value = await this.ask(expression).catch(() => false);
      if (value) return value;
      if (Date.now() > end) throw new Error(`never true: ${expression}`);
      await new Promise((settle) => setTimeout(settle, 25));
    }
  }

  /** Presses the middle of an element. */
  async click(selector) {
    const at = await this.ask(`(() => { const e = document.querySelector(${JSON.stringify(selector)}); e.scrollIntoView({ block: "center" }); const b = e.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]; })()`);
    await this.mouse("mousePressed", at);
    await this.mouse("mouseReleased", at);
  }

  /** Gives the field under a label, or the beginning of one, a value. */
  choose(label, value) {
    return this.ask(`(() => { const f = [...document.querySelectorAll(".field")].find((f) => f.firstChild.textContent.startsWith(${JSON.stringify(label)})).querySelector("input, select"); f.value = ${JSON.stringify(String(value))}; f.dispatchEvent(new Event("change", { bubbles: true })); })()`);
  }

  mouse(type, [x, y], buttons = type === "mouseReleased" ? 0 : 1) {
    return this.send("Input.dispatchMouseEvent", { type, x, y, button: "left", buttons, clickCount: 1 });
  }

  async key(key, code = key, modifiers = 0) {
    const text = key.length === 1 ? key : undefined;
    await this.send("Input.dispatchKeyEvent", { type: "keyDown", key, code, text, modifiers });
    await this.send("Input.dispatchKeyEvent", { type: "keyUp", key, code, modifiers });
  }

  /** Sets the size of the page and its colours. */
  async screen(width, height, dark = false) {
    await this.send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: width < 600 });
    await this.send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }] });
  }

  async picture() {
    return Buffer.from((await this.send("Page.captureScreenshot", { format: "png" })).data, "base64");
  }

  async close() {
    await this.send("Browser.close", {}, undefined).catch(() => {});
    await new Promise((settle) => this.process.once("exit", settle));
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Waits so many milliseconds. */
export const pause = (milliseconds) => new Promise((settle) => setTimeout(settle, milliseconds));

/** Fails with words unless something holds. */
export function holds(condition, words) {
  if (!condition) throw new Error(words);
}
