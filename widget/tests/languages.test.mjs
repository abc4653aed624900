/**
 * The widget in other languages: American English, and two that nobody speaks (see dev/pseudo.mjs), which show that
 * every word comes from the catalogue, and that longer words and the other direction of writing break nothing.
 */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { PSEUDO, buildPseudo } from "../dev/pseudo.mjs";
import { startServer } from "../dev/server.mjs";
import { axe, focused, launch, misfits, newPage, until } from "./support/browser.mjs";

let browser;
let server;
/** Built files that also know the two languages of tests. */
let pseudoDist;

before(async () => {
  pseudoDist = await mkdtemp(join(tmpdir(), "signpost-pseudo-"));
  await buildPseudo(pseudoDist);
  browser = await launch();
});
after(async () => {
  await browser.close();
  await rm(pseudoDist, { recursive: true });
});

/** Runs `check` on the demo page, which says that it is in `lang` and gives the element `attributes`. */
function inLanguage(name, { lang = "en-GB", attributes = "", server: settings, page: options, prepare, path = "/demo" }, check) {
  test(name, { timeout: 240_000 }, async () => {
    server = await startServer({ ...(PSEUDO[lang] && { dist: pseudoDist }), ...settings });
    const page = await newPage(browser, server, options);
    page.asked = [];
    page.on("request", (request) => page.asked.push(new URL(request.url()).pathname));
    try {
      await page.route(`**${path}`, async (route) => {
        const response = await route.fetch();
        const html = (await response.text()).replace('lang="en-GB"', `lang="${lang}"`).replace("<signpost-chat", `<signpost-chat ${attributes}`);
        await route.fulfill({ response, body: html });
      });
      await prepare?.(page);
      await page.goto(server.url + path);
      await check(page);
      assert.deepEqual(page.faults, []);
    } finally {
      await page.context().close();
      await server.close();
    }
  });
}

// The server's words are English in every language, the widget's own are found by their place.
const choice = (page, name) => page.getByRole("button", { name, exact: true });
const box = (page, id) => page.locator(`#box-${id}`);
const send = (page) => page.locator(".composer .send");
const launcher = (page) => page.locator("signpost-chat section > button");
const menu = async (page, item) => {
  await page.locator("#menu-button").click();
  await page.locator("#menu button").nth(item).click();
};
const open = async (page) => {
  await launcher(page).click();
  await choice(page, "Start the check").waitFor();
};
const toBleedingPage = async (page) => {
  await open(page);
  await choice(page, "Start the check").click();
  await box(page, "none").waitFor();
};

/**
 * Words on the page that are in the language of the panel, and did not come through its catalogue: every text and
 * every spoken label below no other `lang`. What stands in `.code` is the server's and has no language;
 * what stands in `.axis` comes from `Intl`.
 */
function strays(page, marks) {
  return page.evaluate(
    ([source, flags]) => {
      const marked = new RegExp(source, flags);
      const root = document.querySelector("signpost-chat").shadowRoot;
      const panel = root.querySelector(".root")?.lang;
      const found = [];
      const look = (words, element) => {
        if (!/\p{L}/u.test(words) || marked.test(words) || element?.closest(".code, .axis")) return;
        if (!panel || element?.closest("[lang]")?.lang === panel) found.push(words.trim());
      };
      const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        if (node.nodeType === Node.TEXT_NODE) look(node.data, node.parentElement);
        else for (const name of ["aria-label", "aria-description", "title", "placeholder", "alt"]) look(node.getAttribute(name) ?? "", node);
      }
      return found;
    },
    [marks.source, marks.flags],
  );
}

/** Words that stand under another `lang` than the panel's: they must be the server's. */
const theirs = (page) =>
  page.evaluate(() => {
    const root = document.querySelector("signpost-chat").shadowRoot.querySelector(".root");
    return [...root.querySelectorAll(`[lang]:not([lang="${root.lang}"])`)].map((element) => {
      const copy = element.cloneNode(true);
      for (const own of copy.querySelectorAll(`[lang="${root.lang}"]`)) own.remove();
      return [element.lang, copy.textContent];
    });
  });

