/** What a site can set, in a real browser under the strict policy: settings, theme, embedding, the full page, the package. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { build } from "esbuild";

import { POLICY, startServer } from "../dev/server.mjs";
import { axe, focused, launch, misfits, newPage, until } from "./support/browser.mjs";

const here = fileURLToPath(new URL("..", import.meta.url));
const run = promisify(execFile);

let browser;
let server;

before(async () => {
  browser = await launch();
});
after(async () => {
  await browser.close();
});

/**
 * Runs `check` on a page with `body` under the strict policy; `script` are the attributes of the tag. Afterwards
 * nothing may have gone wrong on the page.
 */
function onSite(name, { script = "", body = "<signpost-chat></signpost-chat>", page: options = {}, lang = "en-GB", dir = "ltr" }, check) {
  test(name, { timeout: 60_000 }, async () => {
    server = await startServer();
    const page = await newPage(browser, server, options);
    page.warnings = [];
    page.on("console", (message) => message.type() === "warning" && page.warnings.push(message.text()));
    const html = `<!doctype html><html lang="${lang}" dir="${dir}"><head><meta name="viewport" content="width=device-width"><title>Clinic</title>
      <script src="/widget/loader.js" defer ${script}></script></head><body><main><h1>Clinic</h1>${body}</main></body></html>`;
    await page.route(`${server.url}/site`, (route) =>
      route.fulfill({ contentType: "text/html; charset=utf-8", headers: { "content-security-policy": POLICY }, body: html }),
    );
    try {
      await page.goto(`${server.url}/site`);
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
const launcher = (page) => button(page, "Check warning signs");
const link = (page) => page.locator("signpost-chat > a");
const open = async (page) => {
  await launcher(page).click();
  await button(page, "Start the check").waitFor();
};
const attribute = (page, name) => page.locator("signpost-chat").first().getAttribute(name);
/** A computed style of the first element in the shadow root that fits `selector`. */
const style = (page, selector, property) =>
  page.evaluate(
    ([selector, property]) => getComputedStyle(document.querySelector("signpost-chat").shadowRoot.querySelector(selector))[property],
    [selector, property],
  );
const inCorner = async (page, locator, side) => {
  const { x, y, width, height } = await locator.boundingBox();
  const view = page.viewportSize();
  assert.ok(view.height - y - height < 40, "at the bottom");
  assert.ok(side === "left" ? x < 40 : view.width - x - width < 40, `on the ${side}`);
};
const addSheet = (page, css) =>
  page.evaluate((css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets = [sheet];
  }, css);

// The settings

onSite(
  "what stands on the script tag is set, and the element's own attributes win",
  {
    script: 'data-server="/webhooks/widget" data-heading="From the tag" data-position="start" data-language="en-US" data-phone-name="Ward 7" data-phone="020 7946 0001"',
    body: '<signpost-chat heading="From the element"></signpost-chat>',
  },
  async (page) => {
    assert.equal(await attribute(page, "server"), "/webhooks/widget");
    assert.equal(await attribute(page, "language"), "en-US");
    assert.equal(await attribute(page, "heading"), "From the element");
    assert.equal(await link(page).getAttribute("href"), "tel:02079460001");
    assert.equal((await link(page).textContent()).replace(/[\u2066\u2069]/g, ""), "Ward 7: 020 7946 0001");
    await open(page);
    await page.getByRole("heading", { name: "From the element" }).waitFor();
    assert.deepEqual(page.warnings, []);
  },
);

onSite("without an element on the page one is made, with the settings of the tag", { script: 'data-heading="Our check" data-start-open', body: "" }, async (page) => {
  await page.getByRole("heading", { name: "Our check" }).waitFor();
  await button(page, "Start the check").waitFor();
  assert.equal(await page.locator("signpost-chat").count(), 1);
});

onSite("the number that the page wrote itself is left alone", { script: 'data-phone="020 7946 0001"', body: '<signpost-chat><a href="tel:1">Ring us</a></signpost-chat>' }, async (page) => {
  assert.equal(await link(page).count(), 1);
  assert.equal(await link(page).textContent(), "Ring us");
});

for (const [dir, position, side] of [
  ["ltr", "start", "left"],
  ["ltr", "end", "right"],
  ["rtl", "start", "right"],
  ["rtl", "end", "left"],
]) {
  onSite(`position ${position} is on the ${side} of a page that is ${dir}`, { dir, script: `data-position="${position}"`, page: { width: 1280, height: 800 } }, async (page) => {
    await inCorner(page, launcher(page), side);
    await open(page);
    await inCorner(page, page.getByRole("dialog"), side);
    await page.keyboard.press("Escape");
    await inCorner(page, launcher(page), side);
  });
}

onSite("the direction of the tag is that of the chat alone", { script: 'data-dir="rtl"', page: { width: 1280, height: 800 } }, async (page) => {
  await inCorner(page, launcher(page), "left");
  await open(page);
  assert.equal(await style(page, ".root", "direction"), "rtl");
  assert.equal(await page.locator("h1").evaluate((element) => getComputedStyle(element).direction), "ltr");
});

onSite(
  "each bad value falls back to the default, and is named once with the good ones",
  { script: 'data-server="chat.example.org" data-position="middle" data-dir="up" data-language="xx" data-phone="none" data-start-open="false"', page: { width: 1280, height: 800 } },
  async (page) => {
    await button(page, "Start the check").waitFor();
    await inCorner(page, page.getByRole("dialog"), "right");
    assert.equal(await link(page).count(), 0);
    await until(() => page.warnings.length === 6, "six warnings");
    for (const [name, value, good] of [
      ["server", "chat.example.org", "https://"],
      ["position", "middle", "start, end"],
      ["dir", "up", "ltr, rtl"],
      ["language", "xx", "en-GB, en-US"],
      ["phone", "none", "number"],
      ["start-open", "false", "leave the setting away"],
    ]) {
      const found = page.warnings.filter((text) => text.includes(`${name}="${value}"`));
      assert.equal(found.length, 1, name);
      assert.ok(found[0].includes(good), found[0]);
    }
    await page.keyboard.press("Escape");
    await launcher(page).click();
    await button(page, "Start the check").waitFor();
    assert.equal(page.warnings.length, 6);
  },
);

test("the server may be named by its origin, its channel, or a path; anything else is no address", async () => {
  const { load } = await import("./support/load.mjs");
  const { channelAddress } = await load("settings.ts");
  const page = "https://clinic.example/a/page.html?x=1";
  for (const [server, address] of [
    ["https://chat.example.org", "https://chat.example.org/webhooks/widget"],
    ["https://chat.example.org/", "https://chat.example.org/webhooks/widget"],
    ["https://chat.example.org/webhooks/widget/", "https://chat.example.org/webhooks/widget"],
    ["/chat/channel", "https://clinic.example/chat/channel"],
    ["chat.example.org", null],
    ["javascript:alert(1)", null],
    ["ftp://chat.example.org", null],
    ["https://", null],
    ["", null],
  ]) {
    assert.equal(channelAddress(server, page), address, server);
  }
});

// The greeting

const GREETING = 'data-greeting="Worried about a sign? Go through the list with us."';

for (const page of [{ width: 320 }, { width: 1280, height: 800 }, { width: 320, colorScheme: "dark" }, { width: 320, forcedColors: "active" }]) {
  onSite(`the greeting stands beside the launcher and at the top of the chat: ${JSON.stringify(page)}`, { script: GREETING, page }, async (page) => {
    const words = page.getByText("Worried about a sign?");
    await words.waitFor();
    assert.deepEqual(await axe(page), []);
    assert.deepEqual(await misfits(page), []);
    const [box, below] = [await page.locator(".greeting").boundingBox(), await launcher(page).boundingBox()];
    assert.ok(box.y >= 0 && box.y + box.height < below.y, "above the launcher, not on it");
    await open(page);
    await page.getByText("From this website: Worried about a sign?").waitFor();
    assert.equal(await words.count(), 1);
    assert.deepEqual(await axe(page), []);
    await page.keyboard.press("Escape");
    assert.equal(await page.locator(".greeting").count(), 0);
  });
}

onSite("the greeting is put away for this tab, by keyboard, and the focus goes to the launcher", { script: GREETING }, async (page) => {
  await page.locator(".greeting").waitFor();
  await page.keyboard.press("Tab");
  const stop = await focused(page);
  assert.ok(stop.ring);
  assert.equal(await button(page, "Close this message").count(), 1);
  await page.keyboard.press("Enter");
  assert.equal(await page.locator(".greeting").count(), 0);
  assert.equal((await focused(page)).text, "Check warning signs");
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.reload();
  await until(() => asked.some((url) => url.endsWith("greeting.js")), "the greeting's file");
  await page.waitForLoadState("networkidle");
  assert.equal(await page.locator(".greeting").count(), 0);
  await open(page);
  await page.getByText("From this website: Worried about a sign?").waitFor();
});

// What a page loads, and what remains when that fails

onSite("before the tap there is one script and no long task", { script: 'data-phone="020 7946 0001" data-heading="Check"' }, async (page) => {
  const { long, files } = await page.evaluate(async () => {
    const long = await new Promise((resolve) => {
      const seen = [];
      new PerformanceObserver((list) => seen.push(...list.getEntries())).observe({ type: "longtask", buffered: true });
      requestIdleCallback(() => resolve(seen.filter(({ attribution }) => attribution[0]?.containerType === "window" && attribution[0]?.name === "script").length));
    });
    return { long, files: performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname) };
  });
  assert.equal(long, 0);
  assert.deepEqual(files.filter((name) => !name.includes("favicon")), ["/widget/loader.js"]);
});

test("when the widget cannot be loaded the number is still there, and the launcher says what to do", { timeout: 60_000 }, async () => {
  server = await startServer();
  const page = await newPage(browser, server);
  await page.route("**/signpost-chat.js", (route) => route.abort());
  await page.route(`${server.url}/site`, (route) =>
    route.fulfill({ contentType: "text/html", body: '<!doctype html><title>x</title><script src="/widget/loader.js" defer data-phone="020 7946 0001"></script>' }),
  );
  await page.goto(`${server.url}/site`);
  await launcher(page).click();
  await button(page, "Did not open. Press again, or call your care team.").waitFor();
  assert.ok(await link(page).isVisible());
  await page.unroute("**/signpost-chat.js");
  await button(page, "Did not open. Press again, or call your care team.").click();
  await button(page, "Start the check").waitFor();
  await page.context().close();
  await server.close();
});

onSite(
  "the script twice is one widget and a warning",
  { body: '<signpost-chat></signpost-chat><script src="/widget/loader.js" defer data-heading="Second"></script>' },
  async (page) => {
    await until(() => page.warnings.length, "a warning");
    assert.match(page.warnings[0], /signpost-chat: second script/);
    assert.equal(await attribute(page, "heading"), null);
    assert.equal(await launcher(page).count(), 1);
    await open(page);
    assert.equal(server.chats.size, 1);
  },
);

onSite(
  "a second element stays what the page wrote in it, with a warning",
  { body: '<signpost-chat></signpost-chat><signpost-chat id="second" start-open><a href="tel:1">Ring us</a></signpost-chat>' },
  async (page) => {
    await open(page);
    assert.ok(page.warnings.some((text) => text.includes("signpost-chat: second element")));
    assert.equal(await page.evaluate(() => document.querySelector("#second").shadowRoot), null);
    assert.ok(await page.getByText("Ring us").isVisible());
    await page.evaluate(() => (document.querySelector("#second").open(), document.querySelector("#second").close()));
    assert.equal(await page.getByRole("dialog").count(), 1);
    assert.equal(server.chats.size, 1);
    // In the place of the first, it is the one.
    await page.evaluate(() => {
      const second = document.querySelector("#second");
      document.querySelector("signpost-chat").remove();
      second.remove();
      document.querySelector("main").append(second);
    });
    await page.locator("#second").getByRole("button", { name: "Start the check" }).waitFor();
  },
);

test("on a site of another origin, under its policy, the chat runs and takes nothing from elsewhere", { timeout: 60_000 }, async () => {
  server = await startServer();
  const policy = [
    "default-src 'none'; img-src 'self'",
    `script-src ${server.url}`,
    `connect-src ${server.url}`,
    "require-trusted-types-for 'script'",
    "trusted-types lit-html",
  ].join("; ");
  const html = `<!doctype html><html lang="en-GB"><title>x</title><script src="${server.url}/widget/loader.js" defer data-server="${server.url}" data-greeting="Hello"></script>`;
  // A server of its own: a page that is made up in the browser may not ask this machine for anything.
  const clinic = createServer((_request, response) =>
    response.writeHead(200, { "content-type": "text/html", "content-security-policy": policy }).end(html),
  );
  await new Promise((resolve) => clinic.listen(0, "127.0.0.1", resolve));
  const site = `http://127.0.0.1:${clinic.address().port}/`;
  const page = await newPage(browser, server);
  await page.goto(site);
  await page.locator(".greeting").waitFor();
  await open(page);
  await button(page, "Menu").click();
  await button(page, "Your summary (print or save)").click();
  await button(page, "Print").waitFor();
  assert.equal(server.chats.size, 1);
  assert.deepEqual(page.faults, [`request: ${site}`]);
  assert.deepEqual(await page.context().cookies(), []);
  await page.context().close();
  await server.close();
  clinic.closeAllConnections();
  clinic.close();
});

// The look

const THEME =
  "signpost-chat{--signpost-brand:#5b2a86;--signpost-on-brand:#fffbe0;--signpost-brand-dark:#d9bdf5;--signpost-on-brand-dark:#1d0d2b;--signpost-radius:0;--signpost-z-index:7}";

for (const [colorScheme, brand, onBrand] of [
  ["light", "rgb(91, 42, 134)", "rgb(255, 251, 224)"],
  ["dark", "rgb(217, 189, 245)", "rgb(29, 13, 43)"],
]) {
  onSite(`colours, corners and layer are the site's: ${colorScheme}`, { page: { colorScheme } }, async (page) => {
    await addSheet(page, THEME);
    if (colorScheme === "light") assert.equal(await style(page, "button", "backgroundColor"), brand);
    await open(page);
    for (const part of [".send", ".header"]) {
      assert.equal(await style(page, part, "backgroundColor"), brand, part);
      assert.equal(await style(page, part, "color"), onBrand, part);
    }
    assert.equal(await style(page, ".choice", "borderRadius"), "0px");
    assert.equal(await style(page, "dialog", "zIndex"), "7");
    assert.deepEqual(await axe(page), []);
    await page.keyboard.press("Escape");
    assert.equal(await style(page, ".launcher", "backgroundColor"), brand);
    assert.equal(await style(page, ".launcher", "color"), onBrand);
    assert.deepEqual(page.warnings, []);
  });

  onSite(`no theme reaches what is urgent, nor a number to call: ${colorScheme}`, { page: { colorScheme } }, async (page) => {
    const urgent = [".banner", ".banner .call", ".card-emergency", ".card-emergency .card-title", ".card-emergency .call", ".call-bar", ".trouble", ".trouble .call"];
    const look = async () => {
      const found = [];
      for (const part of urgent) found.push([part, await style(page, part, "backgroundColor"), await style(page, part, "color"), await style(page, part, "borderBottomColor")]);
      return found;
    };
    await open(page);
    await button(page, "Start the check").click();
    await page.getByRole("checkbox", { name: "Bleeding that does not stop" }).check();
    await button(page, "Send").click();
    await button(page, "I have called").waitFor();
    server.faults.down = true;
    await button(page, "I have called").click();
    await page.locator(".trouble .call").first().waitFor();
    const before = await look();
    // The worst that a site can do: words that cannot be told from their ground.
    await addSheet(page, "signpost-chat{--signpost-brand:#777;--signpost-on-brand:#777;--signpost-brand-dark:#777;--signpost-on-brand-dark:#777;--ink:#777;--danger:#777;--tone:#777;--firm:#777;--on-firm:#777;--paper:#777}");
    assert.equal(await style(page, ".send", "backgroundColor"), "rgb(119, 119, 119)");
    assert.deepEqual(await look(), before);
  });
}

onSite("the console says when a theme cannot be read", { body: "<signpost-chat></signpost-chat>" }, async (page) => {
  await addSheet(page, "signpost-chat{--signpost-brand:#888}");
  await open(page);
  await until(() => page.warnings.length, "a warning");
  assert.match(page.warnings[0], /--signpost-brand and --signpost-on-brand .* contrast of 3\.5.* 4\.5 or more/);
});

// Events

onSite("the page hears of opening, closing and forgetting, and of nothing that was said", {}, async (page) => {
  await page.evaluate(() => {
    window.heard = [];
    for (const name of ["signpost-open", "signpost-close", "signpost-forgotten"]) {
      document.addEventListener(name, (event) => window.heard.push([event.type, event.detail, Object.keys(event)]));
    }
  });
  await open(page);
  await page.locator("#own-words").fill("my secret");
  await button(page, "Send").click();
  await page.locator(".from-person").first().waitFor();
  await button(page, "Menu").click();
  await button(page, "Your data (keep, continue, delete)").click();
  await button(page, "Forget me").click();
  await button(page, "Yes, delete it all").click();
  await page.getByText("Receipt: R-1").waitFor();
  await page.keyboard.press("Escape");
  await until(() => page.evaluate(() => window.heard.length === 3), "three events");
  const heard = await page.evaluate(() => window.heard);
  assert.deepEqual(heard.map(([type, detail]) => [type, detail]), [["signpost-open", null], ["signpost-forgotten", null], ["signpost-close", null]]);
  assert.ok(heard.every(([, , keys]) => !keys.some((key) => key !== "isTrusted")));
});

// The full page

for (const width of [320, 1280]) {
  test(`the full page in a language of the address, on paper, and without scripts: ${width} px`, { timeout: 60_000 }, async () => {
    server = await startServer();
    const page = await newPage(browser, server, { width });
    await page.goto(`${server.url}/chat?language=en-US&server=https://elsewhere.example&heading=Hello&token=`);
    await button(page, "Start the check").waitFor();
    assert.equal(await page.title(), "Warning signs checklist");
    assert.equal(await page.evaluate(() => document.documentElement.lang), "en-US");
    assert.equal(await attribute(page, "language"), "en-US");
    assert.equal(await attribute(page, "server"), null);
    assert.equal(await page.getByRole("heading", { name: "Hello" }).count(), 0);
    assert.deepEqual(await axe(page), []);
    assert.deepEqual(await misfits(page), []);
    await button(page, "Start the check").click();
    await page.getByRole("checkbox", { name: "None of these" }).check();
    await button(page, "Send").click();
    await button(page, "Me").click();
    await page.getByRole("checkbox", { name: "Sweats at night" }).waitFor();
    assert.doesNotMatch(page.url(), /token=.|Bearer/);

    await page.emulateMedia({ media: "print" });
    const parts = await page.evaluate(() => {
      const root = document.querySelector("signpost-chat").shadowRoot;
      const { scrollHeight, clientHeight } = root.querySelector("#scroll");
      return {
        whole: scrollHeight <= clientHeight + 1,
        flows: getComputedStyle(root.querySelector(".page")).position === "static",
        composer: root.querySelector(".composer").getBoundingClientRect().height,
        longer: document.documentElement.scrollHeight >= clientHeight,
      };
    });
    assert.deepEqual(parts, { whole: true, flows: true, composer: 0, longer: true });
    assert.ok(await page.locator(".call-bar").isVisible());
    assert.ok((await page.pdf()).length > 1000);
    assert.deepEqual(page.faults.filter((fault) => !fault.startsWith("token in address")), []);
    await page.context().close();

    const plain = await newPage(browser, server, { width, javaScriptEnabled: false });
    await plain.goto(`${server.url}/chat`);
    assert.ok(await plain.getByText("Call your care team on the number on your treatment card").isVisible());
    assert.ok(await plain.getByText("call your emergency number now").isVisible());
    assert.equal(await plain.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
    await plain.context().close();
    await server.close();
  });
}

// The package

test("the package has types that hold, and runs in a site's own build", { timeout: 180_000 }, async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "signpost-package-"));
  context.after(() => rm(folder, { recursive: true }));
  const packed = join(folder, "node_modules", "signpost-chat");
  await mkdir(packed, { recursive: true });
  await run("node", ["build.mjs", "--package"], { cwd: here });
  await run("npm", ["pack", "--offline", "--silent", "--pack-destination", folder], { cwd: here });
  await run("tar", ["xzf", join(folder, "signpost-chat-0.1.0.tgz"), "-C", packed, "--strip-components=1"]);
  const { dependencies } = JSON.parse(await readFile(join(packed, "package.json"), "utf8"));
  assert.equal(dependencies, undefined, "what it needs is in it");

  await writeFile(
    join(folder, "site.ts"),
    `import { SignpostChat, type SignpostChatAttributes } from "signpost-chat";
const chat = document.createElement("signpost-chat");
const same: SignpostChat = chat;
const settings: SignpostChatAttributes = { position: "start", phone: "020 7946 0001" };
for (const [name, value] of Object.entries(settings)) chat.setAttribute(name, value);
chat.greeting = "Hello";
chat.addEventListener("signpost-open", (event) => event.detail satisfies undefined);
document.addEventListener("signpost-forgotten", (event: CustomEvent<undefined>) => event.type);
document.body.append(same);
export const show = (open: boolean) => (open ? chat.open() : chat.close());
export const isOne: boolean = chat instanceof SignpostChat;
`,
  );
  await writeFile(
    join(folder, "wrong.ts"),
    `import type { SignpostChatAttributes } from "signpost-chat";
declare const chat: HTMLElementTagNameMap["signpost-chat"];
// @ts-expect-error: no such corner
export const corner: SignpostChatAttributes = { position: "middle" };
// @ts-expect-error: no such method
chat.send("words");
// @ts-expect-error: events have no details
document.addEventListener("signpost-close", (event) => event.detail.words);
`,
  );
  const tsc = join(here, "node_modules", ".bin", "tsc");
  for (const [module, moduleResolution] of [["ESNext", "bundler"], ["NodeNext", "NodeNext"]]) {
    await writeFile(
      join(folder, "tsconfig.json"),
      JSON.stringify({ compilerOptions: { target: "ES2022", lib: ["ES2022", "DOM", "DOM.Iterable"], module, moduleResolution, strict: true, noEmit: true, types: [], skipLibCheck: false }, files: ["site.ts", "wrong.ts"] }),
    );
    await writeFile(join(folder, "package.json"), JSON.stringify({ name: "site", type: "module" }));
    await run(tsc, ["-p", folder], { cwd: folder }).catch(({ stdout }) => assert.fail(stdout));
  }

  await build({ entryPoints: [join(folder, "site.ts")], outdir: join(folder, "out"), bundle: true, splitting: true, format: "esm", logLevel: "error" });
  server = await startServer();
  const page = await newPage(browser, server);
  await page.route("**/site*", async (route) => {
    const lang = route.request().url().endsWith("/site-us") ? "en-US" : "en-GB";
    const html = `<!doctype html><html lang="${lang}"><title>x</title><body><script type="module" src="/site/site.js"></script></body></html>`;
    route.fulfill({ contentType: "text/html", headers: { "content-security-policy": POLICY }, body: html });
  });
  await page.route("**/site/*.js", async (route) =>
    route.fulfill({ contentType: "text/javascript", body: await readFile(join(folder, "out", new URL(route.request().url()).pathname.slice(6)), "utf8") }),
  );
  await page.goto(`${server.url}/site`);
  await page.locator(".greeting").waitFor();
  assert.equal(await link(page).getAttribute("href"), "tel:02079460001");
  await open(page);
  await page.getByText("From this website: Hello").waitFor();
  await button(page, "Menu").click();
  await button(page, "Your summary (print or save)").click();
  await button(page, "Print").waitFor();

  // Another language's words are modules of the package too: those of the panel, and those that come later.
  await page.evaluate(() => sessionStorage.clear());
  await page.goto(`${server.url}/site-us`);
  await open(page);
  await button(page, "Start the check").click();
  await page.getByText("Select all that apply, then press Send.").waitFor();
  await button(page, "Menu").click();
  await button(page, "Your data (keep, continue, delete)").click();
  await page.getByText("Continue an earlier check").waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
  await server.close();
});

onSite("opened and closed by the page in one go, it is closed, and opens again", {}, async (page) => {
  await open(page);
  await page.keyboard.press("Escape");
  await launcher(page).waitFor();
  await page.evaluate(() => {
    const chat = document.querySelector("signpost-chat");
    chat.open();
    chat.close();
  });
  await launcher(page).waitFor();
  assert.equal(await page.locator("dialog[open]").count(), 0);
  await launcher(page).click();
  await page.locator("dialog[open]").waitFor();
});
