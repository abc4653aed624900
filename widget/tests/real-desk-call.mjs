/**
 * A call at the desk of the real server, in headless Chromium, with nothing but the keyboard after the sign-in: from the
 * first key to the printed log sheet, at 1280 and at 800 px.
 *
 *   node tests/real-desk-call.mjs [--pictures FOLDER]
 *
 * Prints one line of JSON for each width: {name, faults, ...}; and one for what happens when things break.
 */
import { axe, focused, launch, until } from "./support/browser.mjs";
import { hire, nextCode } from "./support/desk.mjs";
import { startRealServer } from "./support/real-server.mjs";
import { args, report } from "./support/world.mjs";

const named = args();
const browser = await launch();
const server = await startRealServer();
for (const width of [1280, 800]) {
  await run(`keyboard-${width}`, { viewport: { width, height: 900 } }, keyboard);
}
await run("broken", {}, broken);
await run("dark", { colorScheme: "dark", viewport: { width: 800, height: 900 } }, colours);
await run("forced", { forcedColors: "active", viewport: { width: 800, height: 900 } }, colours);
await browser.close();
await server.close();

async function run(name, options, walk) {
  const found = { faults: [], saw: {} };
  const staff = await hire(browser, server, `Anna ${name}`, "helper", { acceptDownloads: true, ...options });
  const { page } = staff;
  if (options.viewport) await page.setViewportSize(options.viewport);
  const look = async (where) => {
    if (named.pictures) await page.screenshot({ path: `${named.pictures[0]}/${name}-${where}.png`, fullPage: true, animations: "disabled" });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    const here = [...(await axe(page)), ...(wide ? ["it scrolls sideways"] : []), ...page.faults.splice(0)];
    if ((await focused(page)).tag === "body") here.push("the focus is on nothing");
    found.faults.push(...here.map((fault) => `${where}: ${fault}`));
  };
  try {
    await walk({ ...staff, page, look, found });
  } catch (error) {
    if (named.pictures) await page.screenshot({ path: `${named.pictures[0]}/${name}-stopped.png`, fullPage: true });
    found.faults.push(`stopped at ${page.url()}: ${error.stack}`);
  }
  await page.context().close();
  report(name, found);
}

function step(page) {
  return page.locator("#answer input[name=step]").inputValue();
}

/** The key that stands beside a choice. */
function keyOf(page, choice) {
  return page.locator(`#answer [value="${choice}"]`).getAttribute("data-key", { timeout: 5000 });
}

/** Answers by the keys that stand beside the choices, and waits for the next question. */
async function press(page, ...choices) {
  const before = await page.locator("#answer input[name=once]").inputValue();
  const ticks = await page.locator("#answer input[type=checkbox]").count();
  for (const choice of choices) await page.keyboard.press(await keyOf(page, choice));
  if (ticks && !["skip", "back"].includes(choices[0])) await page.keyboard.press("Enter");
  await until(async () => (await page.locator("#answer input[name=once]").inputValue().catch(() => before)) !== before || page.url().endsWith("/end"), `what follows ${choices}`);
}

