// Pictures of every view at both widths, light and dark: node screenshots.mjs CHROMIUM ADDRESS FOLDER [VIEW…]

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Browser, pause } from "./driver.mjs";

const [, , chromium, address, folder, ...only] = process.argv;
const browser = new Browser(chromium);
const set = (label, value) => browser.choose(label, value);

/** Plays until something happens on the page, and stops. */
async function heard(role, seconds) {
  await browser.click(`[data-role=${role}]`);
  await browser.until(`studio.player.playing && studio.player.position() > ${seconds}`);
  await browser.click(`[data-role=${role}]`);
  await browser.until("!studio.player.playing");
}

/** Brings something onto each view. @type {Record<string, () => Promise<void>>} */
const SCENES = {
  play: () => heard("press", 4),
  practise: async () => {
    await set("Keys", "C F Bb Eb");
    await set("To", 180);
    await heard("practise", 7);
  },
  trade: async () => {
    await set("Choruses", 1);
    await set("Tempo", 240);
    await browser.click("[data-role=trade]");
    await browser.until("document.querySelector('.whose').textContent === 'Your turn'", 60);
    for (const key of ["b", "m", "q", "w", "e", "w", "q", "m", "b", "c"]) {
      const code = `Key${key.toUpperCase()}`;
      await browser.send("Input.dispatchKeyEvent", { type: "keyDown", key, code });
      await pause(130);
      await browser.send("Input.dispatchKeyEvent", { type: "keyUp", key, code });
    }
    await browser.until("document.querySelector('[data-role=hear-trade]')", 60);
  },
  learn: async () => {
    await set("Epochs", 20);
    await browser.click("[data-role=learn]");
    await browser.until("document.querySelector('[data-role=told]').textContent.startsWith('Learned')", 240);
  },
  judge: async () => {
    await browser.click("[data-role=judge]");
    await browser.until("document.querySelectorAll('.bands li').length > 10", 120);
  },
};

/** What a view shows is gone when it is left: Judge has to be asked again. */
const FORGETS = new Set(["judge"]);

try {
  mkdirSync(folder, { recursive: true });
  await browser.open(address);
  for (const [view, scene] of Object.entries(SCENES).filter(([view]) => view === "play" || only.length === 0 || only.includes(view))) {
    await browser.screen(1280, 900);
    await browser.ask(`location.hash = "${view}", 0`);
    await browser.until(`document.querySelector(".view.${view}")`);
    await pause(500);
    await scene();
    for (const dark of [false, true]) {
      for (const [width, height] of [[1280, 900], [390, 844]]) {
        await browser.screen(width, height, dark);
        if (!FORGETS.has(view)) {
          await browser.send("Page.reload");
          await browser.until("document.documentElement.dataset.ready === 'true'");
        }
        await pause(1500);
        await browser.ask("document.activeElement.blur(), scrollTo(0, 0), 0");
        await pause(300);
        writeFileSync(join(folder, `${view}-${width}-${dark ? "dark" : "light"}.png`), await browser.picture());
      }
    }
  }
} finally {
  await browser.close();
}
if (browser.complaints.length) console.log(browser.complaints);
