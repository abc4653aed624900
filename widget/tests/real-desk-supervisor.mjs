/**
 * The supervisor's pages on the real server, in headless Chromium at 1280 and 800 px, with the keyboard alone.
 *
 *   node tests/real-desk-supervisor.mjs [--pictures FOLDER]
 *
 * Prints one line of JSON: {name, faults, saw}.
 */
import { focused, launch, until } from "./support/browser.mjs";
import { hire } from "./support/desk.mjs";
import { startRealServer } from "./support/real-server.mjs";
import { args, report } from "./support/world.mjs";

const DAY = 24 * 3600;
/** Cases of a month that is over: what the person writes first, and how many write it. */
const EARLIER = [
  ["can i talk to a person please", 9],
  ["my gums bled on Tuesday, can i talk to a person", 6],
  ["my temperature is 38.9, can i talk to a person", 2],
];
const TITLE = "Ring the team";
const TEXT = "Please ring the team now.\n\nThe number is on your card. ";
const named = args();
const browser = await launch();
const server = await startRealServer();
const found = { faults: [], saw: {} };
let boss;
try {
  await earlier();
  boss = await hire(browser, server, "Sue", "supervisor");
  await overview();
  await accounts();
  await counts();
  await hours();
  await snippets();
  await reply();
} catch (error) {
  found.faults.push(`stopped: ${error.stack}`);
  if (named.pictures && boss) await boss.page.screenshot({ path: `${named.pictures[0]}/stopped.png`, fullPage: true });
}
await browser.close();
await server.close();
report("supervisor", found);

/** People who asked for somebody six weeks ago. */
async function earlier() {
  await server.clock(-45 * DAY);
  for (const [text, times] of EARLIER) for (let n = 0; n < times; n++) await ask(text);
  await server.clock(0);
}

async function ask(text) {
  const post = (path, token, body) =>
    fetch(`${server.url}/webhooks/widget${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: JSON.stringify(body),
    }).then((answer) => answer.json());
  const { token } = await post("/session", null, {});
  await post("/messages", token, { text, id: Math.random().toString(36).slice(2, 18).padEnd(16, "0") });
}

// pages ---------------------------------------------------------------------------------------------------------------

async function overview() {
  await go("Overview");
  await look("overview");
  await press("Check the log");
  found.saw.log = await until(() => boss.page.locator("#done").innerText().catch(() => ""), "what the check found");
  if ((await focused(boss.page)).id !== "done") found.faults.push("what the check found is not heard first");
  await look("log");
}

async function accounts() {
  await go("Accounts");
  await look("accounts");
  await tabTo("#name");
  await boss.page.keyboard.type("person");
  await boss.page.keyboard.press("Tab");
  await boss.page.keyboard.press("Space");
  await press("Add an account", "button");
  found.saw.refused = await boss.page.locator("#fault p").innerText();
  found.saw.kept = await boss.page.locator("#name").inputValue();
  if ((await focused(boss.page)).id !== "fault") found.faults.push("a fault is not heard first");
  await look("accounts-fault");
  await tabTo("#name");
  await boss.page.keyboard.press("Control+A");
  await boss.page.keyboard.type("Ben");
  await press("Add an account", "button");
  found.saw.first = await boss.page.locator("h1").innerText();
  found.saw.picture = await boss.page.locator("svg.qr").getAttribute("aria-label");
  await look("first-secrets");
  await press("Done, hide it");
  await tabTo("details summary:has-text('Disable'):has-text('Ben')");
  await boss.page.keyboard.press("Enter");
  await look("disable-open");
  await press("Disable", "button");
  found.saw.disabled = await boss.page.locator(".accounts > li", { hasText: "Ben" }).innerText();
}

async function counts() {
  await go("Counts");
  await press("Show");
  found.saw.title = await boss.page.locator("h1").innerText();
  found.saw.charts = await boss.page.locator("svg.desk-plot").count();
  found.faults.push(...(await cut()));
  await look("counts");
  const download = boss.page.waitForEvent("download");
  await tabTo("main button:text-is('Table (CSV)')");
  await boss.page.keyboard.press("Enter");
  found.saw.file = (await download).suggestedFilename();
}

async function hours() {
  await go("Hours");
  await look("hours");
  await tabTo("[name=mon_opens]");
  await boss.page.keyboard.type("9:00");
  await press("Save", "button");
  found.saw.half = await boss.page.locator("#fault p").innerText();
  found.saw.typed = await boss.page.locator("[name=mon_opens]").inputValue();
  await look("hours-fault");
  await tabTo("[name=mon_closes]");
  await boss.page.keyboard.type("17:00");
  await press("Save", "button");
  found.saw.hours = await boss.page.locator("main strong").first().innerText();
  await look("hours-set");
  await press("Back to the site file", "button");
  found.saw.back = await boss.page.locator("main strong").first().innerText();
}

async function snippets() {
  const { page } = boss;
  await go("Snippets");
  await look("snippets-drafts");
  await press("New snippet");
  const typed = { title: TITLE, text: TEXT, source: "Our own leaflet", review_by: new Date(Date.now() + 300 * DAY * 1000).toISOString().slice(0, 10) };
  for (const [field, words] of Object.entries(typed)) {
    await tabTo(`#${field}`);
    for (const [n, line] of words.split("\n").entries()) {
      if (n) await page.keyboard.press("Enter");
      await page.keyboard.type(line);
    }
  }
  await look("snippet");
  await press("Save", "button");
  found.saw.offered = await page.locator("section[aria-labelledby=offered-title]").innerText();
  await look("snippets");
}

