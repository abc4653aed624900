/**
 * What becomes of a check when things break, on the real server.
 *
 *   node tests/real-faults.mjs --case NAME ...     the named cases of `support/cases.mjs`; all without a name
 *   node tests/real-faults.mjs --seeds 1-100       seeded walks with seeded faults; `--workers 3` at a time
 *   node tests/real-faults.mjs --seeds 17          one of them alone, exactly as it was
 *
 * Prints one line of JSON for each: {name, faults, ...}.
 */
import { launch } from "./support/browser.mjs";
import { CASES } from "./support/cases.mjs";
import { startRealServer } from "./support/real-server.mjs";
import { walk } from "./support/walk.mjs";
import { args, report } from "./support/world.mjs";

const named = args();
const browser = await launch();

if (named.seeds) {
  const seeds = named.seeds.flatMap((range) => {
    const [first, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
  // A server for each worker: one is killed and started again without a word to the others.
  await Promise.all(Array.from({ length: Math.min(seeds.length, Number(named.workers?.[0] ?? 1)) }, () => work(seeds)));
} else {
  const server = await startRealServer();
  for (const [name, run] of Object.entries(CASES).filter(([one]) => !named.case || named.case.includes(one))) {
    const found = { faults: [] };
    try {
      await run({ browser, server, found });
    } catch (error) {
      found.faults.push(`stopped: ${error.message}`);
    }
    report(name, found);
  }
  await server.close();
}
await browser.close();

async function work(seeds) {
  const server = await startRealServer();
  for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) report(`seed-${seed}`, await walk(browser, server, seed));
  await server.close();
}
