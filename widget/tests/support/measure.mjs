/** What can be measured on a page in whatever state it is. Each function gives a list of faults, empty when all is well. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { REVIEWED } from "./reviewed.mjs";

const axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/**
 * WCAG 2.2 AA and best practice; also what axe leaves open, unless `reviewed.mjs` says why it is right. A contrast that
 * axe cannot tell, as in forced colours, is measured in the picture, with a `lab`.
 */
export async function audit(page, lab) {
  await page.evaluate(axeSource);
  const { violations, incomplete } = await page.evaluate(
    (values) => window.axe.run(document, { runOnly: { type: "tag", values }, rules: { "target-size": { enabled: true } }, resultTypes: ["violations", "incomplete"] }),
    TAGS,
  );
  const lines = (results, kind) =>
    results.flatMap(({ id, nodes }) =>
      nodes.map(({ target, any, all, none }) => ({ kind, id, target: target.flat().join(" "), why: [...any, ...all, ...none].map(({ message }) => message).join("; ") })),
    );
  const wrong = [];
  for (const one of lines(violations, "axe")) {
    // A control half beneath the call bar of a low screen is judged where a reader would scroll it.
    if (one.id !== "target-size" || !(await largeOnceScrolledTo(page, one.target))) wrong.push(one);
  }
  const open = [];
  for (const one of lines(incomplete, "open")) {
    // Of the page around it, which is the test's own, only what is wrong counts.
    if (!one.target.startsWith("signpost-chat")) continue;
    if (REVIEWED.some(({ rule, target }) => rule === one.id && target.test(one.target))) continue;
    if (one.id !== "color-contrast" || !lab || !(await legible(page, lab, one.target))) open.push(one);
  }
  return [...wrong, ...open].map(({ kind, id, target, why }) => `${kind} ${id}: ${target} (${why.slice(0, 160)})`);
}

/** Whether axe finds a control in the widget large enough when it stands in the middle; the panel is at its top again after. */
function largeOnceScrolledTo(page, target) {
  return page.evaluate(async (path) => {
    const root = document.querySelector(path[0])?.shadowRoot;
    const element = root?.querySelector(path.slice(1).join(" "));
    if (!element) return false;
    element.scrollIntoView({ block: "center" });
    const { violations } = await window.axe.run({ include: { fromShadowDom: [path[0], path.slice(1).join(" ")] } }, { runOnly: ["target-size"], resultTypes: ["violations"] });
    const panel = root.querySelector(".panel");
    if (panel) panel.scrollTop = 0;
    return violations.length === 0;
  }, target.split(" "));
}

/** Whether words in the picture of an element stand out by 4.5:1 from its commonest colour; true where it is out of sight. */
async function legible(page, lab, target) {
  const part = page.locator(target.split(" ").slice(target.startsWith("signpost-chat") ? 1 : 0).join(" ")).first();
  if (!(await part.isVisible())) return true;
  const picture = (await part.screenshot({ animations: "disabled" })).toString("base64");
  return (await lab.evaluate(contrast, picture)) >= 4.5;
}

/** In the lab page: the best contrast of any pixel with the commonest colour of a picture. */
async function contrast(base64) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  const count = new Map();
  for (let at = 0; at < data.length; at += 4) {
    const colour = (data[at] << 16) | (data[at + 1] << 8) | data[at + 2];
    count.set(colour, (count.get(colour) ?? 0) + 1);
  }
  const part = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const light = (colour) => 0.2126 * part(colour >> 16) + 0.7152 * part((colour >> 8) & 255) + 0.0722 * part(colour & 255);
  const common = light([...count].sort((one, two) => two[1] - one[1])[0][0]);
  return Math.max(...[...count.keys()].map((colour) => (Math.max(light(colour), common) + 0.05) / (Math.min(light(colour), common) + 0.05)));
}

/** Fields below 16 px, at which a phone zooms in. */
export function smallType(page) {
  return page.evaluate(() =>
    [...document.querySelector("signpost-chat").shadowRoot.querySelectorAll("input, textarea, select")]
      .filter((field) => parseFloat(getComputedStyle(field).fontSize) < 16)
      .map((field) => `type below 16 px: ${field.outerHTML.slice(0, 80)}`),
  );
}

