// How soon and how light: node times.mjs CHROMIUM SIDEMAN [TIMES=10] — medians of the page from the start of the
// program, of the first sound from the press, and what the idle program takes (Linux).

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Browser, pause } from "./driver.mjs";

const [, , chromium, sideman, times = "10"] = process.argv;
const n = Number(times);
/** Seconds of idleness that are looked at, and ticks of `/proc` in a second. */
const [IDLE, TICKS] = [20, 100];
const home = mkdtempSync(join(tmpdir(), "studio-times-"));
const line = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b).map(Math.round);
  return `${sorted[Math.floor(sorted.length / 2)]} ms (${sorted[0]} to ${sorted.at(-1)})`;
};

/** Starts the program; gives it and its address. */
function studio() {
  const program = spawn(sideman, ["studio", "--no-open", "--port", "0"], { env: { ...process.env, XDG_DATA_HOME: home }, stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((settle) => program.stdout.once("data", (data) => settle([program, data.toString().trim()])));
}

const ended = (program) => new Promise((settle) => {
  program.once("exit", settle);
  program.kill("SIGINT");
});
const ticks = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return Number(fields[11]) + Number(fields[12]);
};

const browser = new Browser(chromium);
const [pages, sounds] = [[], []];
try {
  for (let i = 0; i < n; i += 1) {
    const start = Date.now();
    const [program, address] = await studio();
    await browser.open(address);
    pages.push(await browser.ask("performance.timeOrigin + performance.getEntriesByName('ready')[0].startTime") - start);
    await ended(program);
  }
  const [program, address] = await studio();
  await browser.screen(1280, 900);
  for (let i = 0; i < n; i += 1) {
    await browser.open(address);
    const other = "document.querySelectorAll('.buttons button')[1]";
    if (i > 0) await browser.until(`!${other}.disabled`);
    await pause(300);
    const pressed = await browser.ask(`(() => { studio.player.heard = 0; const t = performance.now(); (${other}.disabled ? document.querySelector("[data-role=press]") : ${other}).click(); return t; })()`);
    sounds.push(await browser.until("studio.player.playing && studio.player.heard", 60) - pressed);
    await browser.ask("studio.player.stop(), 0");
  }
  await pause(3000);
  const before = ticks(program.pid);
  await pause(1000 * IDLE);
  const share = (ticks(program.pid) - before) / TICKS / IDLE;
  const [, memory] = readFileSync(`/proc/${program.pid}/status`, "utf8").match(/VmRSS:\s+(\d+)/);
  console.log(`page ready ${line(pages)} after the start of the program, first sound ${line(sounds)} after the press, n = ${n}`);
  console.log(`idle: ${(100 * share).toFixed(1)} % of a core over ${IDLE} s, ${(Number(memory) / 1024).toFixed(0)} MiB`);
  await ended(program);
} finally {
  await browser.close();
  rmSync(home, { recursive: true, force: true });
}
