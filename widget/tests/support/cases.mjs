/** Each thing that breaks in a life with a phone, by itself. A case writes what is wrong into `found.faults`. */
import { until } from "./browser.mjs";
import { PAGE_LINK } from "./fault-proxy.mjs";
import { answered, choose, deleteOnServer, history, onwards, open, ownWords, saved, sendButton, step, tickAndSend } from "./ui.mjs";
import { seen } from "./watch.mjs";
import { startWorld } from "./world.mjs";

const NOTICE = 2_000;
/** The server's clock goes forwards only, over all cases. */
let later = 0;
const pass = (server, seconds) => server.clock((later += seconds));

export const CASES = {
  /** The network goes in mid-check, the answer waits, and goes out when it is back. */
  lost_network: inCheck(async ({ page, ui, proxy, found }) => {
    await page.context().setOffline(true);
    proxy.cutAll();
    await tickAndSend(ui, "night_sweats");
    await notice(page, found);
    await page.context().setOffline(false);
    await step(page, "since:night_sweats");
  }, ["Drenching sweats at night"]),

  /** The server answers 503 for a while, to everything. */
  server_in_trouble: inCheck(async ({ page, ui, proxy, found }) => {
    proxy.plan = () => ({ kind: "503" });
    await tickAndSend(ui, "night_sweats");
    await notice(page, found);
    await ui.write("and one more thing");
    await ui.use(sendButton(page));
    await page.reload();
    await page.locator(".pending .message").nth(1).waitFor();
    proxy.plan = () => null;
    await step(page, "since:night_sweats");
  }, ["sweats", "and one more thing"]),

  /** The server is killed with the answer on its way, and started again on the same files. */
  server_killed_in_mid_answer: inCheck(async ({ page, ui, server, proxy, found }) => {
    let held;
    proxy.plan = ({ path }) => (path === "/messages" && !held ? (held = { kind: "slow", ms: 400 }) : null);
    await tickAndSend(ui, "night_sweats");
    await server.kill();
    await notice(page, found);
    await server.start();
    const back = Date.now();
    await step(page, "since:night_sweats");
    if (Date.now() - back > 10_000) found.faults.push(`went on ${Date.now() - back} ms after the start`);
  }, ["sweats"]),

  /** An hour on the sofa: the token has expired, and its renewal fails at first. */
  token_expired_in_mid_check: inCheck(async ({ page, ui, server, proxy }) => {
    await pass(server, 3600);
    let failed = 0;
    proxy.plan = ({ path }) => (path === "/session/refresh" && failed++ < 2 ? { kind: failed === 1 ? "after" : "503" } : null);
    await tickAndSend(ui, "night_sweats");
    await step(page, "since:night_sweats");
  }, ["sweats"]),

  /** Two tabs are two checks; a duplicated tab, which starts with a copy of the first one's storage and so opens by itself, too. */
  two_tabs: inCheck(async ({ page, ui, proxy, server, found }) => {
    const [copy] = await Promise.all([page.context().waitForEvent("page"), page.evaluate(() => void window.open(location.href))]);
    await copy.waitForLoadState();
    await step(copy, "welcome");
    await choose({ page: copy, use: (locator) => locator.click() }, "start");
    await step(copy, "right_now_1");
    await tickAndSend(ui, "night_sweats");
    await step(page, "since:night_sweats");
    await page.reload();
    await step(page, "since:night_sweats");
    const other = (await history(copy, server)).messages.filter(({ author }) => author === "person").map(({ text }) => text);
    if (other.join() !== "Start the checklist") found.faults.push(`the other tab's check has ${other}`);
    await copy.close();
  }, ["sweats"]),

  /** On a slow phone the page before a reload is not gone when the new one looks: it is the same tab's check all the same. */
  reload_while_the_old_page_lingers: inCheck(async ({ page, ui, proxy }) => {
    const other = await page.context().newPage();
    await other.goto(`${proxy.url}/host`);
    const { key } = await saved(page);
    await other.evaluate((name) => void navigator.locks.request(name, () => new Promise(() => undefined)), `signpost:${key}`);
    await page.reload();
    await tickAndSend(ui, "night_sweats");
    await step(page, "since:night_sweats");
    await other.close();
  }, ["sweats"]),

  /** The lid is closed for a day with words in the box: the page stands still, connections die, the token expires. */
  laptop_closed_for_a_day: inCheck(async ({ page, ui, proxy, server, found }) => {
    await ui.tick("night_sweats");
    await ui.write("It does not hurt");
    const cdp = await page.context().newCDPSession(page);
    await cdp.send("Page.setWebLifecycleState", { state: "frozen" });
    proxy.cutAll();
    await pass(server, 26 * 3600);
    await cdp.send("Page.setWebLifecycleState", { state: "active" });
    if ((await ownWords(page).inputValue()) !== "It does not hurt") found.faults.push("the words in the box are gone");
    await ui.use(sendButton(page));
    await step(page, "since:night_sweats");
  }, ["It does not hurt"]),

  /** On the sofa with the phone, then at the computer: the phone's button of an earlier question answers nothing. */
  a_button_older_than_the_question: inCheck(async ({ page, ui, browser, server, found }) => {
    await tickAndSend(ui, "night_sweats");
    await step(page, "since:night_sweats");
    const code = await resumeCode(page, server);
    const phone = await startWorld(browser, server);
    await phone.page.locator("#launcher").click();
    await step(phone.page, "welcome");
    await takeUp(phone, code);
    await step(phone.page, "since:night_sweats");
    await choose(ui, "weeks");
    await step(page, "change:night_sweats");
    await choose(phone.ui, "today");
    await step(phone.page, "change:night_sweats");
    const { signs } = await summary(page, server);
    if (signs.present[0].since.words !== "1 to 4 weeks ago") found.faults.push(`the old button answered: ${JSON.stringify(signs.present[0].since)}`);
    found.faults.push(...(await phone.faults()));
    await phone.close();
  }),

  /** Words written while an earlier answer is on its way belong to the question they were written under. */
  words_older_than_the_question: inCheck(async ({ page, ui, proxy, server, found }) => {
    proxy.plan = () => ({ kind: "503" });
    await tickAndSend(ui, "night_sweats");
    await ui.write("two days ago");
    await ui.use(sendButton(page));
    proxy.plan = () => null;
    await until(async () => (await open(page)).waiting === 0, "delivery", 30_000);
    await step(page, "since:night_sweats");
    const { signs } = await summary(page, server);
    if (signs.present.length !== 1) found.faults.push(`noted: ${JSON.stringify(signs.present)}`);
  }, ["sweats", "two days ago"]),

  /** The check was deleted from another device: it is said to be gone, what was written comes back, and nothing else is said. */
  deleted_elsewhere: inCheck(async ({ page, ui, server, proxy, found }) => {
    await deleteOnServer(page, server);
    await ui.write("half a sentence");
    await ui.use(sendButton(page));
    const gone = page.locator("#view-title[role=alert]");
    await gone.waitFor();
    // Whatever the page still asks the server for is answered by now, or never comes.
    const asked = proxy.log.length;
    await page.locator("#scroll").evaluate(() => new Promise((resolve) => setTimeout(resolve, 1_500)));
    if (proxy.log.length > asked + 1) found.faults.push(`asks on: ${proxy.log.slice(asked)}`);
    if (await page.locator(".trouble").count()) found.faults.push(`says besides: ${await page.locator(".trouble").innerText()}`);
    await ui.use(page.locator(".scroll .choice"));
    await step(page, "welcome");
    if ((await ownWords(page).inputValue()) !== "half a sentence") found.faults.push("what was written is not back in the box");
  }),

  /** Storage is blocked, as in some private windows: the check goes on until the page is left, and says nothing false. */
  storage_blocked: async ({ browser, server, found }) => {
    const world = await startWorld(browser, server);
    const { page, ui } = world;
    await page.addInitScript(() => {
      for (const name of ["sessionStorage", "localStorage"]) {
        Object.defineProperty(window, name, { get: () => { throw new DOMException("blocked", "SecurityError"); } });
      }
    });
    await page.reload();
    await page.locator("#launcher").click();
    await onwards(ui, "page_bones", "page_body");
    await finish(world, found);
  },

  /** Scripts are off: the page's own link to call is there. */
  scripts_off: async ({ browser, server, found }) => {
    const world = await startWorld(browser, server, { javaScriptEnabled: false });
    if (!(await world.page.locator(`a[href="${PAGE_LINK}"]`).isVisible())) found.faults.push("no link to call");
    await world.close();
  },

  /** The loader comes, the widget does not: the page's link stays, and the launcher says so. */
  widget_file_missing: async ({ browser, server, found }) => {
    const world = await startWorld(browser, server);
    await world.page.route("**/signpost-chat.js", (route) => route.abort());
    await world.page.locator("#launcher").click();
    await until(async () => /not/i.test(await world.page.locator("#launcher").innerText()), "a word of the launcher");
    if (!(await world.page.locator(`a[href="${PAGE_LINK}"]`).isVisible())) found.faults.push("no link to call");
    await world.page.unroute("**/signpost-chat.js");
    await world.page.locator("#launcher").click();
    await step(world.page, "welcome");
    await finish(world, found);
  },

  /** The second file does not come at first: the check goes on, the summary says so, and comes when it is pressed again. */
  extras_file_missing: async ({ browser, server, found }) => {
    const world = await startWorld(browser, server);
    const { page, ui } = world;
    await page.route("**/extras.js*", (route) => route.abort());
    await page.locator("#launcher").click();
    await onwards(ui, "right_now_1");
    await ui.use(page.locator("#menu-button"));
    await ui.use(page.locator(".menu button").first());
    await page.locator(".view .error").waitFor();
    await page.unroute("**/extras.js*");
    await ui.use(page.locator(".view .choice"));
    await page.locator(".files").waitFor();
    await finish(world, found);
  },

  /** The channel is down from the first moment: the number of the page's owner, and the chat when it is back. */
  channel_down_from_the_start: async ({ browser, server, found }) => {
    const world = await startWorld(browser, server);
    const { page, proxy } = world;
    proxy.plan = () => ({ kind: "before" });
    await page.locator("#launcher").click();
    await page.locator(".trouble").waitFor();
    if ((await page.locator("a.call-bar").getAttribute("href")) !== PAGE_LINK) found.faults.push("the call bar has not the page's number");
    proxy.plan = () => null;
    await step(page, "welcome");
    await finish(world, found);
  },

  /** A reply of staff comes, once, although the stream for it is cut and cannot be opened: with the next look. */
  staff_while_no_stream_opens: inCheck((world) => staffReplies(world, "lost", 30_000), ["I want to talk to a person"]),

  /** The same where the stream was opened and then fell silent, as in a lift. It takes a while to be noticed. */
  staff_while_the_stream_is_silent: inCheck((world) => staffReplies(world, "silent", 60_000), ["I want to talk to a person"]),
};