/** Tab until something with these words has the focus. */
async function tabTo(page, words) {
  for (let presses = 0; presses < 60; presses++) {
    if ((await focused(page)).text.includes(words)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`no Tab leads to ${words}`);
}

async function begin(page) {
  await page.goto(`${server.url}/desk/`);
  await tabTo(page, "Take a call");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/desk/calls");
  await until(async () => (await focused(page)).id === "caller", "the focus on the first field");
  await page.keyboard.type("Ruth Lee");
  await page.keyboard.press("Tab");
  await page.keyboard.type("daughter");
  await page.keyboard.press("Enter");
  await page.waitForURL(/desk\/calls\/\w+$/);
  await until(async () => (await focused(page)).id === "ask", "the focus on the question");
}

async function keyboard({ page, look, found }) {
  const said = () => page.locator("#said").textContent();
  await page.goto(`${server.url}/desk/calls`);
  await look("start");
  await begin(page);
  await look("welcome");
  await press(page, "start");
  found.saw.announced = await said();
  found.saw.focus = (await focused(page)).id;
  await look("right-now");
  await press(page, "none");
  await press(page, "none");
  await press(page, "child");
  await press(page, "acute_leukaemia");
  await press(page, "earlier");
  found.saw.child = await page.locator("#question").innerText();

  // A note, and keys that are letters of it while it is being written.
  await page.keyboard.press("m");
  await page.keyboard.type("sbn 1 sleeps all day");
  await page.keyboard.press("Escape");
  await until(async () => (await said()) === "Saved", "the note to be saved");
  found.saw.afterEscape = (await focused(page)).id;
  await look("page");
  await press(page, "fatigue");
  await press(page, "back");
  await press(page, "fatigue");
  await press(page, "weeks");
  await press(page, "worse");
  await press(page, "none");

  // A fever is met in the middle of it.
  await page.keyboard.press("t");
  await page.keyboard.type("38.4");
  await page.keyboard.press("Enter");
  await until(async () => (await step(page)) === "red_flag", "the emergency");
  found.saw.alert = await page.locator("#urgent").innerText();
  found.saw.alertRole = await page.locator("#urgent").getAttribute("role");
  found.saw.alertFocus = (await focused(page)).id;
  found.saw.phone = await page.locator("#urgent a").first().getAttribute("href");
  await look("red-flag");
  await press(page, "called");
  while (["temperature", "temperature_when", "medicines"].includes(await step(page))) await press(page, (await step(page)) === "medicines" ? "none" : "now");

  // Single keys can be switched off; then Tab and Space do the same.
  await page.locator("#single-keys").focus();
  await page.keyboard.press("Space");
  const before = await step(page);
  await page.keyboard.press("n");
  await page.keyboard.press("Enter");
  await page.waitForTimeout(300);
  found.saw.switchedOff = (await step(page)) === before && (await page.locator("#answer :checked").count()) === 0;
  await page.locator("#single-keys").focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("w");
  await page.keyboard.press("Escape");

  for (let pages = 0; pages < 40 && !page.url().endsWith("/end"); pages++) {
    const now = await step(page);
    if (now === "anything_else") {
      await page.keyboard.press("w");
      await page.keyboard.type("She is on a train until five");
      await page.keyboard.press("Enter");
      await until(async () => (await step(page)) !== now, "what follows the words");
      continue;
    }
    const ids = await page.locator("#answer [data-key][value]").evaluateAll((all) => all.map((one) => one.value));
    const wanted = { worry: "bit", review: "finish" }[now] ?? ["none", "unsure", "no"].find((id) => ids.includes(id)) ?? ids[0];
    await press(page, wanted);
  }
  await until(async () => page.url().endsWith("/end") && (await page.locator("#end-title").count()), "the end");
  await look("end");
  found.saw.end = await page.locator("main").innerText();
  found.saw.timer = await page.locator("[role=timer]").innerText();
  // The log sheet, the paper, and the case.
  const id = page.url().match(/calls\/(\w+)/)[1];
  await page.keyboard.press("l");
  await page.waitForURL("**/sheet");
  found.saw.sheet = await page.locator("main").evaluate((main) => [...main.querySelectorAll("input, textarea")].map(({ value }) => value).join("\n"));
  await page.goto(`${server.url}/desk/calls/${id}/end`);
  const printed = page.waitForEvent("download");
  await page.keyboard.press("p");
  const file = await printed;
  found.saw.file = file.suggestedFilename();
  await page.keyboard.press("g");
  await page.waitForURL(`**/cases/${id}`);
  found.saw.case = await page.locator("main").innerText();
}

/** Two windows, a lost connection, a session that ended: nothing is taken twice, and nothing that was given is lost. */
async function broken({ page, look, found, secret, signedInAt }) {
  await begin(page);
  const url = page.url();
  const other = await page.context().newPage();
  await other.goto(url);
  await press(page, "start");
  await other.keyboard.press("2");
  await until(() => other.locator("#fault").count(), "the stale answer to be refused");
  found.saw.stale = await other.locator("#fault").innerText();
  found.saw.staleStep = await step(other);
  await other.close();

  await page.context().setOffline(true);
  await page.keyboard.press("n");
  await page.keyboard.press("Enter");
  await until(() => page.locator("#call-fault").isVisible(), "the lost connection to be said");
  found.saw.lost = await page.locator("#call-fault").innerText();
  await page.context().setOffline(false);
  await page.keyboard.press("Enter");
  await until(async () => (await step(page)) === "right_now_2", "the answer after the connection came back");

  // The server answers, and the answer is lost on the way: pressed again, it counts once.
  await page.route("**/answer", async (route) => {
    await route.fetch();
    await route.abort();
  }, { times: 1 });
  await page.keyboard.press("n");
  await page.keyboard.press("Enter");
  await until(() => page.locator("#call-fault").isVisible(), "the lost answer to be said");
  await page.keyboard.press("Enter");
  await until(async () => (await step(page)) === "who", "the question after it");

  await page.context().clearCookies({ name: "__Host-desk" });
  await page.keyboard.press(await keyOf(page, "self"));
  await page.waitForURL("**/sign-in");
  found.saw.left = await page.locator("main").innerText();
  await page.goto(`${server.url}/desk/sign-in`);
  await page.fill("#name", "Anna broken");
  await page.fill("#password", "copper lantern ferry oboe");
  await page.fill("#code", await nextCode({ secret, signedInAt }));
  await page.locator("main button.main").click();
  await until(() => !page.url().endsWith("/sign-in"), "the next sign-in");
  await page.getByRole("link", { name: /Go on with call/ }).click();
  await page.waitForURL(url);
  found.saw.goesOn = await step(page);
  page.faults = page.faults.filter((fault) => !/Failed to fetch|ERR_/.test(fault));
  await look("after");
}

async function colours({ page, look }) {
  await begin(page);
  await press(page, "start");
  await press(page, "chest_pain");
  await look("red-flag");
  await page.keyboard.press("e");
  await page.waitForURL("**/end");
  await look("end");
}
