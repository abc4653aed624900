/**
 * Photographs the desk into a folder, on the walks of its browser tests: `<page>.png`, with names that stay the same.
 *
 *   node tests/desk-screenshots.mjs FOLDER
 *
 * `make screenshots-desk` calls it, and then makes the pictures small. A walk that finds a fault stops it.
 */
import { spawnSync } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const [folder] = process.argv.slice(2);
/** Of each walk, which pictures are kept, by the name that they get. */
const KEPT = {
  "real-desk.mjs": {
    "sign-in": "sign-in", queue: "queue", case: "case", "case-clinician": "case-clinician", sheet: "sheet", practice: "practice",
    "practice-800": "practice-800", "practice-800-dark": "practice-800-dark", "practice-800-forced": "practice-800-forced",
  },
  "real-desk-call.mjs": { call: "keyboard-1280-page", "call-800": "keyboard-800-page", "call-red-flag": "keyboard-1280-red-flag", "call-end": "keyboard-1280-end" },
  "real-desk-supervisor.mjs": { overview: "overview-1280-light", accounts: "accounts-1280-light", counts: "counts-1280-light", hours: "hours-1280-light", snippets: "snippets-1280-light" },
};

await mkdir(folder, { recursive: true });
for (const [script, kept] of Object.entries(KEPT)) {
  const taken = await mkdtemp(join(tmpdir(), "desk-"));
  const path = fileURLToPath(new URL(script, import.meta.url));
  const done = spawnSync(process.execPath, [path, "--pictures", taken], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  const faults = done.stdout.split("\n").filter(Boolean).flatMap((line) => JSON.parse(line).faults);
  if (done.status !== 0 || faults.length) {
    console.error(`${script} found faults:\n${faults.join("\n")}`);
    process.exit(1);
  }
  for (const [name, from] of Object.entries(kept)) await copyFile(join(taken, `${from}.png`), join(folder, `${name}.png`));
  await rm(taken, { recursive: true });
}
