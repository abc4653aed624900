/** What the tests of the aids share: a page with a server of its own, and a browser with a voice. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startServer } from "../../dev/server.mjs";
import { axe, launch, misfits, newPage, until } from "./browser.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** The looks in which nothing may be at fault. */
export const LOOKS = [
  { width: 320 },
  { width: 1280, height: 800 },
  { width: 320, colorScheme: "dark" },
  { width: 320, forcedColors: "active" },
];

/** Runs `check(page, server)`; `init` runs in the page before its own scripts. Nothing may go wrong on the page. */
export function onPage(name, { page: options, server: settings, init, argument }, check) {
  test(name, { timeout: 90_000 }, async () => {
    const server = await startServer(settings);
    const page = await newPage(browser, server, options);
    try {
      if (init) await page.addInitScript(init, argument);
      await page.goto(`${server.url}/demo`);
      await check(page, server);
      assert.deepEqual(page.faults, []);
    } finally {
      await page.context().close();
      await server.close();
    }
  });
}

export const button = (page, name) => page.getByRole("button", { name, exact: true });
export const box = (page, name) => page.getByRole("checkbox", { name, exact: true });

export async function openChat(page) {
  await button(page, "Check warning signs").click();
  await button(page, "Start the check").waitFor();
}

export async function toBleedingPage(page) {
  await openChat(page);
  await button(page, "Start the check").click();
  await box(page, "None of these").waitFor();
}

export async function say(page, words) {
  await page.locator("#own-words").fill(words);
  await button(page, "Send").click();
}

export async function fine(page, state) {
  assert.deepEqual(await axe(page), [], state);
  assert.deepEqual(await misfits(page), [], state);
}

/** In the page: speech that the test drives. `window.said` holds what was asked to be spoken, `window.voices` who can. */
export function speech(voices) {
  const made = new EventTarget();
  window.said = [];
  window.cancelled = 0;
  window.voices = voices;
  made.getVoices = () => window.voices;
  made.speak = (words) => window.said.push(words);
  made.cancel = () => void window.cancelled++;
  Object.defineProperty(window, "speechSynthesis", { configurable: true, value: made });
  window.SpeechSynthesisUtterance = class {
    constructor(text) {
      this.text = text;
    }
  };
}
export const VOICE = { name: "Here", lang: "en-GB", localService: true };

export const spoken = (page) => page.evaluate(() => window.said.map(({ text }) => text));
export { until };
