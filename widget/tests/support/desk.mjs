/** Staff at the desk, in a browser of their own. */
import { createHmac } from "node:crypto";

import { axe, newPage, until } from "./browser.mjs";

const PASSWORD = "copper lantern ferry oboe";
const STEP = 30_000;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** What an authenticator shows at a moment, of a secret in base 32 (RFC 6238). */
export function code(secret, at) {
  const bits = [...secret].map((letter) => LETTERS.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(at / STEP)));
  const digest = createHmac("sha1", key).update(step).digest();
  const from = digest[19] & 15;
  return String((digest.readUInt32BE(from) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** What the authenticator shows next after a sign-in: a code counts once, and wrong tries are slowed down more and more. */
export async function nextCode({ secret, signedInAt }) {
  const next = (Math.floor(signedInAt / STEP) + 1) * STEP;
  await new Promise((resolve) => setTimeout(resolve, next - Date.now()));
  return code(secret, Math.max(next, Date.now()));
}

/** An account made by the command, and a page on which its owner has signed in and chosen a password. */
export async function hire(browser, server, name, role, options = {}) {
  const printed = await server.staff("add", name, "--role", role);
  const first = printed.match(/first password\s+(\S+)/)[1];
  const secret = printed.match(/authenticator\s+(\S+)/)[1];
  const page = await newPage(browser, server, { width: 1280, height: 900, ...options });
  const staff = new Staff(page, server, name, secret);
  await staff.signIn(first);
  await page.fill("#old", first);
  await page.fill("#new", PASSWORD);
  await page.fill("#again", PASSWORD);
  await page.locator("main button.main").click();
  await page.waitForURL("**/desk/");
  return staff;
}

export class Staff {
  constructor(page, server, name, secret) {
    Object.assign(this, { page, server, name, secret });
  }

  async signIn(password = PASSWORD) {
    const { page } = this;
    await page.goto(`${this.server.url}/desk/sign-in`);
    await page.fill("#name", this.name);
    await page.fill("#password", password);
    this.signedInAt = Date.now();
    await page.fill("#code", code(this.secret, this.signedInAt));
    await page.locator("main button.main").click();
    await until(async () => !page.url().endsWith("/sign-in"), "the sign-in");
  }

  /** The cases of the queue as they are on screen: id and words. */
  async queue() {
    return this.page.locator("#queue tbody tr").evaluateAll((rows) => rows.map((row) => ({ id: row.dataset.id, level: row.dataset.level, words: row.innerText })));
  }

  async open(id) {
    await this.page.goto(`${this.server.url}/desk/cases/${id}`);
  }

  /** Presses a button of the case, after opening what it stands in. */
  async press(words, fill = {}) {
    const { page } = this;
    const inside = page.locator("details").filter({ has: page.getByRole("button", { name: words, exact: true, includeHidden: true }) });
    if ((await inside.count()) && !(await inside.first().evaluate((one) => one.open))) await inside.first().locator("summary").click();
    for (const [field, value] of Object.entries(fill)) {
      const place = page.locator(field);
      if ((await place.evaluate((one) => one.localName)) === "select") await place.selectOption(value);
      else await place.fill(value);
    }
    await page.getByRole("button", { name: words, exact: true }).click();
    await page.waitForLoadState();
  }

  /** What is wrong with the page as it stands: axe, what sticks out, the policy, errors, other addresses. */
  async faults() {
    const { page } = this;
    const wide = await page.evaluate(() => (document.documentElement.scrollWidth > innerWidth ? [`the page scrolls sideways at ${innerWidth}`] : []));
    return [...(await axe(page)), ...wide, ...page.faults.splice(0)].map((fault) => `${this.name} at ${new URL(page.url()).pathname}: ${fault}`);
  }

  /** The same at the narrow width, and back. */
  async faultsAtBothWidths() {
    const wide = await this.faults();
    await this.page.setViewportSize({ width: 800, height: 900 });
    const narrow = await this.faults();
    await this.page.setViewportSize({ width: 1280, height: 900 });
    return [...wide, ...narrow];
  }
}
