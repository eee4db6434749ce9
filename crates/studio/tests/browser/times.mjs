// How soon: node times.mjs CHROMIUM ADDRESS [TIMES=10] — medians from the press to the first sound, and of the page.

import { Browser } from "./driver.mjs";

const [, , chromium, address, times = "10"] = process.argv;
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const browser = new Browser(chromium);
const [sounds, pages] = [[], []];
try {
  await browser.open(address);
  await browser.screen(1280, 900);
  for (let i = 0; i < Number(times); i += 1) {
    await browser.open(address);
    pages.push(await browser.ask("performance.getEntriesByName('ready')[0].startTime"));
    const other = "document.querySelectorAll('.buttons button')[1]";
    if (i > 0) await browser.until(`!${other}.disabled`);
    const pressed = await browser.ask(`(() => { studio.player.heard = 0; const t = performance.now(); (${other}.disabled ? document.querySelector("[data-role=press]") : ${other}).click(); return t; })()`);
    const heard = await browser.until("studio.player.playing && studio.player.heard", 60);
    sounds.push(heard - pressed);
    await browser.ask("studio.player.stop(), 0");
  }
} finally {
  await browser.close();
}
console.log(`first sound ${median(sounds).toFixed(0)} ms (${Math.min(...sounds).toFixed(0)} to ${Math.max(...sounds).toFixed(0)}), page ready ${median(pages).toFixed(0)} ms (${Math.min(...pages).toFixed(0)} to ${Math.max(...pages).toFixed(0)}), n = ${sounds.length}`);
