/**
 * How fast the first question is there, on a slow phone: 360 px, 1.6 Mbit/s, 150 ms there and back, a quarter of this
 * processor. `bench/widget.py` calls it and prints the table.
 *
 *   node tests/speed.mjs URL [runs]
 *
 * Prints one JSON object: {first: [ms], blocking: [ms], shift: [score], before: {bytes, longTasks}}.
 */
import { launch, newPage, until } from "./support/browser.mjs";

const [url, runs = "5"] = process.argv.slice(2);
const SLOW = { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 0.75e6 / 8 };

const browser = await launch();
const found = { first: [], blocking: [], shift: [], before: null };
for (let run = 0; run < Number(runs); run++) {
  const { page, close } = await phone("press");
  await page.goto(`${url}/demo`, { waitUntil: "commit" });
  const first = await until(() => page.evaluate(() => window.__first), "the first question", 60_000);
  const { tasks, shift } = await page.evaluate(() => window.__speed);
  found.first.push(Math.round(first));
  found.blocking.push(Math.round(tasks.filter(({ at }) => at < first).reduce((sum, { ms }) => sum + ms - 50, 0)));
  found.shift.push(Math.round(shift * 10_000) / 10_000);
  await close();
}
const { page, close } = await phone();
await page.goto(`${url}/demo`, { waitUntil: "load" });
// Long enough for anything that the loader might start by itself.
await new Promise((resolve) => setTimeout(resolve, 2_000));
found.before = await page.evaluate(() => ({
  bytes: performance.getEntriesByType("resource").filter(({ name }) => name.includes("/widget/")).reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
  longTasks: window.__speed.tasks.length,
}));
await close();
await browser.close();
console.log(JSON.stringify(found));

async function phone(what) {
  const made = await newPage(browser, { url }, { width: 360, height: 740, isMobile: true, hasTouch: true });
  const cdp = await made.context().newCDPSession(made);
  await cdp.send("Network.enable");
  await cdp.send("Network.emulateNetworkConditions", SLOW);
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  await made.addInitScript(watch, what === "press");
  return { page: made, close: () => made.context().close() };
}

/**
 * In the page: long tasks, shifts of the layout, and the frame after which the first question can be seen. The launcher
 * is pressed from in here in the first frame that shows it: a driver's own click takes 400 ms of such a phone.
 */
function watch(press) {
  window.__speed = { tasks: [], shift: 0 };
  new PerformanceObserver((list) => list.getEntries().forEach(({ startTime, duration }) => window.__speed.tasks.push({ at: startTime, ms: duration }))).observe({ type: "longtask", buffered: true });
  new PerformanceObserver((list) => list.getEntries().forEach(({ value, hadRecentInput }) => (window.__speed.shift += hadRecentInput ? 0 : value))).observe({ type: "layout-shift", buffered: true });
  const look = () => {
    const launcher = document.querySelector("signpost-chat")?.shadowRoot?.querySelector("#launcher");
    if (press && launcher?.checkVisibility()) {
      press = false;
      launcher.click();
    }
    const question = document.querySelector("signpost-chat")?.shadowRoot?.querySelector("#choices button");
    if (question?.checkVisibility()) requestAnimationFrame(() => (window.__first = performance.now()));
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
