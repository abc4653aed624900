/** The summary's page: the picture of when the signs began, and every way to take the summary along. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startServer } from "../dev/server.mjs";
import { axe, focused, launch, misfits, newPage, until } from "./support/browser.mjs";

let browser;

before(async () => {
  browser = await launch();
});
after(async () => {
  await browser.close();
});

const SIGNS = ["Much more tired", "Fever", "Sweats at night", "Losing weight"];
const button = (page, name) => page.getByRole("button", { name, exact: true });

/** Opens the summary of a check in which `signs` were ticked. */
async function openSummary(page, signs = SIGNS) {
  await button(page, "Check warning signs").click();
  await button(page, "Start the check").click();
  await page.getByRole("checkbox", { name: "None of these" }).check();
  await button(page, "Send").click();
  await button(page, "Me").click();
  for (const sign of signs.length ? signs : ["None of these"]) await page.getByRole("checkbox", { name: sign }).check();
  await button(page, "Send").click();
  await button(page, "Skip this").waitFor();
  await button(page, "Menu").click();
  await page.getByRole("button", { name: "Your summary" }).click();
  await button(page, "Copy as text").waitFor();
}

/** Runs `check` on a page with the summary open, and a server of its own; afterwards nothing may have gone wrong. */
function onSummary(name, options, check) {
  test(name, { timeout: 120_000 }, async () => {
    const server = await startServer();
    const page = await newPage(browser, server, options.page);
    try {
      if (options.before) await page.addInitScript(options.before);
      await page.goto(server.url + "/demo");
      if (options.dir) await page.evaluate((dir) => (document.querySelector("signpost-chat").dir = dir), options.dir);
      await openSummary(page, options.signs);
      await check(page, server);
      assert.deepEqual(page.faults, []);
    } finally {
      await page.context().close();
      await server.close();
    }
  });
}

/** Where each mark begins and ends on its line, as parts of the line from its left end. */
function marks(page) {
  return page.locator(".view .strip").evaluateAll((strips) =>
    strips.map((strip) => {
      const line = strip.getBoundingClientRect();
      const shapes = [...strip.querySelectorAll("circle, .bar, path")].map((shape) => shape.getBoundingClientRect());
      const part = (x) => (x - line.left) / line.width;
      const dot = strip.querySelector("circle") ? (shapes[0].left + shapes[0].right) / 2 : null;
      return {
        name: strip.getAttribute("aria-label"),
        shape: strip.querySelector("circle") ? "dot" : strip.querySelector("path") ? "arrow" : "bar",
        from: part(dot ?? Math.min(...shapes.map(({ left }) => left))),
        to: part(dot ?? Math.max(...shapes.map(({ right }) => right))),
      };
    }),
  );
}
/** A bar has round ends, which stand out by half its height. */
const near = (found, expected, what) => assert.ok(Math.abs(found - expected) < 0.03, `${what}: ${found}, not ${expected}`);

for (const width of [320, 1280]) {
  onSummary(`each sign stands where the server has placed it, with a name and its words beside it, at ${width} px`, { page: { width, height: 800 } }, async (page) => {
    const [before, span, day, ...more] = await marks(page);
    assert.equal(more.length, 0);
    assert.deepEqual([before.shape, span.shape, day.shape], ["arrow", "bar", "dot"]);
    near(before.from, 0, "arrow from");
    near(before.to, 0.5, "arrow to");
    near(span.from, 0.5536, "bar from");
    near(span.to, 0.6964, "bar to");
    near(day.from, 0.9464, "dot");
    assert.deepEqual(
      [before.name, span.name, day.name],
      ["On or before 26 October 2026", "Some time in 29 October – 6 November 2026", "On 20 November 2026"],
    );
    const timeline = page.getByRole("region", { name: "When it began" });
    assert.deepEqual((await timeline.getByRole("listitem").allInnerTexts()).map((words) => words.trim().replace(/\s*\n\s*/g, ": ")), [
      "Losing weight without trying: Longer ago",
      "Much more tired than usual: about three weeks",
      "Fever, or feeling hot: since Friday",
      "Sweats at night: since my last clinic",
    ]);
    await timeline.getByRole("heading", { name: "Not known when" }).waitFor();
    assert.deepEqual(await page.locator(".view .axis span").allInnerTexts(), ["8 weeks ago", "4 weeks ago", "today"]);
    assert.match(await timeline.innerText(), /A dot is a day\. A bar means some time in that span\. An arrow means longer ago\./);
  });
}

onSummary("in a right-to-left panel time runs the other way, in the words and in the marks", { dir: "rtl" }, async (page) => {
  const [before, span, day] = await marks(page);
  near(before.to, 1, "arrow, from the right end");
  near(before.from, 0.5, "arrow to");
  near(1 - span.to, 0.5536, "bar from");
  near(1 - day.from, 0.9464, "dot");
  const words = await page.locator(".view .axis span").evaluateAll((spans) => spans.map((span) => span.getBoundingClientRect().left));
  assert.ok(words[0] > words[1] && words[1] > words[2], "the words run from right to left");
  assert.deepEqual(await misfits(page), []);
  assert.deepEqual(await axe(page), []);
});

