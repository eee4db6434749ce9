// The site in a real browser: node site.mjs CHROMIUM SITE SIDEMAN [SEEDS=50] — a take is played, seen, kept and handed
// over, the classic learns, a conversation goes on, the same seed gives the file that the program writes, and no request
// leaves the folder.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Browser, holds, pause } from "../../studio/tests/browser/driver.mjs";
import { serve } from "./static.mjs";

const [, , chromium, site, sideman, seeds = "50"] = process.argv;
const { address, end } = await serve(site);
const folder = mkdtempSync(join(tmpdir(), "sideman-site-"));
const browser = new Browser(chromium);

/** Asks the studio as the page does; gives an expression of the page. */
const call = (method, path, body) => `(async () => { const { send } = await import("${address}page/transport.js"); const r = await send("${path}", { method: "${method}", ${body ? `body: ${JSON.stringify(JSON.stringify(body))}` : ""} }); return r; })()`;
const json = (method, path, body) => browser.ask(`${call(method, path, body)}.then((r) => r.json())`);
const bytes = async (path) => Buffer.from(await browser.ask(`${call("GET", path)}.then(async (r) => { let s = ""; for (const b of new Uint8Array(await r.arrayBuffer())) s += String.fromCharCode(b); return btoa(s); })`), "base64");
const take = () => browser.ask("JSON.parse(localStorage['sideman-studio']).take");
const words = (selector) => browser.ask(`document.querySelector(${JSON.stringify(selector)})?.textContent ?? ""`);

/** What the program writes of a seed. */
function written(seed) {
  const out = join(folder, `seed-${seed}`);
  execFileSync(sideman, ["improvise", "--seed", String(seed), "--only", "mid", "--out", out], { stdio: "ignore" });
  return readFileSync(join(out, "solo.mid"));
}

/** @type {[string, () => Promise<void>][]} */
const TESTS = [
  ["one press, and it is seen and heard", async () => {
    await browser.click("[data-role=press]");
    await browser.until("studio.player.playing && studio.player.heard", 120);
    await browser.until("document.querySelectorAll('.paper .note').length > 5");
    const level = (part) => `Number(document.querySelector('.level[data-part="${part}"]').dataset.level)`;
    await browser.until(`${level("bass")} > 0.002`);
    await browser.ask("studio.player.stop(), 0");
  }],
  ["a note says what it is, and a file is handed over", async () => {
    await browser.click("#n2");
    await browser.until("!document.querySelector('.insight').hidden && document.querySelectorAll('.likely li').length === 6");
    await browser.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: folder }, undefined);
    await browser.ask("[...document.querySelectorAll('a.file')].find((a) => a.textContent === 'MIDI').click()");
    const name = `${folder}/blues-in-f-`;
    for (let i = 0; i < 200; i += 1) {
      const files = execFileSync("ls", [folder]).toString().split("\n").filter((file) => file.endsWith(".mid"));
      if (files.length > 0) {
        holds(readFileSync(join(folder, files[0])).subarray(0, 4).toString() === "MThd", `${name} is no MIDI file`);
        return;
      }
      await pause(50);
    }
    throw new Error("no file came");
  }],
  ["a reload loses nothing", async () => {
    const before = await take();
    await browser.open(address);
    await browser.until("document.querySelectorAll('.paper .note').length > 5");
    holds((await take()) === before, "another take");
    holds((await json("GET", "/api/takes")).some(({ id }) => id === before), "the take is not kept");
  }],
  ["the classic learns, and an end can be asked for", async () => {
    await browser.open(`${address}#learn`, "document.querySelector('.curve, svg.curve, [data-role=learn], progress')");
    const { job } = await json("POST", "/api/learn", { epochs: 3 });
    const told = (number) => browser.ask(`${call("GET", `/api/jobs/${number}/events`)}.then((r) => r.text())`);
    const events = (await told(job)).split("\n\n").filter(Boolean).map((line) => JSON.parse(line.slice(6)));
    holds(events.filter(({ event }) => event === "epoch").length === 3 && events.at(-1).event === "done", JSON.stringify(events.at(-1)));
    const second = (await json("POST", "/api/learn", { epochs: 400 })).job;
    await pause(500);
    holds((await json("GET", "/api/health")).ok, "nobody answers while it learns");
    await browser.ask(`${call("DELETE", `/api/jobs/${second}`)}.then((r) => r.status)`);
    holds((await told(second)).includes("\"cancelled\""), "it goes on");
  }],
  ["turns are taken", async () => {
    const trade = await json("POST", "/api/trades", { choruses: 1, trade: { turn: 4, player: "piano" } });
    const turn = trade.turns.findIndex(({ yours }) => yours);
    const { seconds } = trade.turns[turn];
    const notes = [60, 63, 65].map((pitch, i) => ({ seconds: seconds + i / 4, until: seconds + i / 4 + 0.2, pitch, velocity: 90 }));
    holds((await json("POST", `/api/trades/${trade.id}/notes`, { notes })).heard === 3, "not all notes were heard");
    const answer = await json("GET", `/api/trades/${trade.id}/turns/${turn + 1}`);
    holds(answer.length > 0, "there is no answer");
    holds((await bytes(`/api/trades/${trade.id}/turns/${turn + 1}/sound`)).some((byte) => byte !== 0), "the answer is silent");
    holds((await json("POST", `/api/trades/${trade.id}/end`, {})).map.notes.length >= 3 + answer.length, "notes are lost");
  }],
  [`the same seed gives the same file, over ${seeds} seeds`, async () => {
    const others = [];
    for (let seed = 1; seed <= Number(seeds); seed += 1) {
      const { id } = await json("POST", "/api/takes", { seed });
      if (!written(seed).equals(await bytes(`/api/takes/${id}/files/mid`))) others.push(seed);
    }
    holds(others.length === 0, `other files of the seeds ${others}`);
  }],
];

/** What the worker asks for is heard too. */
browser.hearing.add(async (method, { sessionId }) => {
  if (method !== "Target.attachedToTarget" || sessionId === browser.session) return;
  for (const order of ["Network.enable", "Runtime.enable", "Runtime.runIfWaitingForDebugger"]) await browser.send(order, {}, sessionId);
});

let failed = 0;
try {
  await browser.open("about:blank", "true");
  await browser.send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: true, flatten: true });
  await browser.open(address);
  await browser.screen(1280, 900);
  for (const [name, test] of TESTS) {
    const start = performance.now();
    try {
      await test();
      console.log(`ok   ${name} (${Math.round(performance.now() - start)} ms)`);
    } catch (error) {
      failed += 1;
      console.log(`FAIL ${name}: ${error.stack}`);
    }
  }
  for (const name of ["sideman-relaxed.wasm", "model.safetensors"]) holds(browser.requests.includes(address + name), `${name} was never asked for`);
  const elsewhere = browser.requests.filter((url) => !url.startsWith(address) && !/^(data|blob|about):/.test(url));
  if (browser.complaints.length || elsewhere.length) {
    failed += 1;
    console.log(`FAIL the console is silent and nothing is asked elsewhere: ${[...browser.complaints, ...elsewhere].join("\n")}`);
  } else console.log(`ok   the console is silent, and ${browser.requests.length} requests stay in the folder`);
} finally {
  await browser.close();
  end();
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;