/** Words that are cut off, or lie outside, with the spacing that WCAG 1.4.12 says a reader may set. */
export function spacing(page) {
  return page.evaluate(() => {
    const root = document.querySelector("signpost-chat").shadowRoot;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-block-end: 2em !important }");
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    const faults = [];
    for (const element of root.querySelectorAll("*")) {
      if (element.closest(".spoken") || !element.checkVisibility({ visibilityProperty: true })) continue;
      const { overflowX, overflowY, clipPath } = getComputedStyle(element);
      if (clipPath !== "none" || !element.clientWidth || element.localName === "progress") continue;
      if (overflowX === "hidden" && element.scrollWidth > element.clientWidth + 1) faults.push(`spacing cuts sideways: ${element.outerHTML.slice(0, 80)}`);
      if (overflowY === "hidden" && element.scrollHeight > element.clientHeight + 1) faults.push(`spacing cuts below: ${element.outerHTML.slice(0, 80)}`);
      const box = element.getBoundingClientRect();
      if (box.right > innerWidth + 1 || box.left < -1) faults.push(`spacing pushes out: ${element.outerHTML.slice(0, 80)}`);
    }
    root.adoptedStyleSheets = root.adoptedStyleSheets.filter((one) => one !== sheet);
    return faults;
  });
}

/** Every computed style of every element inside, as one string each. The pointer must rest, and nothing may move. */
function looks(page) {
  return page.evaluate(() => {
    // The slot shows the page's own words in the page's own look; the box around everything is as wide as the page.
    const outer = /^(inline-size|width|perspective-origin|transform-origin)$/;
    return [...document.querySelector("signpost-chat").shadowRoot.querySelectorAll("*:not(slot)")].map((element) => {
      const style = getComputedStyle(element);
      const names = [...style].filter((name) => !(element.parentNode instanceof ShadowRoot && outer.test(name)));
      return `${element.localName}.${element.className} ;` + names.map((name) => `${name}:${style.getPropertyValue(name)}`).join(";");
    });
  });
}

const HOSTILE = `
html { font-size: 62.5% !important }
* , *::before, *::after { all: revert; color: lime !important; font: italic 9px serif !important; letter-spacing: 1em !important;
  text-transform: uppercase !important; opacity: .3 !important; padding: 3em !important; line-height: 3 !important;
  box-sizing: content-box !important; visibility: collapse; text-align: end !important; cursor: wait !important }
signpost-chat { display: inline !important; transform: rotate(4deg); filter: blur(2px); position: absolute; contain: strict }
button, input, textarea, dialog, a { display: none !important; pointer-events: none !important }
`;

/** What a host page's worst style sheet changes inside the widget: nothing. */
export async function isolation(page) {
  await page.mouse.move(0, 0);
  const before = await looks(page);
  await page.evaluate((css) => {
    // The page's own link is the page's to hide.
    window.__hostile = true;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  }, HOSTILE);
  const after = await looks(page);
  await page.evaluate(() => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.slice(0, -1);
    window.__hostile = false;
  });
  if (before.length !== after.length) return ["a hostile sheet changed the elements inside"];
  return before.flatMap((one, index) => {
    if (one === after[index]) return [];
    const were = one.split(";");
    const changed = after[index].split(";").filter((part, at) => part !== were[at]);
    return [`hostile sheet: ${one.slice(0, 40)}: ${changed.slice(0, 4).join("; ")}`];
  });
}

/** The host page as a reader and a script of its own see it; to be the same before and after a chat. */
export function hostPage(page) {
  return page.evaluate(() => {
    const known = new Set(["axe", "__seen", "__violation", "__playwright__binding__", "__pwInitScripts"]);
    const own = [...document.querySelectorAll("html, head, body, body *")].filter((element) => !element.closest("signpost-chat"));
    return {
      markup: own.map((element) => [element.localName, ...[...element.attributes].filter(({ name, value }) => value || name !== "style").map(({ name, value }) => `${name}=${value}`)].join(" ")),
      styles: own.filter(({ localName }) => localName !== "head").map((element) => {
        const { color, font, display, padding, margin, overflow, backgroundColor, position, filter } = getComputedStyle(element);
        return [color, font, display, padding, margin, overflow, backgroundColor, position, filter].join();
      }),
      sheets: [document.styleSheets.length, document.adoptedStyleSheets.length],
      title: document.title,
      address: location.href,
      past: history.length,
      // Lit names its versions, so that a page with two of them can be told. A screenshot leaves an empty `style`.
      globals: Object.keys(window).filter((name) => !known.has(name) && !/^(lit|reactive)\w*(Versions|Metadata)$/.test(name) && !/^__/.test(name)).sort(),
    };
  });
}

/** What of the host page is not as it was. */
export async function hostFaults(page, before) {
  const after = await hostPage(page);
  return Object.keys(before)
    .filter((part) => JSON.stringify(before[part]) !== JSON.stringify(after[part]))
    .map((part) => `the host page's ${part} changed: ${JSON.stringify([].concat(after[part]).filter((one) => ![].concat(before[part]).includes(one)))}`);
}

