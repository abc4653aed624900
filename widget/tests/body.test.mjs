/** The body outline, and what a sign looks like. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { box, button, fine, LOOKS, onPage, openChat, say, toBleedingPage } from "./support/aids.mjs";
import { focused } from "./support/browser.mjs";
import { load } from "./support/load.mjs";

const { neighbour, spots, WIDTH } = await load("components/body-map.ts");
const { point } = await load("state/places.ts");
const { toggle } = await load("state/choices.ts");

const SHOW = "Show where it is, on a picture of the body";
const place = (page, name) => box(page, name);
const figure = (page) => page.locator(".figure");
const toOutline = async (page) => {
  await openChat(page);
  await say(page, "I have found a lump");
  await page.locator("summary", { hasText: SHOW }).click();
  await figure(page).waitFor();
};
const sent = (page) => page.waitForRequest((request) => request.url().endsWith("/messages")).then((request) => request.postDataJSON());

// the map ---

for (const back of [false, true]) {
  const all = spots(back);
  test(`every place of the ${back ? "back" : "front"} can be reached by arrow keys, and is large enough`, () => {
    const seen = new Set([all[0]]);
    for (const from of seen) for (const key of ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]) seen.add(neighbour(all, from, key) ?? from);
    assert.deepEqual(new Set(all), seen);
    for (const { id, width, height } of all) assert.ok(width >= 48 && height >= 48, id);
    for (const one of all) {
      const over = all.find((other) => other !== one && one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height);
      assert.ok(!over, `${one.id} lies over ${over?.id}`);
    }
  });

  test(`left is the person's own left, on the ${back ? "back" : "front"}`, () => {
    for (const { id, x, width } of all.filter(({ id }) => id.startsWith("left_"))) {
      assert.equal(x + width / 2 < WIDTH / 2, back, id);
      assert.ok(all.some((other) => other.id === id.replace("left", "right") && other.x === WIDTH - x - width), id);
    }
  });
}

test("the arrow keys go the way they point, also at the edge", () => {
  const all = spots(false);
  const at = (id) => all.find((spot) => spot.id === id);
  const go = (id, key) => neighbour(all, at(id), key)?.id;
  assert.equal(go("left_chest", "ArrowLeft"), "right_chest");
  assert.equal(go("left_chest", "ArrowRight"), "left_armpit");
  assert.equal(go("left_knee", "ArrowDown"), "left_lower_leg");
  assert.equal(go("neck", "ArrowUp"), "eyes");
  assert.equal(go("right_hand", "ArrowLeft"), undefined);
  assert.equal(go("neck", "Home"), "head");
  assert.equal(go("neck", "End"), "left_foot");
  assert.equal(go("neck", "a"), undefined);
});

// marking ---

const QUESTION = {
  choices: ["armpit", "strong", "none"].map((id) => ({ id, label: id })),
  places: [
    { id: "at:left_armpit", label: "Left armpit", choice: "armpit" },
    { id: "at:right_armpit", label: "Right armpit", choice: "armpit" },
    { id: "at:left_knee", label: "Left knee" },
  ],
};

test("a line that names a place is ticked with the first mark and unticked with the last", () => {
  let ticks = point(QUESTION, ["none"], "at:left_armpit", true);
  assert.deepEqual(ticks, ["at:left_armpit", "armpit"]);
  ticks = point(QUESTION, ticks, "at:right_armpit", true);
  ticks = point(QUESTION, ticks, "at:left_armpit", false);
  assert.deepEqual(ticks, ["armpit", "at:right_armpit"]);
  assert.deepEqual(point(QUESTION, ticks, "at:right_armpit", false), []);
});

test("a place that no line names leaves the ticks alone, and none of these leaves the places", () => {
  assert.deepEqual(point(QUESTION, ["none"], "at:left_knee", true), ["none", "at:left_knee"]);
  assert.deepEqual(toggle(["at:left_knee", "strong"], "none", true), ["at:left_knee", "none"]);
});

// the outline on a page ---

for (const look of LOOKS) {
  onPage(`the outline has no accessibility fault, nothing small or cut off: ${JSON.stringify(look)}`, { page: look }, async (page) => {
    await toOutline(page);
    await place(page, "Left armpit").click();
    await fine(page, "front");
    await page.getByRole("radio", { name: "Back view" }).check();
    await place(page, "Lower back").click();
    await fine(page, "back");
    for (const summary of await page.locator("summary").all()) assert.ok((await summary.boundingBox()).height >= 44);
    for (const label of await page.locator(".outline .option").all()) assert.ok((await label.boundingBox()).height >= 44);
  });
}

onPage("what is pointed at ticks its line, is shown in words, and goes in one answer", {}, async (page, server) => {
  await toOutline(page);
  await page.getByText("Nothing is marked yet.").waitFor();
  await place(page, "Left armpit").click();
  await page.getByRole("status").getByText("In an armpit: ticked too.").waitFor();
  assert.ok(await box(page, "In an armpit").isChecked());
  await place(page, "Right knee").click();
  await place(page, "Left knee").click();
  await place(page, "Left knee").click();
  await page.getByText("Marked: Left armpit; Right knee").waitFor();
  const answer = sent(page);
  await button(page, "Send").click();
  const { step, choices, text } = await answer;
  assert.deepEqual([step, choices, text], ["where", ["armpit", "at:left_armpit", "at:right_knee"], undefined]);
  await page.locator(".from-person", { hasText: "Left armpit" }).waitFor();
  const [chat] = server.chats.values();
  assert.match(chat.messages.filter(({ author }) => author === "person").at(-1).text, /In an armpit; Left armpit; Right knee/);
});

onPage("a place is no answer by itself, and stays beside none of these", {}, async (page) => {
  await toOutline(page);
  await place(page, "Right knee").click();
  await button(page, "Send").click();
  await page.getByRole("alert").getByText("Tick at least one line").waitFor();
  await box(page, "None of these").check();
  assert.equal(await place(page, "Right knee").getAttribute("aria-checked"), "true");
  const answer = sent(page);
  await button(page, "Send").click();
  assert.deepEqual((await answer).choices, ["none", "at:right_knee"]);
});

onPage("a reload brings the marks back", {}, async (page) => {
  await toOutline(page);
  await place(page, "Left armpit").click();
  await page.reload();
  await page.locator("summary", { hasText: SHOW }).click();
  assert.equal(await place(page, "Left armpit").getAttribute("aria-checked"), "true");
  assert.ok(await box(page, "In an armpit").isChecked());
});

onPage("by keyboard: one stop for the whole body, arrow keys within, Space marks, and the focus is never lost", {}, async (page) => {
  await openChat(page);
  await say(page, "I have found a lump");
  await page.locator("summary", { hasText: SHOW }).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  assert.equal((await focused(page)).id, "side-front");
  await page.keyboard.press("Tab");
  const on = () => page.evaluate(() => document.querySelector("signpost-chat").shadowRoot.activeElement.getAttribute("aria-label"));
  assert.equal(await on(), "Head");
  for (const key of ["ArrowDown", "ArrowDown", "ArrowDown"]) await page.keyboard.press(key);
  assert.match(await on(), /chest/);
  assert.ok((await focused(page)).ring);
  await page.keyboard.press("End");
  assert.equal(await on(), "Left foot");
  await page.keyboard.press("ArrowDown");
  assert.equal(await on(), "Left foot");
  await page.keyboard.press("Space");
  assert.equal(await place(page, "Left foot").getAttribute("aria-checked"), "true");
  assert.equal(await on(), "Left foot");
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("ArrowRight");
  assert.equal((await focused(page)).id, "side-back");
  await page.keyboard.press("Tab");
  assert.equal(await on(), "Left foot");
  await page.keyboard.press("Tab");
  assert.equal((await focused(page)).text, "Skip this");
});

onPage("where words run from right to left the body is not mirrored", {}, async (page) => {
  await toOutline(page);
  await page.evaluate(() => (document.querySelector("signpost-chat").shadowRoot.querySelector(".root").dir = "rtl"));
  const middle = async (name) => {
    const { x, width } = await place(page, name).boundingBox();
    return x + width / 2;
  };
  assert.ok((await middle("Right hand")) < (await middle("Left hand")));
  const { x, width } = await page.getByText("Left", { exact: true }).boundingBox();
  assert.ok(x + width / 2 > (await middle("Neck")));
});

onPage("without places there is no outline", {}, async (page) => {
  await toBleedingPage(page);
  await button(page, "Menu").click();
  // Comes with the same file.
  await page.getByText("Text size").waitFor();
  assert.equal(await page.locator(".outline").count(), 0);
});

// what does this look like ---

const LOOKS_LIKE = "What does this look like? Bleeding that does not stop";
const details = (page) => page.locator("details.help");

onPage("on a small screen long help is folded, which makes the page shorter, and no word of it is lost", {}, async (page, server) => {
  await toBleedingPage(page);
  const { help } = [...server.chats.values()][0].messages.at(-1).choices[0];
  const height = () => page.locator("#choices").evaluate((element) => element.scrollHeight);
  assert.equal(await details(page).count(), 1);
  assert.equal(await details(page).evaluate((element) => element.open), false);
  const folded = await height();
  const summary = page.locator("summary");
  assert.equal((await summary.textContent()).trim().replace(/\s+/g, " "), LOOKS_LIKE);
  assert.ok((await summary.boundingBox()).height >= 44);
  await summary.focus();
  await page.keyboard.press("Enter");
  assert.ok(await page.getByText(help).isVisible());
  assert.ok((await height()) > folded + 60);
  await box(page, "Not sure").check();
  assert.ok(await page.getByText(help).isVisible(), "what was opened stays open");
  await fine(page, "opened");
});

onPage("short help is in sight, and tells a screen reader about its box", {}, async (page) => {
  await toBleedingPage(page);
  assert.ok(await page.getByText("Also when sitting still").isVisible());
  assert.equal(await page.locator("#box-severe_breathlessness").getAttribute("aria-describedby"), "help-severe_breathlessness");
});

onPage("on a large screen long help is open from the start", { page: { width: 1280, height: 800 } }, async (page) => {
  await toBleedingPage(page);
  assert.equal(await details(page).evaluate((element) => element.open), true);
});
