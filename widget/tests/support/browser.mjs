/** A headless Chromium that can reach nothing but this machine, and what the tests ask of a page. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { chromium } from "playwright-core";

const axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ],
  });
}

/** A page that records policy violations, errors, and requests to anyone but `server`. */
export async function newPage(browser, server, { width = 320, height = 640, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, acceptDownloads: true, ...options });
  const page = await context.newPage();
  page.faults = [];
  await page.exposeFunction("__violation", (text) => page.faults.push(text));
  await page.addInitScript(() =>
    document.addEventListener("securitypolicyviolation", (event) =>
      window.__violation(`policy: ${event.violatedDirective} ${event.blockedURI}`),
    ),
  );
  page.on("pageerror", (error) => page.faults.push(`error: ${error.message}`));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(server.url) && !url.startsWith("blob:") && !url.startsWith("data:")) page.faults.push(`request: ${url}`);
    if (/token|bearer/i.test(url)) page.faults.push(`token in address: ${url}`);
  });
  return page;
}

/** Polls from here: a policy without `eval` forbids `waitForFunction` with a string. */
export async function until(read, what, patience = 8000) {
  const end = Date.now() + patience;
  for (;;) {
    const value = await read();
    if (value) return value;
    if (Date.now() > end) throw new Error(`Waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export async function axe(page) {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() =>
    window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }),
  );
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(" | ")}`);
}

/** The element that has the focus, seen through shadow roots: its tag, id, words, and whether a ring shows. */
export function focused(page) {
  return page.evaluate(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    const style = getComputedStyle(element);
    return {
      tag: element.localName,
      id: element.id,
      ours: element.getRootNode() !== document,
      text: (element.innerText ?? "").trim().split("\n")[0],
      ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    };
  });
}

/** Things to press that are smaller than 44 px, a box counted with its label; and what sticks out sideways. */
export function misfits(page) {
  return page.evaluate(() => {
    const root = document.querySelector("signpost-chat").shadowRoot;
    const found = [];
    for (const element of root.querySelectorAll("a[href], button, input, textarea")) {
      const box = (element.type === "checkbox" ? element.closest(".box") : element).getBoundingClientRect();
      if (!box.width) continue;
      if (box.width < 44 || box.height < 44) found.push(`small: ${element.outerHTML.slice(0, 80)} ${box.width}x${box.height}`);
    }
    for (const element of root.querySelectorAll("*")) {
      if (element.closest(".spoken")) continue;
      const box = element.getBoundingClientRect();
      if (box.width && (box.right > innerWidth + 0.5 || box.left < -0.5)) found.push(`cut: ${element.outerHTML.slice(0, 80)}`);
    }
    if (document.documentElement.scrollWidth > innerWidth) found.push("the page scrolls sideways");
    return found;
  });
}
