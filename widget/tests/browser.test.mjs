/** The built widget in a real browser, against the stand-in server under the strict policies. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startServer } from "../dev/server.mjs";
import { axe, focused, launch, misfits, newPage, until } from "./support/browser.mjs";

let browser;
let server;

before(async () => {
  browser = await launch();
});
after(async () => {
  await browser.close();
});

/** Runs `check` with a server and a page of its own; afterwards nothing may have gone wrong on the page. */
function onPage(name, options, check) {
  test(name, { timeout: 60_000 }, async () => {
    server = await startServer(options.server);
    const page = await newPage(browser, server, options.page);
    try {
      await page.goto(server.url + (options.path ?? "/demo"));
      await check(page);
      assert.deepEqual(page.faults, []);
      assert.deepEqual(await page.context().cookies(), []);
    } finally {
      await page.context().close();
      await server.close();
    }
  });
}

const button = (page, name) => page.getByRole("button", { name, exact: true });
const box = (page, name) => page.getByRole("checkbox", { name });
const ownWords = (page) => page.locator("#own-words");
const banner = (page) => page.locator("#banner");
const open = async (page) => {
  await button(page, "Check warning signs").click();
  await button(page, "Start the check").waitFor();
};
const toBleedingPage = async (page) => {
  await open(page);
  await button(page, "Start the check").click();
  await box(page, "None of these").waitFor();
};
const toBodyPage = async (page) => {
  await toBleedingPage(page);
  await box(page, "None of these").check();
  await button(page, "Send").click();
  await button(page, "Me").click();
  await box(page, "Sweats at night").waitFor();
};
const say = async (page, words) => {
  await ownWords(page).fill(words);
  await button(page, "Send").click();
};
const persons = () => [...server.chats.values()].flatMap(({ messages }) => messages.filter(({ author }) => author === "person"));

/** Presses Tab until what has the focus fits, and checks the ring at every stop. */
async function tabTo(page, fits, what) {
  for (let i = 0; i < 40; i++) {
    const stop = await focused(page);
    if (fits(stop)) return stop;
    await page.keyboard.press("Tab");
    const { ring, tag, id } = await focused(page);
    assert.ok(ring || tag === "body", `no ring on ${tag}#${id}`);
  }
  throw new Error(`Tab never reached ${what}`);
}
const pressOn = async (page, name) => {
  await tabTo(page, ({ tag, text }) => tag === "button" && text === name, name);
  await page.keyboard.press("Enter");
};

for (const width of [320, 1280]) {
  onPage(`a whole check by keyboard at ${width} px, through an error, an emergency and the summary`, { page: { width } }, async (page) => {
    await pressOn(page, "Check warning signs");
    await until(async () => (await focused(page)).id === "choices", "focus on the choices");
    await pressOn(page, "Start the check");
    await box(page, "None of these").waitFor();
    await until(async () => (await focused(page)).id === "choices", "focus on the next choices");
    await pressOn(page, "Send");
    await page.getByRole("alert").getByText("Tick at least one line").waitFor();
    assert.equal((await focused(page)).id, "box-uncontrolled_bleeding");
    await page.keyboard.press("Space");
    await pressOn(page, "Send");
    await button(page, "I have called").waitFor();
    await until(async () => (await focused(page)).id === "banner", "focus on the emergency");
    await pressOn(page, "That is not what I meant");
    await box(page, "None of these").waitFor();
    await tabTo(page, ({ id }) => id === "box-none", "none of these");
    await page.keyboard.press("Space");
    await pressOn(page, "Send");
    await button(page, "Me").waitFor();
    await pressOn(page, "Me");
    await box(page, "Sweats at night").waitFor();
    await tabTo(page, ({ id }) => id === "box-night_sweats", "sweats");
    await page.keyboard.press("Space");
    await tabTo(page, ({ id }) => id === "own-words", "the box");
    await page.keyboard.type("My gums bled on Tuesday");
    await page.keyboard.press("Enter");
    await button(page, "Skip this").waitFor();
    await pressOn(page, "Skip this");
    await page.getByText("Here is what you told me").waitFor();
    const { choices, text } = await page.evaluate(() => ({ choices: document.querySelector("signpost-chat").shadowRoot.querySelector(".summary").innerText, text: document.activeElement.localName }));
    assert.match(choices, /Sweats at night/);
    assert.match(choices, /My gums bled on Tuesday/);
    assert.notEqual(text, "body");
    await page.keyboard.press("Escape");
    await until(async () => (await focused(page)).id === "launcher", "focus back on the launcher");
  });
}