/** A snippet is put where the cursor stands in a reply; without a script it stands there to be copied. */
async function reply() {
  const { page } = boss;
  await go("Queue");
  await tabTo("#queue tbody tr:first-child a");
  await enter();
  await tabTo("#reply");
  await page.keyboard.type("Hello Jo. Goodbye.");
  for (let n = 0; n < "Goodbye.".length; n++) await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Shift+Tab");
  if ((await focused(page)).id !== "snippet") found.faults.push("the snippets do not stand before the reply");
  await page.keyboard.type(TITLE.slice(0, 4));
  found.saw.about = await until(() => page.locator("#snippet-about").innerText(), "the source of the snippet");
  await look("reply-chosen");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  found.saw.reply = await page.locator("#reply").inputValue();
  if ((await focused(page)).id !== "reply") found.faults.push("after the snippet one does not go on writing");
  await page.keyboard.type("Yours, Sue. ");
  found.saw.edited = await page.locator("#reply").inputValue();
  await look("reply");
  const plain = await browser.newContext({ javaScriptEnabled: false, storageState: await page.context().storageState() });
  const still = await plain.newPage();
  await still.goto(page.url());
  found.saw.plain = { picks: await still.locator("#snippet").isVisible(), copies: await still.locator("details.without-script").isVisible() };
  await plain.close();
}

/** Letters of a chart that another one lies on, or that stick out of their drawing. */
function cut() {
  return boss.page.evaluate(() =>
    [...document.querySelectorAll("svg.desk-plot")].flatMap((svg) => {
      const edge = svg.getBoundingClientRect();
      const boxes = [...svg.querySelectorAll("text")].map((text) => [text.textContent, text.getBoundingClientRect()]);
      const out = boxes.filter(([, b]) => b.left < edge.left - 1 || b.right > edge.right + 1 || b.bottom > edge.bottom + 1 || b.top < edge.top - 1);
      const over = boxes.filter(([, a], n) => boxes.slice(n + 1).some(([, b]) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 4 && b.top < a.bottom - 4));
      const name = svg.querySelector("title").textContent;
      return [...out.map(([words]) => `${name}: ${words} sticks out`), ...over.map(([words]) => `${name}: something lies on ${words}`)];
    }),
  );
}

// by keyboard ---------------------------------------------------------------------------------------------------------

async function go(words) {
  await tabTo(`nav a:text-is("${words}")`);
  await enter();
}

async function press(words, tag = "a, button") {
  const selector = tag.split(", ").map((one) => `main ${one}:text-is("${words}"):visible`).join(", ");
  await tabTo(selector);
  await enter();
}

/** Presses Enter, and waits for the page that it leads to. */
async function enter() {
  const { page } = boss;
  await page.evaluate(() => (document.documentElement.dataset.old = "yes"));
  await page.keyboard.press("Enter");
  const isNew = () => document.documentElement.dataset.old !== "yes" && document.readyState === "complete";
  await until(() => page.evaluate(isNew).catch(() => false), "the next page", 20_000);
}

/** Goes on with Tab until the focus is there, and sees to it that it shows. */
async function tabTo(selector) {
  const { page } = boss;
  // Looked up each time: the live queue puts new rows in the place of those that stood there.
  const wanted = page.locator(selector).first();
  for (let n = 0; n < 200; n++) {
    if (await wanted.evaluate((one) => one === document.activeElement, null, { timeout: 5000 })) {
      const at = await focused(page);
      if (!at.ring && !["input", "select", "textarea"].includes(at.tag)) found.faults.push(`no ring on ${selector}`);
      return;
    }
    await page.keyboard.press("Tab");
  }
  throw new Error(`the keyboard does not reach ${selector}`);
}

/** Both widths, axe and the policy; pictures in every scheme where they are wished for. */
async function look(name) {
  found.faults.push(...(await boss.faultsAtBothWidths()).map((fault) => `${name}: ${fault}`));
  await boss.page.emulateMedia({ colorScheme: "dark" });
  found.faults.push(...(await boss.faults()).map((fault) => `${name}, dark: ${fault}`));
  await boss.page.emulateMedia({ colorScheme: "light" });
  if (!named.pictures) return;
  const schemes = { light: {}, dark: { colorScheme: "dark" }, forced: { forcedColors: "active" } };
  for (const [scheme, media] of Object.entries(schemes)) {
    await boss.page.emulateMedia({ colorScheme: "light", forcedColors: "none", ...media });
    await boss.page.screenshot({ path: `${named.pictures[0]}/${name}-1280-${scheme}.png`, fullPage: true });
  }
  await boss.page.emulateMedia({ colorScheme: "light", forcedColors: "none" });
  await boss.page.setViewportSize({ width: 800, height: 900 });
  await boss.page.screenshot({ path: `${named.pictures[0]}/${name}-800-light.png`, fullPage: true });
  await boss.page.setViewportSize({ width: 1280, height: 900 });
}
