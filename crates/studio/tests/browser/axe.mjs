// Contrast and labels: node axe.mjs CHROMIUM ADDRESS AXE — AXE is axe.min.js of the npm package axe-core.

import { readFileSync } from "node:fs";
import { Browser, pause } from "./driver.mjs";

const [, , chromium, address, axe] = process.argv;
const browser = new Browser(chromium);
let serious = 0;
try {
  await browser.open(address);
  await browser.screen(1280, 900);
  await browser.click("[data-role=press]");
  await browser.until("document.querySelectorAll('.paper .note').length > 5");
  await browser.click("[data-role=press]");
  await browser.ask("location.hash = 'learn', 0");
  await browser.until("document.querySelector('[data-role=learn]')");
  await browser.click("[data-role=learn]");
  await browser.until("document.querySelector('[data-epoch=\"5\"]')");
  await browser.ask(`${readFileSync(axe, "utf8")}; 0`);
  for (const dark of [false, true]) {
    for (const width of [1280, 390]) {
      await browser.screen(width, 900, dark);
      for (const view of ["play", "practise", "trade", "learn", "judge"]) {
        await browser.ask(`location.hash = "${view}", 0`);
        await pause(700);
        if (view === "judge") {
          await browser.click("[data-role=judge]");
          await browser.until("document.querySelectorAll('.bands li').length > 10");
        }
        const found = await browser.ask("axe.run(document).then((r) => r.violations.map((v) => [v.impact, v.id, v.nodes.length, v.nodes[0].html.slice(0, 120), v.nodes[0].failureSummary.slice(0, 200)]))");
        for (const [impact, id, count, html, summary] of found) {
          if (["serious", "critical"].includes(impact)) serious += 1;
          console.log(`${view} ${width} ${dark ? "dark" : "light"}: ${impact} ${id} (${count}) ${html}\n    ${summary.replaceAll("\n", " ")}`);
        }
      }
    }
  }
} finally {
  await browser.close();
}
console.log(`${serious} serious findings`);
process.exitCode = serious ? 1 : 0;