for (const page of [
  { width: 320 },
  { width: 1280, height: 800 },
  { width: 320, colorScheme: "dark" },
  { width: 320, forcedColors: "active" },
]) {
  onPage(`no accessibility fault, nothing small or cut off, in every state: ${JSON.stringify(page)}`, { page }, async (page) => {
    const fine = async (state) => {
      assert.deepEqual(await axe(page), [], state);
      assert.deepEqual(await misfits(page), [], state);
      assert.ok(await page.locator(".call-bar").isVisible(), `${state}: the care team's number`);
    };
    assert.deepEqual(await axe(page), [], "closed");
    await toBleedingPage(page);
    await fine("choices");
    await button(page, "Send").click();
    await fine("error");
    await say(page, "My nose bleeds and it won't stop");
    await button(page, "I have called").waitFor();
    await fine("emergency");
    await button(page, "I have called").click();
    await box(page, "None of these").check();
    server.faults.down = true;
    await button(page, "Send").click();
    await page.getByText("Not sent yet").waitFor();
    await fine("server down");
    server.faults.down = false;
    await button(page, "Me").click();
    await box(page, "Not sure").check();
    server.staffSays("Hello, this is Sam.");
    await page.getByText("A person is writing to you").waitFor();
    await fine("staff");
    await button(page, "Send").click();
    await button(page, "Skip this").click();
    await page.getByText("Here is what you told me").waitFor();
    await fine("end");
    await button(page, "Menu").click();
    await fine("menu");
    await page.getByRole("button", { name: "Your summary" }).click();
    await button(page, "Print").waitFor();
    await fine("summary");
    await button(page, "Menu").click();
    await page.getByRole("button", { name: "Your data" }).click();
    await box(page, "Keep on this device").check();
    await page.getByText("TEST-1").waitFor();
    await button(page, "Forget me").click();
    await fine("data");
    await button(page, "Yes, delete it all").click();
    await page.getByText("Receipt: R-1").waitFor();
    await fine("receipt");
  });
}

onPage("several ticks and words go in one answer, in the order of the page", {}, async (page) => {
  await toBodyPage(page);
  await box(page, "Losing weight").check();
  await box(page, "Much more tired").check();
  await ownWords(page).fill("only in the evening");
  const request = page.waitForRequest((request) => request.url().endsWith("/messages"));
  await button(page, "Send").click();
  const { id, ...sent } = (await request).postDataJSON();
  assert.ok(id);
  assert.deepEqual(sent, { step: "page_body", choices: ["fatigue", "weight_loss"], text: "only in the evening" });
});

onPage("none of these removes the other ticks and says so", {}, async (page) => {
  await toBodyPage(page);
  await box(page, "Much more tired").check();
  await box(page, "None of these").check();
  assert.equal(await box(page, "Much more tired").isChecked(), false);
  await page.getByRole("status").getByText("None of these: ticked. Your other ticks were removed.").waitFor();
  await box(page, "Not sure").check();
  assert.equal(await box(page, "None of these").isChecked(), false);
});

onPage("an emergency is one alert, stays in sight while scrolling, and goes when it was not meant", {}, async (page) => {
  await toBleedingPage(page);
  await say(page, "It won't stop");
  await button(page, "I have called").waitFor();
  assert.equal(await page.getByRole("alert").count(), 1);
  assert.equal((await focused(page)).id, "banner");
  await page.locator("#scroll").evaluate((element) => (element.scrollTop = element.scrollHeight));
  const place = await banner(page).boundingBox();
  assert.ok(place.y >= 0 && place.y + place.height <= 640);
  assert.equal(await banner(page).getByRole("link").first().getAttribute("href"), "tel:999");
  await button(page, "That is not what I meant").click();
  await banner(page).waitFor({ state: "detached" });
});

