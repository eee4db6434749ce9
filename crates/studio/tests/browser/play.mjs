// Play in a real browser: node play.mjs CHROMIUM ADDRESS FOLDER — the folder has solo.mid and solo.musicxml to drop.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Browser, holds, pause } from "./driver.mjs";

const [, , chromium, address, folder] = process.argv;

/** How far what is drawn may be from what sounds, in seconds. */
const NEAR = 0.06;
const CHART = "title: Eight Bars\\nkey: F\\ntempo: 200\\nGm7 | C7 | F6 | D7b9 | Gm7 | C7 | F6 D7 | Gm7 C7";

const browser = new Browser(chromium);
const type = (text) => browser.ask(`(() => { const e = document.querySelector("#chart"); e.value = "${text}"; e.dispatchEvent(new Event("input", { bubbles: true })); })()`);
const words = (selector) => browser.ask(`document.querySelector(${JSON.stringify(selector)})?.textContent ?? ""`);
const take = () => browser.ask("JSON.parse(localStorage['sideman-studio']).take");
const press = () => browser.click("[data-role=press]");

/** @type {[string, () => Promise<void>][]} */
const TESTS = [
  ["a chart with an error is told under its bar, and mended", async () => {
    await type("Dm7 | Cpetrushka | C6 | %");
    await browser.until("document.querySelector('.paper #b1.wrong') && document.querySelector('.complaint')");
    const [bar, complaint] = await browser.ask(`[document.querySelector("#b1 rect"), document.querySelector(".complaint")].map((e) => { const b = e.getBoundingClientRect(); return [b.left, b.right, b.bottom]; })`);
    holds(complaint[0] >= bar[0] - 2 && complaint[0] <= bar[1] && complaint[2] >= bar[2] - 4, `the complaint stands at ${complaint}, the bar at ${bar}`);
    await type(CHART);
    await browser.until("!document.querySelector('.complaint') && document.querySelectorAll('.paper .bar').length === 8");
    holds((await words(".problems")) === "", "a complaint is left");
  }],
  ["one press, and it sounds; the cursor is where the sound is", async () => {
    await press();
    await browser.until("studio.player.playing && studio.player.position() > 0.2");
    await browser.until("document.querySelector('.paper .cursor') && document.querySelectorAll('.paper .note').length > 5");
    const bars = await browser.ask("fetch('/api/takes/' + JSON.parse(localStorage['sideman-studio']).take).then((r) => r.json()).then((t) => t.map.bars.map((b) => [b.seconds, b.until]))");
    const end = bars[bars.length - 1][1];
    for (let moment = 1; moment <= 10; moment += 1) {
      const at = (end * moment) / 11;
      await browser.until(`studio.player.position() >= ${at}`, 60);
      const [seconds, bar] = await browser.ask("new Promise((settle) => requestAnimationFrame(() => requestAnimationFrame(() => settle([studio.player.position(), Number(document.querySelector('.paper').dataset.bar)]))))");
      const [from, to] = bars[bar];
      holds(seconds > from - NEAR && seconds < to + NEAR, `at ${seconds} s the cursor is in bar ${bar + 1}, from ${from} to ${to}`);
      const [clock, frame] = await browser.ask("(() => { const p = studio.player, t = p.context.currentTime - (p.context.outputLatency || 0), s = [...p.pieces].reverse().find((s) => s.time <= t); return [p.position(), s.frame / 44100 + t - s.time]; })()");
      holds(Math.abs(clock - frame) < NEAR, `position ${clock}, sound ${frame}`);
    }
    await browser.until("!studio.player.playing", 60);
  }],
  ["a part that is muted is silent on its meter", async () => {
    await press();
    const level = (part) => `Number(document.querySelector('.level[data-part="${part}"]').dataset.level)`;
    await browser.until(`${level("bass")} > 0.002`);
    await browser.click(".strip:nth-child(3) .mute");
    await browser.until(`${level("bass")} < 0.00001`, 5);
    for (let i = 0; i < 20; i += 1) {
      await pause(20);
      holds((await browser.ask(level("bass"))) < 0.00001, "the bass is heard");
    }
    await browser.until(`${level("drums")} > 0.001`);
    await browser.click(".strip:nth-child(3) .mute");
    await browser.until(`${level("bass")} > 0.002`);
    await browser.key(" ", "Space");
    await browser.until("!studio.player.playing");
  }],
  ["bars 5 to 8 are played again, and the others stay", async () => {
    const notes = () => browser.ask("fetch('/api/takes/' + JSON.parse(localStorage['sideman-studio']).take).then((r) => r.json()).then((t) => t.map.notes.map((n) => [n.bar, n.pitch]))");
    const [first, before] = [await take(), await notes()];
    const middle = (bar) => browser.ask(`(() => { const b = document.querySelector("#b${bar} rect"); b.scrollIntoView({ block: "center" }); const r = b.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height - 3]; })()`);
    const to = await middle(7);
    const from = await middle(4);
    await browser.mouse("mousePressed", from);
    await browser.send("Input.dispatchMouseEvent", { type: "mouseMoved", x: (from[0] + to[0]) / 2, y: from[1], button: "left", buttons: 1 });
    await browser.send("Input.dispatchMouseEvent", { type: "mouseMoved", x: to[0], y: from[1], button: "left", buttons: 1 });
    await browser.mouse("mouseReleased", [to[0], from[1]]);
    holds((await words(".marks")) === "Bars 5–8", `marked: ${await words(".marks")}`);
    await browser.key("a", "KeyA");
    await browser.until(`JSON.parse(localStorage['sideman-studio']).take !== "${first}"`);
    const after = await notes();
    const part = (all, inside) => JSON.stringify(all.filter(([bar]) => (bar >= 4 && bar < 8) === inside));
    holds(part(before, false) === part(after, false), "other bars have changed");
    holds(part(before, true) !== part(after, true), "the marked bars are the same");
    await browser.until("document.querySelector('[data-role=press]').textContent === 'Play'");
    await browser.key("z", "KeyZ");
    await browser.until(`JSON.parse(localStorage['sideman-studio']).take === "${first}"`);
  }],
  ["marked bars loop, and another tempo is the same take", async () => {
    const bar = (number) => browser.ask(`fetch('/api/takes/' + JSON.parse(localStorage['sideman-studio']).take).then((r) => r.json()).then((t) => t.map.bars[${number}])`);
    const [first, last] = [await bar(4), await bar(7)];
    await browser.key("l", "KeyL");
    await browser.key(" ", "Space");
    await browser.until("studio.player.playing && studio.player.position() > 0.1", 10);
    const seen = [];
    for (let i = 0; i < 60; i += 1) {
      seen.push(await browser.ask("studio.player.position()"));
      await pause(100);
    }
    holds(seen.every((at) => at > first.seconds - NEAR && at < last.until + NEAR), `heard ${Math.min(...seen)} to ${Math.max(...seen)}`);
    holds(seen.some((at, i) => i > 0 && at < seen[i - 1] - 1), "it has not gone round");
    await browser.key("l", "KeyL");
    await browser.key(" ", "Space");
    await browser.until("!studio.player.playing");
    const before = await take();
    await browser.ask("(() => { const e = document.querySelector('#tempo'); e.value = 100; e.dispatchEvent(new Event('input')); })()");
    await browser.until("JSON.parse(localStorage['sideman-studio']).tempo === 100 && document.querySelector('[data-role=press]').textContent === 'Play'");
    await browser.key(" ", "Space");
    await browser.until("studio.player.playing && studio.player.end() < Infinity", 30);
    const frames = await browser.ask("studio.player.end()");
    holds(frames / 44100 > last.until * 1.9, `${frames} frames at half the tempo`);
    holds((await take()) === before, "another take");
    await browser.key(" ", "Space");
    await browser.click(".tempo .small");
    await browser.until("JSON.parse(localStorage['sideman-studio']).tempo === null");
  }],
  ["a note says what it is", async () => {
    await browser.until("document.querySelector('#n2')");
    await browser.click("#n2");
    await browser.until("!document.querySelector('.insight').hidden && document.querySelectorAll('.likely li').length === 6");
    const told = await words(".insight");
    holds(/Bar \d+, beat/.test(told) && /%/.test(told), told);
  }],
  ["files of two formats are dropped", async () => {
    for (const name of ["solo.mid", "solo.musicxml"]) {
      await type("C | F");
      const bytes = readFileSync(join(folder, name)).toString("base64");
      await browser.ask(`(() => { const bytes = Uint8Array.from(atob("${bytes}"), (c) => c.charCodeAt(0)); const data = new DataTransfer(); data.items.add(new File([bytes], "${name}"));
        document.querySelector(".view").dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true })); })()`);
      await browser.until("document.querySelector('#chart').value.includes('Gm7')");
    }
  }],
  ["downloads are there", async () => {
    const kinds = await browser.ask(`Promise.all([...document.querySelectorAll("a.file")].map(async (a) => { const r = await fetch(a.href); const b = new Uint8Array(await r.arrayBuffer()); return [a.textContent, r.status, String.fromCharCode(...b.slice(0, 4)), b.length]; }))`);
    const starts = { MIDI: "MThd", MP3: "ID3", WAV: "RIFF", MusicXML: "<?xm", PDF: "%PDF" };
    for (const [name, status, start, length] of kinds) holds(status === 200 && start.startsWith(starts[name]) && length > 500, `${name}: ${status} ${start} ${length}`);
    holds(kinds.length === 5, `${kinds.length} files`);
  }],
  ["a reload in the middle loses nothing", async () => {
    await type(CHART);
    const before = await take();
    await browser.ask("studio.player.seek(3), studio.player.start(), 0");
    await pause(300);
    await browser.open(address);
    await browser.until("document.querySelectorAll('.paper .note').length > 5");
    holds((await take()) === before, "another take");
    holds(Math.abs((await browser.ask("studio.player.position()")) - 3) < 1.5, "another place");
    await press();
    await browser.until("studio.player.playing && studio.player.position() > 3.2");
    await press();
    await browser.until("!studio.player.playing");
  }],
];

let failed = 0;
try {
  await browser.open(address);
  await browser.screen(1280, 900);
  for (const [name, test] of TESTS) {
    try {
      await test();
      console.log(`ok   ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`FAIL ${name}: ${error.stack}`);
    }
  }
  const elsewhere = browser.requests.filter((url) => !url.startsWith(address) && !/^(data|blob|about):/.test(url));
  if (browser.complaints.length || elsewhere.length) {
    failed += 1;
    console.log(`FAIL the console is silent and nothing is asked elsewhere: ${[...browser.complaints, ...elsewhere].join("\n")}`);
  }
} finally {
  await browser.close();
}
process.exitCode = failed ? 1 : 0;