/** Everything that a summary can hold, which the stand-in's own does not. */
const FULL_SUMMARY = (summary) => ({
  ...summary,
  about: "self",
  condition: "lymphoma",
  recent_treatment: "yes",
  worry: "very",
  medicines: ["paracetamol"],
  temperatures: [{ c: 38, when: "now", words: "38" }],
  signs: { ...summary.signs, not_sure: ["night_sweats"], not_answered: ["night_sweats"], past: ["night_sweats"] },
  red_flags: ["uncontrolled_bleeding"],
});
const fillSummary = (page) =>
  page.route("**/summary", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: FULL_SUMMARY(await response.json()) });
  });

for (const [lang, { marks }] of Object.entries(PSEUDO)) {
  for (const size of [{ width: 320, height: 640 }, { width: 320, height: 256 }, { width: 1280, height: 800 }]) {
    const at = `${size.width} by ${size.height} px`;
    // 320 by 256 px is a page at 400 %: there it counts that nothing is cut off, and the rest is as at 640.
    const whole = size.height > 256;
    inLanguage(`${lang} at ${at}: every word from the catalogue, no accessibility fault, nothing small or cut off, in every state`, { lang, page: size, prepare: fillSummary }, async (page) => {
      const seen = new Set();
      const fine = async (state) => {
        assert.deepEqual(await strays(page, marks), [], `${state}: words outside the catalogue`);
        if (whole) assert.deepEqual(await axe(page), [], state);
        assert.deepEqual(await misfits(page), [], state);
        const bar = await page.locator(".call-bar").boundingBox();
        assert.ok(bar.y >= 0 && bar.y + bar.height <= size.height, `${state}: the care team's number`);
        for (const [of, words] of await theirs(page)) {
          assert.equal(of, "en-GB", state);
          assert.doesNotMatch(words, marks, `${state}: the widget's own words under the server's language`);
          seen.add(words);
        }
      };
      assert.deepEqual(await strays(page, /[[\]]/), [], "before the launcher is pressed");
      await open(page);
      await fine("welcome");
      await choice(page, "Start the check").click();
      await box(page, "none").waitFor();
      await box(page, "severe_breathlessness").check();
      await box(page, "none").check();
      await page.locator(".spoken[role=status]").filter({ hasText: "None of these" }).waitFor({ state: "attached" });
      await box(page, "none").uncheck();
      await fine("choices");
      await send(page).click();
      await page.locator("#error").waitFor();
      await fine("error");
      await page.locator("#own-words").fill("My nose bleeds and it won't stop");
      await send(page).click();
      await choice(page, "I have called").waitFor();
      await fine("emergency");
      await choice(page, "I have called").click();
      await box(page, "none").check();
      server.faults.down = true;
      await send(page).click();
      await page.locator(".trouble").waitFor();
      await fine("server down");
      server.faults.down = false;
      await choice(page, "Me").click();
      await box(page, "fatigue").check();
      await box(page, "unsure").check();
      server.staffSays("Hello, this is Sam.");
      await page.locator(".from-staff").waitFor();
      await fine("staff");
      await send(page).click();
      await choice(page, "Skip this").click();
      await page.getByText("Here is what you told me").waitFor();
      await fine("end");
      await page.locator("#menu-button").click();
      await fine("menu");
      await page.locator("#menu button").nth(0).click();
      await page.locator(".files button").first().waitFor();
      await fine("summary");
      const download = page.waitForEvent("download");
      await page.locator(".files button").nth(2).click();
      await download;
      await menu(page, 1);
      await page.locator("#keep").check();
      await page.getByText("TEST-1").waitFor();
      await page.locator("#forget").click();
      await page.locator("#code").fill("WRONG");
      await page.locator(".view .send").click();
      await page.getByText("No check was found").waitFor();
      await fine("data");
      await page.locator("#sure ~ .danger").click();
      await page.getByText("R-1").waitFor();
      await fine("receipt");
      assert.ok(seen.has("Much more tired than usual") && seen.has("your care team"));
    });
  }

  inLanguage(`${lang}: a whole check by keyboard, through an error and an emergency, with a ring at every stop`, { lang }, async (page) => {
    const tabTo = async (fits, what) => {
      for (let i = 0; i < 40; i++) {
        const stop = await focused(page);
        if (fits(stop)) return;
        await page.keyboard.press("Tab");
        const { ring, tag, id } = await focused(page);
        assert.ok(ring || tag === "body", `no ring on ${tag}#${id}`);
      }
      throw new Error(`Tab never reached ${what}`);
    };
    const at = (id) => until(async () => (await focused(page)).id === id, `focus on ${id}`);
    const press = async (name) => {
      await tabTo(({ tag, text }) => tag === "button" && text === name, name);
      await page.keyboard.press("Enter");
    };
    const submit = await page.evaluate(() => document.querySelector("signpost-chat").shadowRoot.querySelector("button").innerText);
    await press(submit);
    await at("choices");
    await press("Start the check");
    await box(page, "none").waitFor();
    await at("choices");
    const sendWords = await send(page).innerText();
    await press(sendWords);
    await page.locator("#error").waitFor();
    await at("box-uncontrolled_bleeding");
    await page.keyboard.press("Space");
    await press(sendWords);
    await choice(page, "I have called").waitFor();
    await at("banner");
    await press("That is not what I meant");
    await box(page, "none").waitFor();
    await tabTo(({ id }) => id === "box-none", "none of these");
    await page.keyboard.press("Space");
    await press(sendWords);
    await choice(page, "Me").waitFor();
    await press("Me");
    await box(page, "night_sweats").waitFor();
    await tabTo(({ id }) => id === "box-night_sweats", "sweats");
    await page.keyboard.press("Space");
    await press(sendWords);
    await choice(page, "Skip this").waitFor();
    await press("Skip this");
    await page.getByText("Here is what you told me").waitFor();
    await tabTo(({ id }) => id === "menu-button", "the menu");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await at("view-title");
    await page.keyboard.press("Escape");
    await at("launcher");
  });

  inLanguage(`${lang}: what cannot be reached is said in it too: a part that is missing, and a check that is gone`, { lang, prepare: (page) => page.route("**/extras.js*", (route) => route.abort()) }, async (page) => {
    await toBleedingPage(page);
    await menu(page, 0);
    await page.locator(".view .error").waitFor();
    assert.deepEqual(await strays(page, marks), []);
    await page.locator(".view .back").click();
    server.chats.clear();
    await page.locator("#own-words").fill("hello");
    await send(page).click();
    await page.locator("#scroll > .primary").waitFor();
    assert.deepEqual(await strays(page, marks), []);
    assert.deepEqual(await axe(page), []);
  });
}

