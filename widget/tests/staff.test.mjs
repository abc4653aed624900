/** A person of the staff in the chat: who writes, what the checklist does meanwhile, and what is seen while away. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startServer } from "../dev/server.mjs";
import { axe, focused, launch, misfits, newPage, until } from "./support/browser.mjs";
import { load } from "./support/load.mjs";

const { waitsForStaff } = await load("state/handover.ts");

let browser;

before(async () => {
  browser = await launch();
});
after(async () => {
  await browser.close();
});

/** Runs `check` on the page of signs of a chat, with a server of its own; afterwards nothing may have gone wrong. */
function inChat(name, options, check) {
  test(name, { timeout: 120_000 }, async () => {
    const server = await startServer();
    const page = await newPage(browser, server, options);
    try {
      await page.goto(`${server.url}/demo`);
      await button(page, "Check warning signs").click();
      await button(page, "Start the check").click();
      await box(page, "None of these").check();
      await button(page, "Send").click();
      await button(page, "Me").click();
      await box(page, "Sweats at night").waitFor();
      await until(() => [...server.chats.values()].at(-1).listeners.size, "the stream");
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
const message = (page, words) => page.locator("[role=log] li.message", { hasText: words });
const say = async (page, words) => {
  await page.locator("#own-words").fill(words);
  await button(page, "Send").click();
};
const UNREAD = "A person has written: open the chat";

test("the question waits from when staff come until they leave; one about an emergency does not", () => {
  const said = (...utterances) => utterances.map((utterance) => ({ utterance, kind: utterance.startsWith("step_") ? "question" : "notice" }));
  assert.equal(waitsForStaff([]), false);
  assert.equal(waitsForStaff(said("step_page_body_question")), false);
  assert.equal(waitsForStaff(said("step_page_body_question", "human_joined", "human_quiet")), true);
  assert.equal(waitsForStaff(said("step_page_body_question", "human_joined", "step_red_flag_question")), false);
  assert.equal(waitsForStaff(said("human_joined", "step_red_flag_question", "human_quiet")), true);
  assert.equal(waitsForStaff(said("step_page_body_question", "human_joined", "human_left")), false);
  assert.equal(waitsForStaff(said("step_page_body_question", "human_joined", "human_left", "human_joined")), true);
});

for (const options of [{ width: 320 }, { width: 1280, height: 800 }, { width: 320, colorScheme: "dark" }, { width: 320, forcedColors: "active" }]) {
  inChat(`a person is marked by name, role and time, and a notice is not: ${JSON.stringify(options)}`, options, async (page, server) => {
    server.staffJoins("Maya");
    server.staffSays("Hello, I have read what you wrote.", "Maya");
    const theirs = message(page, "I have read what you wrote");
    await theirs.waitFor();
    assert.match(await theirs.innerText(), /^Maya\s+A person of the support staff, \d\d:\d\d\s+Hello/);
    assert.ok(await theirs.locator("svg").isVisible());
    const notice = message(page, "You are now writing with Maya");
    assert.match(await notice.innerText(), /keeps quiet while they are here.*still looks out for signs of an emergency/s);
    assert.equal(await notice.locator(".author").count(), 0);
    assert.notEqual(
      await theirs.locator(".bubble").evaluate((one) => getComputedStyle(one).borderTopWidth),
      await notice.locator(".bubble").evaluate((one) => getComputedStyle(one).borderTopWidth),
    );
    assert.deepEqual(await axe(page), []);
    assert.deepEqual(await misfits(page), []);
    // Each is appended once to the log, which is what speaks it.
    assert.equal(await page.locator("[role=log]").getByText("Hello, I have read").count(), 1);
  });
}

inChat("a person without a name is still a person", {}, async (page, server) => {
  server.staffSays("Hello");
  const theirs = message(page, "Hello");
  await theirs.waitFor();
  assert.match(await theirs.innerText(), /A person is writing to you\s+A person of the support staff/);
});

inChat("that a person is typing is said, politely, until they write or stop or the line breaks", {}, async (page, server) => {
  const line = page.locator(".status");
  const typing = line.filter({ hasText: "A person is writing a message to you" });
  const gone = () => until(async () => (await line.textContent()) === "", "the end of the sign");
  server.staffJoins("Maya");
  server.staffTypes(true);
  await typing.waitFor();
  assert.equal(await line.getAttribute("role"), "status");
  assert.deepEqual(await axe(page), []);
  assert.deepEqual(await misfits(page), []);
  server.staffTypes(false);
  await gone();
  server.staffTypes(true);
  await typing.waitFor();
  server.staffSays("Hello", "Maya");
  await message(page, "Hello").waitFor();
  await gone();
  server.staffTypes(true);
  await typing.waitFor();
  const [chat] = server.chats.values();
  for (const listener of [...chat.listeners]) listener.destroy();
  await gone();
});

inChat("the question waits while staff write, and comes back with its ticks when they leave", {}, async (page, server) => {
  await box(page, "Sweats at night").check();
  await box(page, "Sweats at night").focus();
  server.staffJoins("Maya");
  await page.getByText("The checklist waits here until they leave").waitFor();
  assert.equal(await box(page, "Sweats at night").count(), 0);
  assert.notEqual((await focused(page)).tag, "body", "the focus went with the question");
  await say(page, "Are you there?");
  await message(page, "the checklist waits. I still look out").waitFor();
  await say(page, "Good");
  await until(() => page.locator(".pending").count().then((count) => !count), "delivery");
  assert.equal(await message(page, "the checklist waits. I still look out").count(), 1);
  server.staffLeaves();
  await message(page, "It goes on where it stopped").waitFor();
  assert.ok(await box(page, "Sweats at night").isChecked());
  await button(page, "Send").click();
  await button(page, "Skip this").waitFor();
});

inChat("the wait is still said after a reload, and an emergency breaks it", {}, async (page, server) => {
  server.staffJoins("Maya");
  await page.getByText("The checklist waits here until they leave").waitFor();
  await page.reload();
  await page.getByText("The checklist waits here until they leave").waitFor();
  await say(page, "My nose bleeds and it won't stop");
  await button(page, "I have called").waitFor();
  assert.equal((await focused(page)).id, "banner");
});

inChat("while the chat is closed the launcher says that a person has written, aloud too; the page's title stays", {}, async (page, server) => {
  const title = await page.title();
  await page.keyboard.press("Escape");
  await button(page, "Check warning signs").waitFor();
  server.staffSays("Hello", "Maya");
  await button(page, UNREAD).waitFor();
  await page.getByRole("status").getByText(UNREAD).waitFor();
  assert.equal(await page.title(), title);
  assert.deepEqual(await axe(page), []);
  await button(page, UNREAD).click();
  await message(page, "Hello").waitFor();
  await page.keyboard.press("Escape");
  await button(page, "Check warning signs").waitFor();
});

inChat("on another page of the panel a line leads to what a person has written", { width: 320 }, async (page, server) => {
  await button(page, "Menu").click();
  await page.getByRole("button", { name: "Your summary" }).click();
  await button(page, "Print").waitFor();
  server.staffSays("Hello", "Maya");
  await button(page, UNREAD).waitFor();
  assert.deepEqual(await misfits(page), []);
  assert.deepEqual(await axe(page), []);
  await button(page, UNREAD).click();
  await message(page, "Hello").waitFor();
  assert.equal(await button(page, UNREAD).count(), 0);
  assert.notEqual((await focused(page)).tag, "body");
});

inChat("what staff wrote while the network was gone comes when it is back, once", {}, async (page, server) => {
  server.staffSays("The first line", "Maya");
  await message(page, "The first line").waitFor();
  const [chat] = server.chats.values();
  for (const listener of [...chat.listeners]) listener.destroy();
  await until(() => !chat.listeners.size, "the end of the stream");
  server.staffSays("The second line", "Maya");
  await message(page, "The second line").waitFor({ timeout: 15_000 });
  assert.equal(await message(page, "The first line").count(), 1);
});
