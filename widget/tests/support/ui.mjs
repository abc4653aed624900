/** A person at the widget: by pointer, or with nothing but the keyboard. Both do the same things. */
import { focused, until } from "./browser.mjs";

export const choices = (page) => page.locator("#choices");
export const ownWords = (page) => page.locator("#own-words");
export const sendButton = (page) => page.locator(".composer button[type=submit]");
export const menuButton = (page) => page.locator("#menu-button");

/** By pointer. */
export class Hand {
  constructor(page) {
    this.page = page;
  }
  async use(locator) {
    await locator.click();
  }
  async toggle(locator) {
    await locator.click();
  }
  async tick(id) {
    await this.toggle(this.page.locator(`#box-${id}`));
  }
  async write(words) {
    await ownWords(this.page).fill(words);
  }
}

/** Nothing but Tab, Enter, Space, Escape and letters. Every stop on the way must show a ring, and none may be `body`. */
export class Keys {
  constructor(page) {
    this.page = page;
    this.faults = [];
    this.presses = 0;
  }

  async reach(locator) {
    await locator.waitFor();
    const target = await locator.elementHandle();
    for (let press = 0; press < 120; press++) {
      if (await target.evaluate((element) => element.getRootNode().activeElement === element)) return;
      await this.page.keyboard.press("Tab");
      this.presses++;
      const { ring, tag, id, ours } = await focused(this.page);
      if (ours && !ring) this.faults.push(`no ring on ${tag}#${id}`);
    }
    throw new Error(`Tab never reached ${await target.evaluate((element) => element.outerHTML.slice(0, 120))}`);
  }

  async use(locator) {
    await this.reach(locator);
    await this.page.keyboard.press("Enter");
    this.presses++;
  }

  async toggle(locator) {
    await this.reach(locator);
    await this.page.keyboard.press("Space");
    this.presses++;
  }

  async tick(id) {
    await this.toggle(this.page.locator(`#box-${id}`));
  }

  async write(words) {
    await this.reach(ownWords(this.page));
    await this.page.keyboard.type(words);
  }
}

/** The open question as the element holds it: `{step, multiple, choices: [{id, label}]}`, and what is on its way. */
export function open(page) {
  return page.evaluate(() => {
    const { messages, outbox, phase, level } = document.querySelector("signpost-chat").chat ?? {};
    const question = messages?.filter(({ kind, choices }) => kind === "question" || choices?.length).at(-1);
    return { step: question?.step ?? null, multiple: question?.multiple, choices: question?.choices ?? [], waiting: outbox?.length, phase, level, messages: messages?.length };
  });
}

/** What the page has put aside of its check, with its token; null where nothing is. */
export function saved(page) {
  return page.evaluate(() => {
    for (const store of [sessionStorage, localStorage]) {
      for (const key of Object.keys(store)) if (key.startsWith("signpost:chat:")) return JSON.parse(store.getItem(key));
    }
    return null;
  });
}

/** The server's own record of this page's check. Asked of the server directly, past any proxy. */
export async function history(page, server) {
  return ask(page, server, "GET", "/history");
}

/** Deletes this page's check behind its back. */
export async function deleteOnServer(page, server) {
  return ask(page, server, "DELETE", "/conversation");
}

async function ask(page, server, method, path) {
  const base = `${server.url}/webhooks/widget`;
  let { token } = await saved(page);
  const send = (verb, where) => fetch(base + where, { method: verb, headers: { authorization: `Bearer ${token}` } });
  let response = await send(method, path);
  if (response.status === 401) {
    ({ token } = await (await send("POST", "/session/refresh")).json());
    response = await send(method, path);
  }
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
  return response.json();
}

/** Waits until this step's question is on screen and nothing waits to be sent. */
export async function step(page, ...wanted) {
  let now;
  await until(async () => ((now = await open(page)), wanted.includes(now.step) && now.waiting === 0), `step ${wanted}`, 60_000).catch((error) => {
    throw new Error(`${error.message}; on screen: ${JSON.stringify(now)}`);
  });
  return now;
}

/** The open question once nothing waits to be sent. */
async function quiet(page) {
  let now;
  await until(async () => ((now = await open(page)), now.waiting === 0 && now.messages > 0), "quiet", 60_000);
  return now;
}

/** Does something that is answered, and waits for the answer. */
export async function answered(page, act) {
  const { messages } = await quiet(page);
  await act();
  await until(async () => (await open(page)).messages > messages, "an answer", 60_000);
  return quiet(page);
}

/** The button of a choice of the open question. */
export async function choice(page, id) {
  const { choices: all } = await open(page);
  const label = all.find((one) => one.id === id)?.label;
  if (!label) throw new Error(`no choice ${id} among ${all.map((one) => one.id)}`);
  return page.locator(".question button").filter({ hasText: label }).first();
}

/** Presses a choice that answers at once. */
export async function choose(ui, id) {
  await ui.use(await choice(ui.page, id));
}

/** Ticks lines, and sends. */
export async function tickAndSend(ui, ...ids) {
  for (const id of ids) await ui.tick(id);
  await ui.use(sendButton(ui.page));
}

/** Answers with the least until one of `wanted` is on screen: "none", else what moves on. */
export async function onwards(ui, ...wanted) {
  for (let turn = 0; turn < 60; turn++) {
    const { step: now, multiple, choices: offered, messages } = await quiet(ui.page);
    if (wanted.includes(now)) return;
    const ids = offered.map(({ id }) => id);
    if (multiple && ids.includes("none")) await tickAndSend(ui, "none");
    else await choose(ui, ["start", "self", "no", "not", "none", "skip", "finish", "new"].find((id) => ids.includes(id)) ?? ids[0]);
    await until(async () => (await open(ui.page)).messages > messages, `an answer to ${now}`, 60_000);
  }
  throw new Error(`never came to ${wanted}`);
}