const direction = (page, selector) => page.locator(selector).first().evaluate((element) => getComputedStyle(element).direction);

inLanguage("a language that is written from right to left turns the panel around, and leaves numbers and the server's English as they are", { lang: "ar-XB" }, async (page) => {
  await toBleedingPage(page);
  assert.equal(await direction(page, ".panel"), "rtl");
  assert.equal(await direction(page, ".call-bar .number"), "ltr");
  assert.equal(await direction(page, ".text[lang=en-GB]"), "ltr");
  const [close, title] = [await page.locator(".header .tool").last().boundingBox(), await page.locator("#title").boundingBox()];
  assert.ok(close.x < title.x, "the way out is at the other side");
  // The digits of a number run from left to right: the first one stands left of the second.
  const places = await page.locator(".call-bar .number").evaluate((element) => {
    const node = [...element.childNodes].find(({ nodeType }) => nodeType === Node.TEXT_NODE);
    const place = (at) => {
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      return range.getBoundingClientRect().left;
    };
    return [place(0), place(1)];
  });
  assert.ok(places[0] < places[1]);
});

inLanguage("the page's own word on the direction comes before the language's", { lang: "ar-XB", attributes: 'dir="ltr"' }, async (page) => {
  await open(page);
  assert.equal(await direction(page, ".panel"), "ltr");
});

inLanguage("the page's own word on the direction also turns a language around", { attributes: 'dir="rtl"' }, async (page) => {
  await open(page);
  assert.equal(await direction(page, ".panel"), "rtl");
});

