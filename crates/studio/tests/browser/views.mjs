// Learn, Judge, Practise and Trade in a real browser: node views.mjs CHROMIUM ADDRESS FOLDER — the folder has solo.mid to drop.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Browser, holds, pause } from "./driver.mjs";

const [, , chromium, address, folder] = process.argv;
/** Seconds that a training or a take may need on a machine that does other things too. */
const LONG = 240;

const browser = new Browser(chromium);
const words = (selector) => browser.ask(`document.querySelector(${JSON.stringify(selector)})?.textContent ?? ""`);
const set = (label, value) => browser.choose(label, value);
const show = async (view) => {
  await browser.ask(`location.hash = "${view}", 0`);
  await browser.until(`document.querySelector(".view.${view}")`);
};
const sounds = "studio.player.playing && studio.player.position() > 0.2";

/** Drops a file on the view. @param {string} name @param {Buffer | string} content */
const drop = (name, content) => browser.ask(`(() => { const bytes = Uint8Array.from(atob("${Buffer.from(content).toString("base64")}"), (c) => c.charCodeAt(0)); const data = new DataTransfer(); data.items.add(new File([bytes], "${name}"));
  document.querySelector(".view").dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true })); })()`);

/** An instrument that is played from the test. */
const MIDI = `window.midi = { name: "Test Keys", onmidimessage: null };
  navigator.requestMIDIAccess = async () => ({ inputs: new Map([["1", window.midi]]), onstatechange: null });
  window.strike = (status, pitch) => window.midi.onmidimessage({ data: new Uint8Array([status, pitch, 96]), timeStamp: performance.now() }); 0`;