for (const page of [{ width: 320 }, { width: 1280, height: 800 }, { width: 320, colorScheme: "dark" }, { width: 320, forcedColors: "active" }]) {
  onSummary(`no fault and nothing cut off: ${JSON.stringify(page)}`, { page }, async (page) => {
    assert.deepEqual(await axe(page), []);
    assert.deepEqual(await misfits(page), []);
    // Marks and their line can be told from what is behind them.
    const seen = await page.locator(".view .strip").evaluateAll((strips) =>
      strips.flatMap((strip) => [...strip.querySelectorAll("circle, path")].map((shape) => getComputedStyle(shape).fill === getComputedStyle(strip).color)),
    );
    assert.deepEqual(seen, [true, true]);
  });
}

onSummary("without a sign there is no picture, and a reading has its time when it has one", { signs: [] }, async (page) => {
  assert.equal(await page.locator(".view .timeline").count(), 0);
});

onSummary("a temperature carries the time at which it was told", { page: { timezoneId: "Europe/London" } }, async (page) => {
  const reading = page.locator(".view .summary li", { hasText: "38.2" });
  assert.match(await reading.innerText(), /38\.2 °C\nJust now\nTold 23 November 2026 at 09:30/);
});

onSummary("the picture is printed with the summary", { before: () => {
  window.print = () => {
    const line = document.querySelector(".strip").getBoundingClientRect();
    window.top.printed = { words: document.body.innerText, width: line.width, height: line.height };
  };
} }, async (page) => {
  await button(page, "Print").click();
  const printed = await until(() => page.evaluate(() => window.printed), "print");
  assert.match(printed.words, /When it began/);
  assert.match(printed.words, /8 weeks ago/);
  assert.doesNotMatch(printed.words, /Copy as text/);
  assert.ok(printed.height > 10);
});

onSummary("the summary is copied, also without the server, and the page says so", { page: { permissions: ["clipboard-read", "clipboard-write"] } }, async (page, server) => {
  await button(page, "Copy as text").click();
  await page.getByRole("status").getByText("The summary is copied").waitFor();
  const read = () => page.evaluate(() => navigator.clipboard.readText());
  assert.match(await read(), /^Summary\s+- Much more tired than usual/);
  server.faults.files = true;
  await button(page, "Copy as text").click();
  await until(async () => /When it began/.test(await read()), "the words of the page");
  assert.equal((await focused(page)).text, "Copy as text");
});

onSummary("where the browser forbids it, the words stand marked to be copied by hand", { before: () => {
  Object.defineProperty(navigator, "clipboard", { value: undefined });
} }, async (page) => {
  await button(page, "Copy as text").click();
  await page.getByRole("status").getByText("The browser did not let us copy").waitFor();
  const box = page.getByRole("textbox", { name: "Your summary as text" });
  await until(async () => (await focused(page)).id === "by-hand", "focus on the words");
  assert.match(await box.inputValue(), /^Summary\n\n- Much more tired/);
  assert.deepEqual(await box.evaluate(({ selectionStart, selectionEnd, value }) => [selectionStart, selectionEnd === value.length]), [0, true]);
  assert.deepEqual(await axe(page), []);
  assert.deepEqual(await misfits(page), []);
});

onSummary("each way says what it is for, and a file that cannot be had says so and what to do", {}, async (page, server) => {
  const ways = ["Copy as text", "Print", "Text (.txt)", "PDF (.pdf)", "Monthly reminder for your calendar (.ics)", "For health record systems (.fhir.json)"];
  for (const name of ways) {
    const help = await button(page, name).evaluate((one) => one.getRootNode().getElementById(one.getAttribute("aria-describedby"))?.innerText);
    assert.ok(help?.length > 15, `${name}: ${help}`);
  }
  server.faults.files = true;
  await button(page, "PDF (.pdf)").click();
  const alert = page.getByRole("alert");
  await alert.getByText("PDF (.pdf): cannot be reached just now. Try again in a moment. You can still print or copy").waitFor();
  assert.equal((await focused(page)).text, "PDF (.pdf)");
  assert.deepEqual(await axe(page), []);
  server.faults.files = false;
  const download = page.waitForEvent("download");
  await button(page, "PDF (.pdf)").click();
  assert.equal((await download).suggestedFilename(), "summary.pdf");
  await page.getByRole("status").getByText("PDF (.pdf): saved on this device.").waitFor();
  assert.equal(await alert.count(), 0);
});

test("a summary that cannot be reached says so, and comes when it can", { timeout: 60_000 }, async () => {
  const server = await startServer();
  const page = await newPage(browser, server);
  try {
    await page.goto(`${server.url}/demo`);
    await openSummary(page);
    await button(page, "Back to the chat").click();
    server.faults.down = true;
    await button(page, "Menu").click();
    await page.getByRole("button", { name: "Your summary" }).click();
    await page.getByRole("alert").getByText("The summary cannot be reached just now").waitFor();
    server.faults.down = false;
    await page.locator(".view").getByRole("button", { name: "Try again now" }).click();
    await page.getByRole("region", { name: "When it began" }).waitFor();
  } finally {
    await page.context().close();
    await server.close();
  }
});
