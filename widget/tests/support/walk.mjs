/** A seeded walk through the checklist by a person at the page, with seeded faults between the page and the server. */
import { setTimeout as wait } from "node:timers/promises";

import { until } from "./browser.mjs";
import { random } from "./random.mjs";
import { history, open, ownWords, sendButton } from "./ui.mjs";
import { seen } from "./watch.mjs";
import { startWorld } from "./world.mjs";

/** Milliseconds: a word that it takes longer; and the answer delivered, after the last fault was over. */
const NOTICE = 2_000;
const RESUME = 10_000;
const ANSWERS = 14;
/** Choices that end the check or lead out of it. */
const AWAY = new Set(["restart", "forget", "ask", "person", "skip", "back"]);
const KINDS = [
  ...Array(5).fill("503"),
  ...Array(3).fill("before"),
  ...Array(5).fill("after"),
  ...Array(3).fill("half"),
  ...Array(3).fill("slow"),
  ...Array(3).fill("twice"),
  "lost",
];

/** @returns {faults, answers, broken, restarts, slowestNotice, slowestResume}, in milliseconds */
export async function walk(browser, server, seed) {
  const rng = random(seed);
  const world = await startWorld(browser, server, rng.chance(0.5) ? { width: 320, height: 640 } : { width: 1280, height: 800 });
  const { page, proxy } = world;
  const found = { faults: [], answers: 0, broken: 0, restarts: 0, reloads: 0, slowestNotice: 0, slowestResume: 0 };
  const said = [];
  proxy.plan = faultsOf(seed, rng.pick([0.15, 0.3, 0.5]));
  const restartAt = rng.chance(0.25) ? rng.between(2, 10) : -1;
  let restarted = Promise.resolve();
  try {
    await page.locator("#launcher").click();
    await settled(world, found, Date.now());
    for (let turn = 0; turn < ANSWERS && (await open(page)).step !== "summary"; turn++) {
      if (turn === restartAt) restarted = restart(server, proxy, found, rng.between(300, 2_500));
      if (turn !== restartAt && rng.chance(0.12)) await reload(page, found);
      const begin = Date.now();
      await act(page, rng, said, `seed ${seed} turn ${turn}`);
      if (rng.chance(0.12)) {
        await wait(rng.between(0, 300));
        // A page that is loaded while its server is down has nothing to load itself from.
        await restarted;
        await reload(page, found);
      }
      await restarted;
      await settled(world, found, begin);
    }
    proxy.plan = () => null;
    await reload(page, found);
    await settled(world, found, Date.now());
    await compare(world, server, said, found);
  } catch (error) {
    found.faults.push(`stopped: ${error.message}`);
    found.log = proxy.log.slice(-30);
  }
  await restarted;
  for (const { ms, stall } of seen(page, "wait")) {
    found.slowestNotice = Math.max(found.slowestNotice, ms);
    if (ms - stall > NOTICE) found.faults.push(`${ms} ms without a word, ${stall} of them the machine's`);
  }
  found.answers = said.length;
  found.broken = proxy.health.faults;
  found.faults.push(...(await world.faults()));
  await world.close();
  return found;
}

/** The faults of each kind of request are drawn apart, so that one request more of another kind changes nothing. */
function faultsOf(seed, share) {
  const drawn = new Map();
  return ({ method, path }) => {
    const kind = `${method} ${path.split("?")[0]}`;
    if (!drawn.has(kind)) drawn.set(kind, { rng: random(seed * 1_009 + [...kind].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7)), row: 0 });
    const state = drawn.get(kind);
    const fault = state.rng.chance(share) && state.row < 4;
    state.row = fault ? state.row + 1 : 0;
    const broken = state.rng.pick(kind === "GET /events" ? ["503", "before"] : KINDS);
    const ms = state.rng.between(300, 5_000);
    return fault ? { kind: broken, ms } : null;
  };
}

async function restart(server, proxy, found, pause) {
  found.restarts++;
  await server.kill();
  await wait(pause);
  await server.start();
  proxy.health.since = Date.now();
}

async function reload(page, found) {
  found.reloads++;
  await page.reload();
  await until(async () => (await open(page)).messages > 0, "the chat after a reload", 30_000);
}

/** One thing that a person does; `said` gets what the server must have in its record. */
async function act(page, rng, said, tag) {
  const { multiple, choices } = await open(page);
  const words = `${tag} in my own words`;
  const offered = choices.filter(({ id }) => !AWAY.has(id));
  const labels = (chosen) => chosen.map(({ label }) => label).join("; ");
  const alone = !offered.length || rng.chance(0.15);
  if (alone) {
    said.push(words);
    await ownWords(page).fill(words);
    await sendButton(page).click();
  } else if (multiple) {
    const lines = offered.filter(({ id }) => id !== "none");
    const chosen = rng.chance(0.5) || !lines.length ? offered.filter(({ id }) => id === "none") : [rng.pick(lines), rng.pick(lines)];
    const ticked = offered.filter((one) => (chosen.length ? chosen : [offered[0]]).includes(one));
    const more = rng.chance(0.25) ? words : "";
    for (const { id } of ticked) await page.locator(`#box-${id}`).check();
    if (more) await ownWords(page).fill(more);
    said.push([labels(ticked), more].filter(Boolean).join("\n"));
    await (rng.chance(0.15) ? sendButton(page).dblclick() : sendButton(page).click());
  } else {
    const chosen = rng.pick(offered);
    said.push(chosen.label);
    // The same label may stand in a longer one, so the place among all buttons says which is meant.
    const button = page.locator("#choices button").nth(choices.filter(({ id }) => !["skip", "back"].includes(id)).indexOf(chosen));
    await (rng.chance(0.2) ? button.dblclick() : button.click());
  }
  if (rng.chance(0.15)) {
    // More words while the answer is on its way.
    const more = `${tag} and one more thing`;
    said.push(more);
    await ownWords(page).fill(more);
    await sendButton(page).click();
  }
}

/** Waits until nothing waits to be sent, which must not take long once the faults are over. */
async function settled({ page, proxy }, found, begin) {
  const before = proxy.health.server;
  await until(async () => {
    const now = await open(page);
    return now.waiting === 0 && now.phase === "ready" && now.messages > 0;
  }, "delivery", 90_000);
  if (proxy.health.since <= begin) return;
  // What the server itself took on a busy machine is no part of going on again.
  const late = Date.now() - proxy.health.since - (proxy.health.server - before);
  found.slowestResume = Math.max(found.slowestResume, late);
  if (late > RESUME) found.faults.push(`went on ${late} ms after the last fault`);
}

/** Server, page and person must agree on what was said. */
async function compare({ page }, server, said, found) {
  const record = (await history(page, server)).messages;
  const kept = record.filter(({ author }) => author === "person").map(({ text }) => text);
  if (JSON.stringify(kept) !== JSON.stringify(said)) {
    found.faults.push(`lost: ${JSON.stringify(said.filter((one) => !kept.includes(one)))}; not as said: ${JSON.stringify({ kept, said })}`);
  }
  const shown = await page.evaluate(() => {
    const host = document.querySelector("signpost-chat");
    return { messages: host.chat.messages.map(({ id, author }) => ({ id, author })), lines: host.shadowRoot.querySelectorAll(".messages > li").length };
  });
  const line = ({ id, author }) => (author === "person" ? "person" : id);
  if (shown.messages.map(line).join() !== record.map(line).join()) found.faults.push(`the page shows ${shown.messages.length} messages, the server has ${record.length}, or in another order`);
  if (shown.lines !== record.length) found.faults.push(`${shown.lines} lines for ${record.length} messages`);
}