/** @type {[string, () => Promise<void>][]} */
const TESTS = [
  ["the classic learns, and is heard before and after", async () => {
    await show("learn");
    await set("Epochs", 6);
    await browser.click("[data-role=learn]");
    await browser.until("document.querySelector('[data-epoch=\"0\"]')", LONG);
    await browser.click("[data-epoch='0']");
    await browser.until(sounds, LONG);
    await browser.click("[data-epoch='0']");
    await browser.until("!studio.player.playing");
    await browser.until("document.querySelector('[data-role=told]').textContent.startsWith('Learned')", LONG);
    holds((await browser.ask("document.querySelectorAll('[data-epoch]').length")) === 3, "stages are missing");
    holds((await browser.ask("document.querySelectorAll('.curve polyline').length")) === 2, "the curve has not two lines");
    holds((await browser.ask("document.querySelectorAll('.curve .floor').length")) === 2, "the floors are missing");
    const heat = await browser.ask("(() => { const c = document.querySelector('.heat'); const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; return [c.width, c.height, new Set(d).size]; })()");
    holds(heat[0] === 30 && heat[1] === 64 && heat[2] > 20, `heat map ${heat}`);
    await browser.until("document.querySelectorAll('.path-list > li').length === 6", LONG);
    const [c, sum] = await browser.ask("(() => { const [c, h] = [...document.querySelectorAll('.sum')].map((e) => e.textContent.replaceAll('−', '-')); const n = c.match(/-?[0-9.]+/g).map(Number); return [n[4], n[0] * n[1] + n[2] * n[3]]; })()");
    holds(Math.abs(c - sum) < 0.005, `the memory says ${c}, its sum is ${sum}`);
    const before = await words(".path");
    await browser.click("[data-role=next-value]");
    await browser.until(`document.querySelector(".path").textContent !== ${JSON.stringify(before)}`);
  }],
  ["a reload shows the training again", async () => {
    await browser.open(`${address}#learn`);
    await browser.send("Page.reload");
    await browser.until("document.querySelector('[data-role=told]')?.textContent.startsWith('Learned')", LONG);
  }],
  ["a training is cancelled", async () => {
    await set("Epochs", 400);
    await browser.click("[data-role=learn]");
    await browser.until("/Epoch \\d/.test(document.querySelector('[data-role=told]').textContent)", LONG);
    await pause(1000);
    await browser.click("[data-role=learn]");
    await browser.until("document.querySelector('[data-role=told]').textContent.startsWith('Cancelled')", LONG);
  }],
  ["a file is learned from, and played with", async () => {
    const bytes = readFileSync(join(folder, "solo.mid"));
    await drop("solo.mid", bytes);
    await browser.until("document.querySelector('.lesson .parts')");
    holds((await words(".lesson")).includes("melody"), await words(".lesson"));
    const taken = await words(".lesson p");
    const read = "!document.querySelector('[data-role=learn]').disabled";
    await browser.until(read);
    await set("Melody", 2);
    await browser.until(`${read} && document.querySelector(".lesson p").textContent !== ${JSON.stringify(taken)}`);
    await set("Melody", 1);
    await browser.until(`${read} && document.querySelector(".lesson p").textContent === ${JSON.stringify(taken)}`);
    await browser.until("document.querySelector('[data-role=learn]').textContent === 'Learn from my music'");
    await set("Epochs", 3);
    await browser.click("[data-role=learn]");
    await browser.until("document.querySelector('[data-role=told]').textContent.startsWith('Learned')", LONG);
  }],
  ["the player goes on learning, and is among the networks of Play", async () => {
    await set("Who learns", "player");
    await set("Epochs", 1);
    await browser.click("[data-role=learn]");
    await browser.until("document.querySelector('[data-role=hear-adapted]')", LONG);
    await browser.click("[data-role=hear-adapted]");
    await browser.until(sounds, LONG);
    await browser.click("[data-role=hear-adapted]");
    await show("play");
    await browser.until("[...document.querySelectorAll('.field option')].some((own) => own.textContent.startsWith('The player, adapted'))");
    await browser.open(`${address}#learn`);
    await set("Who learns", "classic");
  }],
  ["a take is laid beside real solos", async () => {
    await show("judge");
    await browser.until("document.querySelectorAll('.choices input').length > 0");
    await browser.click("[data-role=judge]");
    await browser.until("document.querySelectorAll('.bands li').length > 10 && document.querySelector('.originality')", LONG);
  }],
  ["the blind test counts", async () => {
    await browser.click("[data-role=trial]");
    await browser.until("document.querySelectorAll('.excerpts li').length === 8", LONG);
    await browser.click(".excerpts li:nth-child(2) button");
    await browser.until(sounds, LONG);
    await browser.click(".excerpts li:nth-child(2) button");
    for (let i = 1; i <= 8; i += 1) await browser.click(`.excerpts li:nth-child(${i}) [data-real=${i % 2 === 0}]`);
    await browser.click("[data-role=guess]");
    await browser.until("/\\d of 8 right.*95 % confidence/.test(document.querySelector('[data-role=score]').textContent)");
    holds((await browser.ask("document.querySelectorAll('.excerpts .right, .excerpts .wrong-guess').length")) === 8, "not every excerpt is told");
  }],
  ["a take is practised with, in four keys and faster", async () => {
    await show("practise");
    await set("The line", "fresh");
    await set("Keys", "C F Bb Eb");
    await set("Bars", "1-4");
    await set("From", 120);
    await set("To", 180);
    await browser.click("[data-role=practise]");
    await browser.until(sounds, LONG);
    await browser.until("document.querySelectorAll('.paper .bar').length >= 16", LONG);
    const passes = await browser.ask("[...document.querySelectorAll('.passes button')].map((b) => b.textContent)");
    holds(passes.join() === "C 120,F 140,B♭ 160,E♭ 180", passes.join());
    await browser.click(".passes button:nth-child(3)");
    await browser.until("document.querySelector('.passes button:nth-child(3)').getAttribute('aria-pressed') === 'true' && Number(document.querySelector('.paper').dataset.bar) >= 8", LONG);
    await browser.click("[data-role=practise]");
    await browser.until("!studio.player.playing");
  }],
  ["a tune in a file is practised with", async () => {
    await set("The line", "file");
    await browser.until("document.querySelector('[data-role=practise]').disabled");
    await drop("tune.abc", "X:1\nT:Scale\nM:4/4\nL:1/4\nK:C\n\"C\"CDEF|\"G7\"GABc|\"C\"cBAG|\"G7\"FEDC|\n");
    await set("Bars", "");
    await browser.until("!document.querySelector('[data-role=practise]').disabled");
    await browser.click("[data-role=practise]");
    await browser.until(sounds, LONG);
    await browser.until("document.querySelector('.paper')?.textContent.includes('Scale')", LONG);
    await browser.click("[data-role=practise]");
    await set("The line", "take");
  }],
  ["eight bars are traded by MIDI, and become a take", async () => {
    await show("trade");
    await browser.ask(MIDI);
    await browser.click("[data-role=find-midi]");
    await browser.until("document.querySelector('[data-role=midi]').textContent === 'Test Keys'");
    await set("Bars in a turn", 4);
    await set("Choruses", 1);
    await set("Tempo", 240);
    await browser.click("[data-role=trade]");
    await browser.until("document.querySelector('.whose').textContent === 'Your turn'", LONG);
    for (const pitch of [60, 64, 67, 70, 69, 67, 64, 60]) {
      await browser.ask(`strike(0x90, ${pitch}), 0`);
      await pause(140);
      await browser.ask(`strike(0x80, ${pitch}), 0`);
      await pause(40);
    }
    await browser.until("document.querySelector('.whose').textContent.startsWith('Its turn')", LONG);
    await browser.until("/2:[0-9.]+/.test(document.querySelector('.trade').dataset.late)", LONG);
    console.log(`     late, by turn in seconds: ${await browser.ask("document.querySelector('.trade').dataset.late")}`);
    await browser.click("[data-role=trade]");
    await browser.until("document.querySelectorAll('.paper .note').length > 8 && document.querySelector('[data-role=hear-trade]')", LONG);
    holds((await words(".whose")).startsWith("You played 8 notes"), await words(".whose"));
    await browser.click("[data-role=hear-trade]");
    await browser.until(sounds, LONG);
    await browser.click("[data-role=hear-trade]");
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
