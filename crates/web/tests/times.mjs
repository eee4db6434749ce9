// How soon, beside the program: node times.mjs CHROMIUM SITE SIDEMAN [TIMES=5] [EPOCHS=20] — medians in a fresh browser
// each: from opening to a page that is ready and to the first sound, then of a solo over 32 bars, of all its sound, and of
// epochs of the classic, asked for in the same way on the site and of the program's studio.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Browser } from "../../studio/tests/browser/driver.mjs";
import { serve } from "./static.mjs";

const [, , chromium, site, sideman, times = "5", epochs = "20"] = process.argv;
const CHART = "Cm7 | F7 | Bbmaj7 | Ebmaj7 | Am7b5 | D7b9 | Gm6 | % | ".repeat(4).slice(0, -3);
const home = mkdtempSync(join(tmpdir(), "sideman-times-"));

/** The studio of the program; gives the address and what ends it. */
function studio() {
  const program = spawn(sideman, ["studio", "--no-open", "--port", "0"], { env: { ...process.env, XDG_DATA_HOME: home }, stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((settle) => program.stdout.once("data", (data) => settle({ address: data.toString().trim(), end: () => program.kill("SIGINT") })));
}

/** Asks in the page, and says how long it took. */
const timed = (address, work) => `(async () => {
  const { send } = await import("${address}page/transport.js");
  const post = (path, body) => send(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }).then((r) => r.json());
  const start = performance.now();
  ${work}
  return performance.now() - start;
})()`;

/** Milliseconds of each thing, in a browser of its own. */
async function measured(address) {
  const browser = new Browser(chromium);
  try {
    await browser.open("about:blank", "true");
    await browser.screen(1280, 900);
    await browser.open(address);
    const ready = await browser.ask("performance.getEntriesByName('ready')[0].startTime");
    await browser.ask("document.querySelector('[data-role=press]').click()");
    const sound = await browser.until("studio.player.playing && studio.player.heard", 120);
    await browser.ask("studio.player.stop(), studio.player.loading.abort(), 0");
    const order = { chart: CHART, choruses: 1, seed: 1 };
    const solo = await browser.ask(timed(address, `window.made = await post("/api/takes", ${JSON.stringify(order)});`));
    const parts = await browser.ask(timed(address, "await Promise.all(window.made.parts.map((_, part) => send(`/api/takes/${window.made.id}/stems/${part}`).then((r) => r.arrayBuffer())));"));
    const classic = await browser.ask(timed(address, `const { job } = await post("/api/learn", { epochs: ${epochs} }); await send(\`/api/jobs/\${job}/events\`).then((r) => r.text());`));
    return { ready, "first sound": sound, "32 bars": solo, "their sound": parts, [`${epochs} epochs`]: classic };
  } finally {
    await browser.close();
  }
}

const all = { site: [], program: [] };
const doors = { site: await serve(site), program: await studio() };
try {
  for (let i = 0; i < Number(times); i += 1) for (const door of ["site", "program"]) all[door].push(await measured(doors[door].address));
} finally {
  for (const { end } of Object.values(doors)) end();
  rmSync(home, { recursive: true, force: true });
}
for (const name of Object.keys(all.site[0])) {
  const of = (door) => all[door].map((one) => one[name]).sort((a, b) => a - b).map(Math.round);
  const middle = (numbers) => numbers[Math.floor(numbers.length / 2)];
  const [here, there] = [of("site"), of("program")];
  console.log(`${name}: site ${middle(here)} ms (${here[0]} to ${here.at(-1)}), program ${middle(there)} ms (${there[0]} to ${there.at(-1)}), ${(middle(here) / middle(there)).toFixed(1)} times, n = ${times}`);
}
