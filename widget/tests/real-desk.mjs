/**
 * A person in the widget and staff at the desk, at the same time, on the real server, in headless Chromium.
 *
 *   node tests/real-desk.mjs [--pictures FOLDER]
 *
 * Prints one line of JSON: {name, faults, ...}.
 */
import { launch, until } from "./support/browser.mjs";
import { hire } from "./support/desk.mjs";
import { startRealServer } from "./support/real-server.mjs";
import { answered, choose, open, ownWords, sendButton } from "./support/ui.mjs";
import { args, report, startWorld } from "./support/world.mjs";

const named = args();
const browser = await launch();
const server = await startRealServer();
const found = { faults: [], saw: {} };
const world = await startWorld(browser, server, { width: 400, height: 800 });
const person = world.page;
let anna, cleo;
try {
  await together();
} catch (error) {
  found.faults.push(`stopped: ${error.stack}`);
  if (named.pictures) {
    await person.screenshot({ path: `${named.pictures[0]}/stopped-person.png` });
    await anna?.page.screenshot({ path: `${named.pictures[0]}/stopped-desk.png`, fullPage: true });
  }
}
found.faults.push(...(await world.faults()));
await world.close();
await browser.close();
await server.close();
report("together", found);

async function together() {
  anna = await hire(browser, server, "Anna", "helper");
  cleo = await hire(browser, server, "Cleo", "clinician");
  found.faults.push(...(await anna.faultsAtBothWidths()));
  await picture(anna, "queue-empty");

  // The person asks for somebody with their very first words.
  await person.locator("signpost-chat").locator("button").first().click();
  await until(async () => (await open(person)).step, "the first question", 20_000);
  await write("can i talk to a real person please");
  const seen = await until(async () => (await anna.queue())[0], "the case in the queue");
  found.saw.queued = seen.words;
  await picture(anna, "queue");

  // One of two takes it; the other reads who has it, without a reload.
  await cleo.open(seen.id);
  await cleo.page.fill("#reply", "Good morning, I am");
  await anna.page.locator(`#case-${seen.id} a`).click();
  await anna.press("Take this case");
  await until(async () => (await cleo.page.locator("[data-live=head]").innerText()).includes("Anna"), "the owner on the other's page");
  found.saw.unsent = await until(() => cleo.page.locator("#unsent-reply").inputValue(), "what the other was writing");
  found.saw.unsentLabel = await cleo.page.locator("label[for=unsent-reply]").innerText();
  found.saw.joined = await until(() => heard("You are now writing with Anna"), "the notice to the person");
  found.faults.push(...(await anna.faultsAtBothWidths()), ...(await cleo.faults()));

  // They write to each other.
  await anna.page.fill("#reply", "Hello, this is Anna. What is happening?");
  await anna.press("Send");
  found.saw.reply = await until(() => heard("Hello, this is Anna"), "the reply");
  await anna.page.fill("#reply", "Half a sent");
  const status = () => person.locator("signpost-chat .status").textContent();
  found.saw.typing = await until(async () => ((await status()).includes("message to you") ? status() : null), "the sign that somebody is typing");
  await until(async () => !(await status()), "the end of that sign", 12_000);
  await say("I have been tired for weeks");
  await until(async () => (await anna.page.locator("#transcript").innerText()).includes("tired for weeks"), "the person's words at the desk");
  found.saw.draft = await anna.page.locator("#reply").inputValue();

  // A red flag in the middle of it: both see it, and the case rises. Whoever stands on the page stays where they are.
  await cleo.page.locator("#note").click();
  await cleo.page.keyboard.type("Rang at nine");
  for (let n = 0; n < "nine".length; n++) await cleo.page.keyboard.press("ArrowLeft");
  await say("now my nose is bleeding and it wont stop, 20 minutes");
  found.saw.flag = await until(() => heard("This is an emergency"), "the direction to the person");
  await until(async () => (await anna.page.locator("[data-live=head]").innerText()).includes("Emergency"), "the level at the desk");
  found.saw.told = await anna.page.locator("#said").textContent();
  found.saw.why = await anna.page.locator(".headline").innerText();
  await until(async () => (await cleo.page.locator("[data-live=head]").innerText()).includes("Emergency"), "the level on the other's page");
  await cleo.page.keyboard.type("half past ");
  found.saw.note = await cleo.page.locator("#note").inputValue();
  await picture(anna, "case");
  found.faults.push(...(await anna.faultsAtBothWidths()));

  // A helper raises and cannot lower; a clinician lowers with a reason, and not without.
  found.saw.helperLowers = await anna.page.getByRole("button", { name: "Lower the level" }).count();
  await cleo.page.reload();
  await cleo.press("Lower the level", { "#lower-to": "today", "#lower-why": " " });
  found.saw.noReason = await cleo.page.locator("#fault").innerText();
  found.faults.push(...(await cleo.faults()));
  await cleo.press("Lower the level", { "#lower-to": "today", "#lower-why": "Pressed for ten minutes on the phone with me, it has stopped" });
  await until(async () => (await anna.page.locator("[data-live=head]").innerText()).includes("Today"), "the lowered level");
  found.saw.history = await cleo.page.locator(".history").innerText();
  await picture(cleo, "case-clinician");

  // Left to the checklist again, and then ended by the other.
  await anna.press("Give it back to the queue");
  found.saw.left = await until(() => heard("has left"), "that staff left");
  await cleo.page.reload();
  await cleo.press("Take this case");
  await cleo.press("Close the case", { "#outcome": "advised" });
  await until(async () => (await anna.queue()).length === 0, "an empty queue");
  found.faults.push(...(await anna.faults()));
  await cleo.open(seen.id);
  found.saw.closed = await cleo.page.locator(".facts").innerText();
  found.faults.push(...(await cleo.faultsAtBothWidths()));
  await cleo.page.goto(`${server.url}/desk/cases/${seen.id}/sheet`);
  found.faults.push(...(await cleo.faultsAtBothWidths()));
  await picture(cleo, "sheet");

  // The practice room: the same pages, marked as made up, in every size and colour.
  const { page } = anna;
  const mark = () => page.locator(".practice-note strong").innerText();
  await page.goto(`${server.url}/desk/practice/`);
  found.saw.practice = [await mark()];
  found.faults.push(...(await anna.faultsAtBothWidths()));
  await picture(anna, "practice");
  await page.setViewportSize({ width: 800, height: 900 });
  await picture(anna, "practice-800");
  await page.emulateMedia({ colorScheme: "dark" });
  found.faults.push(...(await anna.faults()));
  await picture(anna, "practice-800-dark");
  await page.emulateMedia({ colorScheme: "light", forcedColors: "active" });
  found.faults.push(...(await anna.faults()));
  await picture(anna, "practice-800-forced");
  await page.emulateMedia({ forcedColors: "none" });
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.locator("#queue tbody a").first().click();
  found.saw.practice.push(await mark());
  found.faults.push(...(await anna.faultsAtBothWidths()));
  await picture(anna, "practice-case");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL("**/sign-in");
  found.faults.push(...(await anna.faultsAtBothWidths()));
  await picture(anna, "sign-in");
}

async function write(words) {
  await answered(person, () => say(words));
}

/** Writes and sends; while staff have the chat, no answer need come. */
async function say(words) {
  await ownWords(person).fill(words);
  await sendButton(person).click();
}

/** What stands in the chat with these words, or nothing. */
function heard(words) {
  return person.evaluate((part) => document.querySelector("signpost-chat").chat.messages.map(({ text }) => text).find((text) => text.includes(part)), words);
}

async function picture(staff, name) {
  if (!named.pictures) return;
  await staff.page.screenshot({ path: `${named.pictures[0]}/${name}.png`, fullPage: true, animations: "disabled" });
}