/** A case that begins on the page about the body, and ends with what the person has said there on the server, once. */
function inCheck(run, last = null) {
  return async ({ browser, server, found }) => {
    const world = await startWorld(browser, server);
    const { page } = world;
    await page.locator("#launcher").click();
    await onwards(world.ui, "page_body");
    const before = (await history(page, server)).messages.filter(({ author }) => author === "person").length;
    try {
      await run({ ...world, browser, found });
      if (last) {
        const said = (await history(page, server)).messages.filter(({ author }) => author === "person").slice(before).map(({ text }) => text);
        const fits = said.length === last.length && said.every((text, index) => text.toLowerCase().includes(last[index].toLowerCase()));
        if (!fits) found.faults.push(`said ${JSON.stringify(last)}, the server has ${JSON.stringify(said)}`);
      }
    } finally {
      await finish(world, found);
    }
  };
}

async function finish(world, found) {
  for (const { ms, stall } of seen(world.page, "wait")) if (ms - stall > NOTICE) found.faults.push(`${ms} ms without a word`);
  found.faults.push(...(await world.faults()));
  await world.close();
}

/** A word that it takes longer, in time; `finish` measures from the moment of sending, this sees that there was one. */
async function notice(page, found) {
  await page.locator(".trouble").waitFor({ timeout: 15_000 });
  if (!(await page.locator(".pending .note").count())) found.faults.push("the answer is not marked as waiting");
}