inLanguage("British English is there without any further file, and nothing is marked as foreign", {}, async (page) => {
  await toBleedingPage(page);
  await page.getByText("Tick all that apply").waitFor();
  assert.deepEqual(page.asked.filter((path) => path.includes("/locales/")), []);
  assert.deepEqual(await theirs(page), []);
  assert.equal(await page.locator(".root").getAttribute("lang"), "en-GB");
});

inLanguage("American English: its words, dates and degrees, asked of the server, whose words are marked as British", { lang: "en-US", prepare: fillSummary }, async (page) => {
  const session = page.waitForRequest((request) => request.url().endsWith("/session"));
  await toBleedingPage(page);
  assert.deepEqual((await session).postDataJSON(), { locale: "en-US" });
  await page.getByText("Select all that apply, then press Send.").waitFor();
  assert.equal(await page.locator(".root").getAttribute("lang"), "en-US");
  assert.deepEqual([...new Set((await theirs(page)).map(([lang]) => lang))], ["en-GB"]);
  await menu(page, 0);
  await page.getByText("100.4 °F (38.0 °C)").waitFor();
  await page.getByText("Needs help right away").waitFor();
  assert.match(await page.locator(".summary .note").first().innerText(), /^Started [A-Z][a-z]+ \d+, \d{4} at \d+:\d\d\s[AP]M$/);
});

inLanguage("where the server's words are in the widget's language, nothing is marked as foreign", { lang: "en-US", server: { language: "en-US" } }, async (page) => {
  await toBleedingPage(page);
  assert.deepEqual(await theirs(page), []);
});

for (const [name, options, language] of [
  ["the element's attribute comes first", { attributes: 'language="en-US"' }, "en-US"],
  ["then the page", { lang: "en-US", page: { locale: "en-GB" } }, "en-US"],
  ["then the browser, where the page's language is not known", { lang: "cy", page: { locale: "en-US" } }, "en-US"],
  ["a language with a relative gets the relative", { attributes: 'language="en-AU"', page: { locale: "en-US" } }, "en-GB"],
  ["a language with no relative at all gets the source", { lang: "cy", attributes: 'language="fr"', page: { locale: "de" } }, "en-GB"],
]) {
  inLanguage(`the choice of a language: ${name}`, options, async (page) => {
    await open(page);
    assert.equal(await page.locator(".root").getAttribute("lang"), language);
  });
}

inLanguage("words are fetched while the session is: neither waits for the other", { lang: "en-US" }, async (page) => {
  const held = [];
  await page.route("**/locales/en-US.js", (route) => held.push(route));
  await launcher(page).click();
  await until(async () => held.length && server.chats.size, "the session, while the words are held back");
  assert.ok(await page.getByText("Use the number on your treatment card").isVisible(), "the page's own words stay meanwhile");
  await held[0].continue();
  await choice(page, "Start the check").waitFor();
  assert.equal(await page.locator("#title").evaluate((element) => element.closest("[lang]").lang), "en-US");
});

for (const [what, answer] of [
  ["cannot be fetched", (route) => route.abort()],
  ["do not come", () => undefined],
]) {
  inLanguage(`words that ${what} do not stand between a person and the checklist`, { lang: "en-US", prepare: (page) => page.route("**/locales/en-US.js", answer) }, async (page) => {
    await toBleedingPage(page);
    await page.getByText("Tick all that apply").waitFor();
    assert.equal(await page.locator(".root").getAttribute("lang"), "en-GB");
  });
}

inLanguage("how far the check is stands in words, and the bar has the same name", {}, async (page) => {
  const bar = page.getByRole("progressbar");
  const words = async (said) => {
    await page.locator(".progress").getByText(said, { exact: true }).waitFor();
    assert.equal(await page.getByRole("progressbar", { name: said, exact: true }).count(), 1);
  };
  await open(page);
  await words("4 pages");
  await choice(page, "Start the check").click();
  await words("Page 1 of 4");
  await box(page, "none").check();
  await send(page).click();
  await words("Page 2 of 4");
  await choice(page, "Me").click();
  await box(page, "none").check();
  await send(page).click();
  await words("Page 4 of 4");
  assert.equal(await bar.evaluate((element) => element.position), 0.75);
  await choice(page, "Skip this").click();
  await words("All 4 pages done");
});