onPage("a reload brings back transcript, ticks, words and the emergency", {}, async (page) => {
  await toBleedingPage(page);
  await say(page, "It won't stop");
  await button(page, "I have called").waitFor();
  await page.reload();
  await banner(page).waitFor({ timeout: 2000 });
  await button(page, "I have called").click();
  await box(page, "Too short of breath").check();
  await ownWords(page).fill("half a sen");
  server.faults.down = true;
  await page.reload();
  await page.getByText("It won't stop").waitFor();
  assert.ok(await box(page, "Too short of breath").isChecked());
  assert.equal(await ownWords(page).inputValue(), "half a sen");
  assert.equal(await page.locator(".from-person").count(), 3);
});

onPage("an answer that gets lost is sent again and counts once", {}, async (page) => {
  await toBleedingPage(page);
  server.faults.drop = 2;
  await say(page, "a lost answer");
  await page.getByText("Not sent yet").waitFor();
  await until(async () => !(await page.locator(".pending").count()), "delivery");
  assert.equal(persons().filter(({ text }) => text === "a lost answer").length, 1);
  assert.equal(await page.locator(".messages").getByText("a lost answer").count(), 1);
});

onPage("an answer given without network goes out when it is back, also after a reload", {}, async (page) => {
  await toBleedingPage(page);
  server.faults.down = true;
  await say(page, "said while down");
  await page.getByText("Not sent yet").waitFor();
  await page.getByRole("alert").getByText("do not wait for this chat").waitFor();
  await page.reload();
  await page.getByText("said while down").waitFor();
  server.faults.down = false;
  await until(async () => persons().some(({ text }) => text === "said while down"), "delivery", 10_000);
  await page.context().setOffline(true);
  await say(page, "said while offline");
  await page.getByText("No connection just now").waitFor();
  await page.context().setOffline(false);
  await until(async () => persons().filter(({ text }) => text === "said while offline").length === 1, "delivery", 10_000);
});

onPage("an answer that the server will not take comes back into the box", {}, async (page) => {
  await toBleedingPage(page);
  await say(page, "x".repeat(2001));
  await page.getByRole("alert").getByText("That is too long").waitFor();
  assert.equal((await ownWords(page).inputValue()).length, 2001);
});

onPage("a server that is down from the start leaves the number, and the chat comes when it is back", {}, async (page) => {
  server.faults.down = true;
  await button(page, "Check warning signs").click();
  await page.getByText("The checklist cannot answer just now").waitFor();
  assert.ok(await page.locator(".call-bar").isVisible());
  server.faults.down = false;
  await button(page, "Start the check").waitFor();
});

onPage("an expired token is renewed without a word", {}, async (page) => {
  await toBleedingPage(page);
  server.faults.expired = true;
  await say(page, "after a long pause");
  await button(page, "My child").waitFor();
  assert.equal(server.faults.expired, false);
});

onPage("a check that the server no longer knows is said to be gone, and a new one can start", {}, async (page) => {
  await toBleedingPage(page);
  server.chats.clear();
  await say(page, "hello");
  await page.getByText("This check has ended").waitFor();
  await button(page, "Start a new check").click();
  await button(page, "Start the check").waitFor();
  assert.equal(await ownWords(page).inputValue(), "hello");
});