/** Where the focus is, with what is needed to judge its ring; null when it has left the widget. */
function stop(page) {
  return page.evaluate(() => {
    const host = document.querySelector("signpost-chat");
    const element = host.shadowRoot.activeElement;
    if (!element) return null;
    const stops = (window.__stops ??= new Map());
    if (!stops.has(element)) stops.set(element, stops.size);
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    const middle = { x: Math.max(0, Math.min(innerWidth - 1, box.left + box.width / 2)), y: Math.max(1, Math.min(innerHeight - 1, (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2)) };
    const top = host.shadowRoot.elementFromPoint(middle.x, middle.y);
    return {
      number: stops.get(element),
      name: `${element.localName}${element.id ? `#${element.id}` : `.${element.className}`}`,
      kind: `${element.localName}.${element.className} in ${element.parentElement?.className}`,
      box: { x: box.left, y: box.top, width: box.width, height: box.height },
      seen: box.bottom > 0 && box.top < innerHeight && (top === element || element.contains(top) || top?.contains(element)),
      outline: style.outlineStyle !== "none" ? parseFloat(style.outlineWidth) : 0,
    };
  });
}

/**
 * Presses Tab through the whole panel: every control must be reached, be in sight when it is, and have a ring. With a
 * `lab` (see below) one stop of each kind is photographed with and without its ring, which must be at least as large
 * as a line of 2 px around the part in sight, each of its pixels changing by 3:1 or more (WCAG 2.2, 2.4.13).
 */
export async function stops(page, lab, judged = new Set()) {
  const faults = [];
  await page.evaluate(() => {
    window.__stops = new Map();
    document.querySelector("signpost-chat").shadowRoot.activeElement?.blur();
  });
  let first = null;
  let outside = 0;
  for (let press = 0; press < 150; press++) {
    await page.keyboard.press("Tab");
    const here = await stop(page);
    // On the host page, or between the last stop and the first.
    if (!here && ++outside < 15) continue;
    if (!here || here.number === first) break;
    first ??= here.number;
    if (!here.seen) faults.push(`has the focus out of sight: ${here.name}`);
    if (here.outline < 2) faults.push(`no ring: ${here.name}`);
    else if (lab && !judged.has(here.kind)) {
      judged.add(here.kind);
      const fault = await ring(page, lab, here);
      if (fault) faults.push(fault);
    }
  }
  const missed = await page.evaluate(() =>
    [...document.querySelector("signpost-chat").shadowRoot.querySelectorAll('a[href], button, input, textarea, select, summary, [tabindex="0"]')]
      .filter((element) => element.tabIndex >= 0 && !element.disabled && element.checkVisibility({ visibilityProperty: true }) && !window.__stops.has(element))
      // Of a group of radio buttons the keyboard stops at one.
      .filter((element) => element.type !== "radio" || ![...window.__stops.keys()].some(({ name, type }) => type === "radio" && name === element.name))
      .map((element) => `Tab never comes to ${element.outerHTML.slice(0, 80)}`),
  );
  return [...faults, ...missed];
}

async function ring(page, lab, { name, box }) {
  const { width, height } = page.viewportSize();
  const left = Math.max(0, Math.floor(box.x - 8));
  const top = Math.max(0, Math.floor(box.y - 8));
  const clip = { x: left, y: top, width: Math.min(width, Math.ceil(box.x + box.width + 8)) - left, height: Math.min(height, Math.ceil(box.y + box.height + 8)) - top };
  if (clip.width < 8 || clip.height < 8) return `cannot be photographed: ${name}`;
  const take = async () => (await page.screenshot({ clip, animations: "disabled" })).toString("base64");
  const on = await take();
  await page.evaluate(() => {
    window.__focus = document.querySelector("signpost-chat").shadowRoot.activeElement;
    window.__focus.blur();
  });
  const off = await take();
  await page.evaluate(() => window.__focus.focus({ preventScroll: true }));
  const strong = await lab.evaluate(compare, [on, off]);
  // Edges in sight; an inner ring is a little shorter than the element's own edge.
  const inside = (low, high, limit) => Math.max(0, Math.min(high, limit) - Math.max(low, 0));
  const across = inside(box.x, box.x + box.width, width);
  const down = inside(box.y, box.y + box.height, height);
  const edges = (box.y >= 0 ? across : 0) + (box.y + box.height <= height ? across : 0) + 2 * down;
  const wanted = 2 * edges * 0.85;
  return strong >= wanted ? null : `weak ring on ${name}: ${strong} pixels change by 3:1, ${Math.round(wanted)} wanted`;
}

/** In the lab page: pixels whose colours in two pictures are at least 3:1 apart. */
async function compare([one, two]) {
  const pixels = async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
    context.drawImage(image, 0, 0);
    return context.getImageData(0, 0, image.width, image.height).data;
  };
  const light = (data, at) => {
    const part = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part(data[at]) + 0.7152 * part(data[at + 1]) + 0.0722 * part(data[at + 2]);
  };
  const [first, second] = [await pixels(one), await pixels(two)];
  let strong = 0;
  for (let at = 0; at < first.length; at += 4) {
    const [a, b] = [light(first, at), light(second, at)];
    if ((Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) >= 3) strong++;
  }
  return strong;
}
