/** Reading messages aloud, and the size of the text. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { box, button, fine, LOOKS, onPage, openChat, say, speech, spoken, toBleedingPage, until, VOICE } from "./support/aids.mjs";
import { focused, misfits } from "./support/browser.mjs";
import { load } from "./support/load.mjs";

const { spelled } = await load("text/spelled.ts");

const WITH_VOICE = { init: speech, argument: [VOICE] };
const listen = (page) => button(page, "Listen to this message");
const stop = (page) => button(page, "Stop reading");

// numbers ---

for (const [text, numbers, lines] of [
  ["Call 999 now.\n\n On 999 days", ["999"], ["Call 9 9 9 now.", "On 9 9 9 days"]],
  ["Call 020 7946 0000", ["020 7946 0000"], ["Call 0 2 0, 7 9 4 6, 0 0 0 0"]],
  ["Ring +44 (0)20 7946 0000.", [], ["Ring plus 4 4, 0, 2 0, 7 9 4 6, 0 0 0 0."]],
  ["112 or 999", ["112 or 999"], ["1 1 2 or 9 9 9"]],
  ["13 11 14, or 131114", ["13 11 14"], ["1 3, 1 1, 1 4, or 131114"]],
  ["A reading of 38.5 on 2026-11-23, 24 hours, 1999", ["99"], ["A reading of 38.5 on 2026-11-23, 24 hours, 1999"]],
]) {
  test(`telephone numbers are read digit by digit, other numbers as they are: ${JSON.stringify(text)}`, () => {
    assert.deepEqual(spelled(text, numbers), lines);
  });
}

// reading ---

onPage("where the browser cannot speak there is nothing to press", {}, async (page) => {
  await openChat(page);
  await button(page, "Menu").click();
  // The size of the text comes with the same file.
  await page.getByText("Text size").waitFor();
  assert.equal(await listen(page).count(), 0);
});

for (const [what, voice] of [
  ["a voice that the browser would fetch", { ...VOICE, localService: false }],
  ["a voice for another language", { ...VOICE, lang: "de-DE" }],
]) {
  onPage(`with no more than ${what}, nothing is sent to it, and nothing is offered`, { init: speech, argument: [voice] }, async (page) => {
    await openChat(page);
    await button(page, "Menu").click();
    await page.getByText("Text size").waitFor();
    assert.equal(await listen(page).count(), 0);
    await page.evaluate((here) => {
      window.voices = [...window.voices, here];
      speechSynthesis.dispatchEvent(new Event("voiceschanged"));
    }, VOICE);
    await listen(page).first().waitFor();
  });
}

onPage("a message is read in its language, by one voice at a time, and nothing starts by itself", { init: speech, argument: [{ ...VOICE, lang: "en_US" }, VOICE] }, async (page) => {
  await openChat(page);
  await listen(page).first().waitFor();
  const messages = await page.locator("[role=log] li").filter({ has: page.locator(".bubble") }).count();
  assert.equal(await listen(page).count(), messages);
  assert.deepEqual(await spoken(page), []);
  await listen(page).first().click();
  const first = await spoken(page);
  assert.match(first[0], /^This is a checklist of warning signs/);
  assert.ok(first.includes("say what the cause is"));
  assert.deepEqual(await page.evaluate(() => [window.said[0].lang, window.said[0].voice.lang]), ["en-GB", "en-GB"]);
  assert.equal(await stop(page).count(), 1);
  await listen(page).first().click();
  assert.equal(await page.evaluate(() => window.cancelled), 1);
  assert.match((await spoken(page))[first.length], /^In an emergency/);
  assert.equal(await stop(page).count(), 1);
  await page.evaluate(() => window.said[0].onerror?.());
  assert.equal(await stop(page).count(), 1, "the end of an earlier reading changes nothing");
  await page.evaluate(() => window.said.at(-1).onend());
  await until(async () => !(await stop(page).count()), "the end");
});

onPage("by keyboard: the same button stops, keeps the focus, and says what it does", WITH_VOICE, async (page) => {
  await openChat(page);
  await listen(page).nth(1).focus();
  await page.keyboard.press("Enter");
  await stop(page).waitFor();
  assert.equal((await focused(page)).text, "Stop");
  assert.ok((await focused(page)).ring);
  await page.keyboard.press("Space");
  assert.equal((await focused(page)).text, "Listen");
  assert.equal(await page.evaluate(() => window.cancelled), 1);
});

onPage("a direction is read with its numbers digit by digit", WITH_VOICE, async (page) => {
  await toBleedingPage(page);
  await say(page, "It won't stop");
  await button(page, "I have called").waitFor();
  await page.locator("li", { has: page.locator(".card") }).getByRole("button", { name: "Listen" }).click();
  const lines = await spoken(page);
  assert.equal(lines[0], "Emergency: call now");
  assert.ok(lines.includes("Call 9 9 9 now. Tell them about the bleeding."));
  assert.ok(lines.some((line) => line.includes("0 2 0, 7 9 4 6, 0 0 0 0")));
  assert.ok(!lines.some((line) => /999|7946/.test(line)));
});

for (const [what, act] of [
  ["the panel is closed", (page) => page.keyboard.press("Escape")],
  ["another view is opened", async (page) => {
    await button(page, "Menu").click();
    await page.getByRole("button", { name: "Your data" }).click();
  }],
  ["an emergency comes", (page) => say(page, "It won't stop")],
  ["the page is left", (page) => page.evaluate(() => window.dispatchEvent(new Event("pagehide")))],
]) {
  onPage(`reading stops when ${what}`, WITH_VOICE, async (page) => {
    await toBleedingPage(page);
    await listen(page).first().click();
    await stop(page).waitFor();
    await act(page);
    await until(() => page.evaluate(() => window.cancelled === 1), "silence");
    assert.equal(await stop(page).count(), 0);
  });
}

onPage("the buttons come without a word in the log, and nothing moves when they do", WITH_VOICE, async (page) => {
  await page.evaluate(() => (window.voices = []));
  await openChat(page);
  await until(() => page.evaluate(() => document.querySelector("signpost-chat").shadowRoot.adoptedStyleSheets.length > 3), "the sheet");
  const places = () => page.locator(".bubble").evaluateAll((all) => all.map((element) => element.getBoundingClientRect().height));
  const before = await places();
  await page.evaluate((voice) => {
    window.voices = [voice];
    speechSynthesis.dispatchEvent(new Event("voiceschanged"));
  }, VOICE);
  await listen(page).first().waitFor();
  assert.deepEqual(await places(), before);
  assert.equal(await page.locator(".listen:not([aria-live=off])").count(), 0);
  const over = await page.locator(".listen button").first().evaluate((element) => {
    const words = document.createRange();
    words.selectNodeContents(element.closest("li").querySelector(".text"));
    const mine = element.getBoundingClientRect();
    return [...words.getClientRects()].some((line) => line.right > mine.left && line.top < mine.bottom && line.bottom > mine.top + 2);
  });
  assert.equal(over, false, "words beneath the button");
});

// size ---

const sizeOf = (page) => page.locator("#own-words").evaluate((element) => parseFloat(getComputedStyle(element).fontSize));
const choose = async (page, name) => {
  await button(page, "Menu").click();
  await page.getByRole("radio", { name, exact: true }).check();
  await button(page, "Menu").click();
};

for (const blocked of [false, true]) {
  const init = blocked ? () => Object.defineProperty(window, "sessionStorage", { get: () => { throw new DOMException("blocked", "SecurityError"); } }) : undefined;
  onPage(`text grows at once, and ${blocked ? "with storage blocked until the page is left" : "stays so over a reload"}`, { init }, async (page) => {
    await openChat(page);
    const normal = await sizeOf(page);
    await choose(page, "Largest");
    assert.equal(await sizeOf(page), normal * 1.5);
    await choose(page, "Large");
    assert.equal(await sizeOf(page), normal * 1.25);
    if (blocked) return;
    await page.reload();
    await page.getByText("This is a checklist").waitFor();
    assert.equal(await sizeOf(page), normal * 1.25);
    await button(page, "Menu").click();
    assert.ok(await page.getByRole("radio", { name: "Large", exact: true }).isChecked());
    assert.equal(await page.evaluate(() => localStorage.length), 0);
  });
}

onPage("by keyboard: the size is one stop of the menu, and its arrow keys choose", {}, async (page) => {
  await openChat(page);
  await button(page, "Menu").focus();
  await page.keyboard.press("Enter");
  await page.getByText("Text size").waitFor();
  // Past the button that closes, and the other lines of the menu.
  for (let i = 0; i < 9 && (await focused(page)).id !== "text-100"; i++) await page.keyboard.press("Tab");
  assert.equal((await focused(page)).id, "text-100");
  await page.keyboard.press("ArrowRight");
  assert.equal((await focused(page)).id, "text-125");
  assert.ok((await focused(page)).ring);
  await until(async () => (await sizeOf(page)) > 20, "larger text");
});

for (const look of LOOKS) {
  onPage(`at the largest size nothing is at fault, small or cut off: ${JSON.stringify(look)}`, { ...WITH_VOICE, page: look }, async (page) => {
    await toBleedingPage(page);
    await button(page, "Menu").click();
    await page.getByRole("radio", { name: "Largest", exact: true }).check();
    await fine(page, "menu");
    await button(page, "Menu").click();
    await listen(page).last().click();
    await fine(page, "reading");
    await say(page, "I have a lump");
    await page.locator(".outline summary").click();
    await fine(page, "outline");
    await say(page, "It won't stop");
    await button(page, "I have called").waitFor();
    await fine(page, "emergency");
    assert.ok(await page.locator(".call-bar").isVisible());
  });
}

onPage("at the largest size a page at 400 % can still be used", { page: { height: 256 } }, async (page) => {
  await toBleedingPage(page);
  await choose(page, "Largest");
  await box(page, "Not sure").check();
  assert.deepEqual(await misfits(page), []);
  await button(page, "Send").click();
  await button(page, "My child").waitFor();
});
