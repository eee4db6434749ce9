// Pictures of every view at both widths, light and dark: node screenshots.mjs CHROMIUM ADDRESS FOLDER [VIEW…]

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Browser } from "./driver.mjs";

const [, , chromium, address, folder, ...only] = process.argv;
const views = only.length ? only : ["play", "practise", "trade", "learn", "judge"];
const pause = (milliseconds) => new Promise((settle) => setTimeout(settle, milliseconds));

const browser = new Browser(chromium);
try {
  mkdirSync(folder, { recursive: true });
  await browser.open(address);
  // A take on the desk, stopped in a bar in which something happens.
  await browser.screen(1280, 900);
  await browser.click("[data-role=press]");
  await browser.until("studio.player.playing && studio.player.position() > 4");
  await browser.click("[data-role=press]");
  for (const dark of [false, true]) {
    for (const [width, height] of [[1280, 900], [390, 844]]) {
      await browser.screen(width, height, dark);
      for (const view of views) {
        await browser.ask(`localStorage.setItem("x", ""), location.hash = "${view}", 0`);
        await pause(1200);
        await browser.ask("document.activeElement.blur(), scrollTo(0, 0), 0");
        await pause(200);
        writeFileSync(join(folder, `${view}-${width}-${dark ? "dark" : "light"}.png`), await browser.picture());
      }
    }
  }
} finally {
  await browser.close();
}
if (browser.complaints.length) console.log(browser.complaints);
