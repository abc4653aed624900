/**
 * One whole check in headless Chromium against a real server, with nothing but the keyboard.
 *
 *   node real-check.mjs http://127.0.0.1:5005 [folder for screenshots]
 *
 * Prints what was seen as one JSON object; exits 1 with the reason when something does not come.
 */
import { axe, focused, launch, newPage, until } from "./support/browser.mjs";

const [url, pictures] = process.argv.slice(2);
const browser = await launch();
const page = await newPage(browser, { url }, { width: 390, height: 844 });
const accessibility = [];
let messages = 0;

const shot = async (name) => pictures && page.screenshot({ path: `${pictures}/${name}.png` });
/** A choice's name may go on with its help ("Lymphoma Hodgkin or non-Hodgkin"). */
const button = (name) => page.getByRole("button", { name: new RegExp(`^${name.replace(/[.()]/g, "\\$&")}`) });

/** Tab until the wanted element has the focus: a person has nothing else. */
async function tabTo(wanted, what) {
  for (let press = 0; press < 90; press++) {
    const here = await focused(page);
    if (wanted(here)) {
      if (!here.ring) throw new Error(`${what} has the focus but shows no ring`);
      return;
    }
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab never reached ${what}`);
}

async function press(name) {
  await button(name).last().waitFor();
  await tabTo(({ tag, text }) => tag === "button" && text === name, name);
  await page.keyboard.press("Enter");
  messages += 1;
}

/** Tick lines and send; the page after it is known by `next`, a button or a box. */
async function tick(...ids) {
  for (const id of ids) {
    await page.locator(`#box-${id}`).waitFor();
    await tabTo((here) => here.id === `box-${id}`, id);
    await page.keyboard.press("Space");
  }
  await tabTo(({ tag, text }) => tag === "button" && text === "Send", "Send");
  await page.keyboard.press("Enter");
  messages += 1;
}

async function check(state) {
  for (const fault of await axe(page)) accessibility.push(`${state}: ${fault}`);
}

try {
  await page.goto(`${url}/chat`);
  await button("Start the checklist").waitFor();
  await check("welcome");
  await shot("welcome");
  await press("Start the checklist");
  await tick("none");
  await page.locator("#box-sepsis_look").waitFor();
  await tick("none");
  await press("Me");
  await press("Lymphoma");
  await press("United Kingdom");
  await press("None of these");
  await page.locator("#box-lumps").waitFor();
  await check("a page of signs");
  await shot("page");
  await tick("none");
  await page.locator("#box-night_sweats").waitFor();
  await tick("night_sweats");
  await press("1 to 4 weeks ago");
  await press("It is new");
  await tick("none");
  await page.locator("#box-bruising").waitFor();
  await tick("none");
  await page.locator("#box-headache").waitFor();
  await tick("none");
  await press("A bit worried");
  await press("Nothing else");
  await check("review");
  await press("This is right. Finish.");
  await button("Start a new check").waitFor();
  await check("summary");
  await shot("summary");
  const seen = await page.evaluate(() => {
    const chat = document.querySelector("signpost-chat").shadowRoot;
    const words = (selector) => [...chat.querySelectorAll(selector)].map((element) => element.innerText);
    return { summary: words(".summary").join("\n"), all: chat.querySelector('[role="log"]').innerText };
  });
  console.log(JSON.stringify({ ...seen, messages, accessibility, faults: page.faults, focus: (await focused(page)).tag }));
} catch (error) {
  await shot("failed");
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await browser.close();
}