onPage("messages are only ever appended to the log", {}, async (page) => {
  await open(page);
  await page.evaluate(() => {
    window.removed = 0;
    const log = document.querySelector("signpost-chat").shadowRoot.querySelector("[role=log]");
    new MutationObserver((records) => {
      for (const record of records) window.removed += [...record.removedNodes].filter((node) => node.nodeType === 1).length;
    }).observe(log, { childList: true, subtree: true });
  });
  await button(page, "Start the check").click();
  await box(page, "None of these").check();
  server.faults.drop = 1;
  await button(page, "Send").click();
  await button(page, "Me").click();
  server.staffSays("Hello");
  await page.getByText("Hello").waitFor();
  assert.equal(await page.evaluate(() => window.removed), 0);
  const texts = await page.locator("[role=log] > ol > li").allInnerTexts();
  assert.equal(texts.filter((text) => text.includes("Is any of these there right now?")).length, 1);
});

onPage("the tab forgets by default, the device keeps when told to, and untick takes it off", {}, async (page) => {
  await toBleedingPage(page);
  const stored = () => page.evaluate(() => Object.keys(localStorage).length);
  assert.equal(await stored(), 0);
  await button(page, "Menu").click();
  await page.getByRole("button", { name: "Your data" }).click();
  await box(page, "Keep on this device").check();
  await page.getByText("TEST-1").waitFor();
  assert.equal(await stored(), 1);
  const context = page.context();
  await page.close();
  const again = await context.newPage();
  await again.goto(`${server.url}/demo`);
  await again.getByRole("button", { name: "Check warning signs" }).click();
  await again.getByText("Is any of these there right now?").waitFor();
  const second = await context.newPage();
  await second.goto(`${server.url}/demo`);
  await second.getByRole("button", { name: "Check warning signs" }).click();
  await second.getByRole("button", { name: "Start the check" }).waitFor();
  assert.equal(server.chats.size, 2);
  await again.getByRole("button", { name: "Menu" }).click();
  await again.getByRole("button", { name: "Your data" }).click();
  await again.getByRole("checkbox", { name: "Keep on this device" }).uncheck();
  await until(() => again.evaluate(() => Object.keys(localStorage).length === 0), "nothing on the device");
});

onPage("a code takes up an earlier check, and a wrong one says so", {}, async (page) => {
  await toBleedingPage(page);
  const other = await newPage(browser, server);
  await other.goto(`${server.url}/demo`);
  await open(other);
  await button(other, "Menu").click();
  await other.getByRole("button", { name: "Your data" }).click();
  await other.locator("#code").fill("WRONG");
  await button(other, "Go on").click();
  await other.getByRole("alert").getByText("No check was found").waitFor();
  await other.locator("#code").fill("TEST-1");
  await button(other, "Go on").click();
  await other.getByText("Is any of these there right now?").waitFor();
  assert.equal(await other.locator(".from-person").count(), 1);
  assert.deepEqual(other.faults, []);
  await other.context().close();
});

onPage("forgetting deletes here and there, and shows the receipt; without the server nothing is claimed", {}, async (page) => {
  await toBleedingPage(page);
  await button(page, "Menu").click();
  await page.getByRole("button", { name: "Your data" }).click();
  await button(page, "Forget me").click();
  server.faults.down = true;
  await button(page, "Yes, delete it all").click();
  await page.getByRole("alert").getByText("Not deleted").waitFor();
  assert.equal(server.chats.size, 1);
  server.faults.down = false;
  await button(page, "Yes, delete it all").click();
  await page.getByText("Receipt: R-1").waitFor();
  assert.equal(server.chats.size, 0);
  assert.deepEqual(
    await page.evaluate(() => [...Object.keys(sessionStorage), ...Object.keys(localStorage)].filter((key) => key !== "signpost:open")),
    [],
  );
});

onPage("the summary prints alone and is saved in every form, with the token in no address", {}, async (page) => {
  await page.addInitScript(() => {
    window.print = () => (window.top.printed = document.body.innerText);
  });
  await page.reload();
  await toBodyPage(page);
  await box(page, "Much more tired").check();
  await button(page, "Send").click();
  await button(page, "Skip this").waitFor();
  await button(page, "Menu").click();
  await page.getByRole("button", { name: "Your summary" }).click();
  await button(page, "Print").click();
  const printed = await until(() => page.evaluate(() => window.printed), "print");
  assert.match(printed, /Much more tired than usual/);
  assert.doesNotMatch(printed, /Example blood cancer clinic|Send/);
  for (const [name, file] of [
    ["Text (.txt)", "summary.txt"],
    ["PDF (.pdf)", "summary.pdf"],
    ["Monthly reminder for your calendar (.ics)", "reminder.ics"],
    ["For health record systems (.fhir.json)", "summary.fhir.json"],
  ]) {
    const download = page.waitForEvent("download");
    await button(page, name).click();
    assert.equal((await download).suggestedFilename(), file);
  }
});

