/**
 * The main path on the real server, in headless Chromium at 320 px.
 *
 *   node tests/real-check.mjs [--only keyboard|reloads] [--pictures FOLDER]
 *
 * keyboard: the whole tour (a check from end to end, an error, an emergency, the summary, forgetting) with nothing but
 *   the keyboard; in each state axe, sizes and the call link; over all, the policy and who was asked.
 * reloads: a check in which the page is loaded again at every step.
 *
 * Prints one line of JSON for each: {name, faults, ...}.
 */
import { launch, misfits, focused, until } from "./support/browser.mjs";
import { audit, smallType } from "./support/measure.mjs";
import { startRealServer } from "./support/real-server.mjs";
import { TOUR } from "./support/states.mjs";
import { choose, history, Keys, open, ownWords, sendButton, step } from "./support/ui.mjs";
import { seen } from "./support/watch.mjs";
import { args, report, startWorld } from "./support/world.mjs";

/** Milliseconds within which a page that was loaded again is as it was. */
const BACK = 1_000;
const named = args();
const browser = await launch();
/** Where pictures are measured: a contrast that axe cannot tell is judged by what is seen. */
const lab = await (await browser.newContext()).newPage();
const server = await startRealServer();

for (const [name, path] of Object.entries({ keyboard, reloads })) {
  if (named.only && !named.only.includes(name)) continue;
  const world = await startWorld(browser, server, { by: Keys });
  const found = { faults: [] };
  try {
    await path(world, found);
  } catch (error) {
    if (named.pictures) await world.page.screenshot({ path: `${named.pictures[0]}/${name}.png` });
    found.faults.push(`stopped: ${error.message}`);
  }
  found.faults.push(...(await world.faults()));
  await world.close();
  report(name, found);
}
await browser.close();
await server.close();

async function keyboard(world, found) {
  const { page, ui } = world;
  await page.addInitScript(() => (window.print = () => (window.top.printed = document.body.innerText)));
  await page.reload();
  for (const { name, go, leave } of TOUR) {
    await go(world);
    const here = [...(await audit(page, lab)), ...(await misfits(page)), ...(await smallType(page))];
    if (name !== "launcher" && (await focused(page)).tag === "body") here.push("the focus is on nothing");
    found.faults.push(...here.map((fault) => `${name}: ${fault}`));
    if (name === "summary") found.summary = await takeAlong(page, ui);
    await leave?.(world);
  }
  found.faults.push(...ui.faults);
  found.presses = ui.presses;
  found.emergencies = seen(page, "emergency").length;
}

/** Prints and saves the summary; what was on the paper. */
async function takeAlong(page, ui) {
  await ui.use(page.locator(".files [aria-describedby=print-help]"));
  const paper = await until(() => page.evaluate(() => window.printed), "the print");
  const files = page.locator(".files button:not([aria-describedby=print-help], [aria-describedby=copy-help])");
  for (let file = 0; file < (await files.count()); file++) {
    const download = page.waitForEvent("download");
    await ui.use(files.nth(file));
    await download;
  }
  return paper;
}

async function reloads(world, found) {
  const { page } = world;
  const slowest = { ms: 0 };
  // A busy machine only ever adds to the time: the best of a few tries is what the page needs.
  const again = async (where) => {
    let best = Infinity;
    for (let tries = 0; tries < 5 && best > BACK; tries++) best = Math.min(best, await once(where));
    if (best > slowest.ms) Object.assign(slowest, { ms: Math.round(best), where });
    if (best > BACK) found.faults.push(`${where}: back after ${Math.round(best)} ms`);
  };
  const once = async (where) => {
    // The page's name outlives a reload, and so tells the next page what to wait for.
    const before = await page.evaluate(() => (window.name = window.__look()));
    await page.reload({ waitUntil: "commit" });
    return until(() => page.evaluate(() => window.__back).catch(() => null), `${where} to be back; it was ${before}`, 15_000);
  };
  await page.addInitScript(lookInPage);
  await page.reload();
  await world.ui.use(page.locator("#launcher"));
  await step(page, "welcome");
  let steps = 0;
  for (;;) {
    const { step: now, multiple, choices } = await open(page);
    const ids = choices.map(({ id }) => id);
    await ownWords(page).fill(`half a sen at ${now}`);
    if (multiple) await page.locator(`#box-${ids[0]}`).check();
    await again(now);
    steps++;
    if (now === "summary") break;
    await ownWords(page).fill("");
    if (multiple) await page.locator(`#box-${ids[0]}`).uncheck();
    await answer(world, now, ids, multiple);
    await until(async () => (await open(page)).step !== now, `what follows ${now}`);
  }
  const said = (await history(page, server)).messages.length;
  const shown = await page.locator(".messages > li").count();
  if (said !== shown) found.faults.push(`${said} messages on the server, ${shown} on the page`);
  Object.assign(found, { steps, slowest });
}

/** One sign, one emergency that was not meant, and otherwise the least. */
async function answer(world, now, ids, multiple) {
  const hand = { page: world.page, use: (locator) => locator.click() };
  if (now === "right_now_1") await world.page.locator("#box-uncontrolled_bleeding").check();
  else if (now === "page_body") await world.page.locator("#box-night_sweats").check();
  else if (multiple) await world.page.locator("#box-none").check();
  if (multiple) return sendButton(world.page).click();
  return choose(hand, ["start", "not_meant", "self", "no", "weeks", "new", "not", "none", "finish"].find((id) => ids.includes(id)) ?? ids[0]);
}

/** What must be back: every message, the ticks, the words in the box, the emergency; and when it was. */
function lookInPage() {
  const watch = setInterval(() => {
    if (!window.name || window.__look() !== window.name) return;
    clearInterval(watch);
    window.__back = Math.max(1, performance.now() - window.__stall());
  }, 10);
  window.__look = () => {
    const root = document.querySelector("signpost-chat")?.shadowRoot;
    if (!root?.querySelector(".messages")) return undefined;
    return JSON.stringify([
      [...root.querySelectorAll(".messages > li")].map((line) => line.innerText),
      [...root.querySelectorAll("#choices input:checked")].map(({ id }) => id),
      root.querySelector("#own-words")?.value,
      root.querySelector("#banner")?.innerText ?? null,
    ]);
  };
}