async function staffReplies({ page, ui, proxy, server, found }, kind, patience) {
  await ui.write("I want to talk to a person");
  await answered(page, () => ui.use(sendButton(page)));
  const [id] = (await server.staff("list")).match(/^\S+/);
  let left = 1;
  proxy.plan = ({ path }) => (path.startsWith("/events") && left-- > 0 ? { kind } : null);
  const opened = proxy.log.length;
  proxy.cutAll();
  await until(() => proxy.log.slice(opened).some((line) => line.includes("/events")), "a new stream", 20_000);
  await server.staff("reply", id, "Hello, it is Maya here.");
  const reply = page.locator(".from-staff", { hasText: "it is Maya" });
  await reply.waitFor({ timeout: patience });
  await page.reload();
  await reply.first().waitFor();
  if ((await reply.count()) !== 1) found.faults.push(`the reply stands there ${await reply.count()} times`);
  await server.staff("close", id, "--outcome", "team_called");
}

async function resumeCode(page, server) {
  const { token } = await saved(page);
  const response = await fetch(`${server.url}/webhooks/widget/keep`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ keep: true }),
  });
  return (await response.json()).resume_code;
}

async function takeUp({ page, ui }, code) {
  await ui.use(page.locator("#menu-button"));
  await ui.use(page.locator(".menu button").nth(1));
  await page.locator("#code").fill(code);
  await ui.use(page.locator("form:has(#code) button"));
}

async function summary(page, server) {
  const { token } = await saved(page);
  return (await fetch(`${server.url}/webhooks/widget/summary`, { headers: { authorization: `Bearer ${token}` } })).json();
}