onPage("a hostile page sheet changes nothing inside, and text stays large on a page with small type", { page: { width: 1280, height: 800 } }, async (page) => {
  const look = () =>
    page.evaluate(() =>
      [...document.querySelector("signpost-chat").shadowRoot.querySelectorAll(".panel *, .launcher")].map((element) => {
        const { color, fontSize, fontFamily, display, opacity, textTransform, letterSpacing, padding } = getComputedStyle(element);
        return [element.localName, color, fontSize, fontFamily, display, opacity, textTransform, letterSpacing, padding].join();
      }),
    );
  await toBleedingPage(page);
  // The launcher's label and the pointer's place are the same before and after.
  const before = await look();
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(
      "html{font-size:62.5%}*,signpost-chat{all:revert;color:lime!important;font:italic 9px serif!important;letter-spacing:1em;text-transform:uppercase;opacity:.3;padding:3em}button,input{display:none!important}",
    );
    document.adoptedStyleSheets = [sheet];
  });
  assert.deepEqual(await look(), before);
  const size = await ownWords(page).evaluate((element) => parseFloat(getComputedStyle(element).fontSize));
  assert.ok(size >= 16);
});

onPage("markup in a message stays text", {}, async (page) => {
  await toBleedingPage(page);
  server.staffSays("<img src=x onerror=alert(1)> & <b>bold</b>");
  await page.getByText("<img src=x onerror=alert(1)> & <b>bold</b>").waitFor();
  assert.equal(await page.locator("[role=log] img, [role=log] b").count(), 0);
});

onPage("without a number the demo names the treatment card, and nothing can be dialled by mistake", { server: { numbers: false } }, async (page) => {
  await open(page);
  assert.match(await page.locator(".call-bar").innerText(), /the number on your treatment card/);
  assert.equal(await page.locator(".call-bar[href]").count(), 0);
});

onPage("the draft notice stands only while the server says that the words are a draft", { server: { draft: false } }, async (page) => {
  await open(page);
  assert.equal(await page.locator(".draft").count(), 0);
});

onPage("a page of its own opens by itself and takes no focus", { path: "/chat", page: { width: 1280, height: 800 } }, async (page) => {
  await button(page, "Start the check").waitFor();
  assert.equal((await focused(page)).tag, "body");
  assert.equal(await page.getByRole("button", { name: "Close" }).count(), 0);
  assert.deepEqual(await axe(page), []);
  assert.deepEqual(await misfits(page), []);
});

onPage("at 320 by 256 px, a page at 400 %, everything can be reached and the number stays", { page: { height: 256 } }, async (page) => {
  await toBleedingPage(page);
  await say(page, "It won't stop");
  await button(page, "I have called").waitFor();
  assert.deepEqual(await misfits(page), []);
  for (const part of [".call-bar", "#banner"]) {
    const place = await page.locator(part).boundingBox();
    assert.ok(place.y >= 0 && place.y + place.height <= 200, part);
  }
  await button(page, "That is not what I meant").click();
  await box(page, "Not sure").check();
  await button(page, "Send").click();
  await button(page, "My child").waitFor();
});

test("with scripts blocked the page's own words to call are there", async () => {
  server = await startServer();
  const page = await newPage(browser, server, { javaScriptEnabled: false });
  await page.goto(`${server.url}/demo`);
  assert.ok(await page.getByText("Use the number on your treatment card").isVisible());
  await page.context().close();
  await server.close();
});
