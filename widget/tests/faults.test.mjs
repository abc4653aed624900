/** Small things that go wrong in a hand or on the way, against the stand-in server. The real server's are in real-faults.mjs. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startServer } from "../dev/server.mjs";
import { launch, newPage, until } from "./support/browser.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

function onPage(name, check) {
  test(name, { timeout: 60_000 }, async () => {
    const server = await startServer();
    const page = await newPage(browser, server);
    try {
      await page.goto(`${server.url}/demo`);
      await button(page, "Check warning signs").click();
      await button(page, "Start the check").waitFor();
      await check(page, server);
      assert.deepEqual(page.faults, []);
    } finally {
      await page.context().close();
      await server.close();
    }
  });
}

const button = (page, name) => page.getByRole("button", { name, exact: true });
const box = (page, name) => page.getByRole("checkbox", { name });
const said = (server) => [...server.chats.values()].flatMap(({ messages }) => messages.filter(({ author }) => author === "person").map(({ text }) => text));
const toRedFlags = async (page) => {
  await button(page, "Start the check").click();
  await box(page, "None of these").waitFor();
};

onPage("the second tap of a double one does not answer the question that comes under the finger", async (page, server) => {
  await toRedFlags(page);
  await box(page, "None of these").check();
  await button(page, "Send").dblclick();
  await button(page, "Me").waitFor();
  assert.equal(await page.locator("#error").count(), 0);
  // The second tap as the browser reports it, on whatever stands there by then.
  await button(page, "My child").dispatchEvent("click", { detail: 2, bubbles: true });
  await button(page, "Me").dblclick();
  await box(page, "Sweats at night").waitFor();
  assert.deepEqual(said(server), ["Start the check", "None of these", "Me"]);
});

onPage("words say which question they were written under, also when they wait behind another answer", async (page, server) => {
  await toRedFlags(page);
  server.faults.down = true;
  await box(page, "None of these").check();
  await button(page, "Send").click();
  await page.getByText("Not sent yet").waitFor();
  await page.locator("#own-words").fill("two days ago");
  await button(page, "Send").click();
  // The browser tells of a request in its own time: the server may have answered it by then.
  const sent = page.waitForRequest((request) => request.url().endsWith("/messages") && request.postDataJSON().text === "two days ago", { timeout: 15_000 });
  server.faults.down = false;
  assert.equal((await sent).postDataJSON().step, "right_now_1");
  await until(() => said(server).includes("two days ago"), "delivery", 15_000);
});

onPage("a check that is gone is left alone", async (page, server) => {
  await toRedFlags(page);
  server.chats.clear();
  await page.locator("#own-words").fill("hello");
  await button(page, "Send").click();
  const gone = page.getByRole("alert").filter({ hasText: "This check has ended" });
  await gone.waitFor();
  assert.ok(await gone.evaluate((element) => element.getRootNode().activeElement === element), "the focus is on it");
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  assert.equal(await page.locator(".trouble").count(), 0);
  assert.deepEqual(asked, []);
});

onPage("a reload takes up the check although the page before has not let go of it", async (page, server) => {
  await toRedFlags(page);
  const other = await page.context().newPage();
  await other.goto(`${server.url}/demo`);
  const key = await page.evaluate(() => JSON.parse(sessionStorage.getItem(Object.keys(sessionStorage).find((name) => name.startsWith("signpost:chat")))).key);
  await other.evaluate((name) => void navigator.locks.request(name, () => new Promise(() => undefined)), `signpost:${key}`);
  await page.reload();
  await box(page, "None of these").waitFor();
  assert.equal(server.chats.size, 1);
});

onPage("after printing the focus is where it was, and the printed copy is no stop", async (page) => {
  await page.addInitScript(() => (window.print = () => (window.top.printed = true)));
  await page.reload();
  await button(page, "Menu").click();
  await page.getByRole("button", { name: "Your summary" }).click();
  await button(page, "Print").click();
  await until(() => page.evaluate(() => window.printed), "print");
  const focus = () => page.evaluate(() => document.querySelector("signpost-chat").shadowRoot.activeElement?.innerText);
  assert.equal(await focus(), "Print");
  await page.keyboard.press("Tab");
  assert.equal(await focus(), "Text (.txt)");
});
