import { channelAddress } from "../settings.js";
import { nearest } from "../text/choose.js";
import { LANGUAGES } from "../text/languages.js";

/** All settings of a page: attributes of the element, or `data-*` on the loader's script tag. */
export const SETTINGS = [
  "server",
  "language",
  "dir",
  "position",
  "heading",
  "greeting",
  "start-open",
  "full-page",
  "phone",
  "phone-name",
] as const;
type Setting = (typeof SETTINGS)[number];

/** Settings that have right and wrong values: which are right, and how to say so. */
const RULES: Readonly<Partial<Record<Setting, readonly [right: (value: string) => boolean, words: string]>>> = {
  server: [(value) => !!channelAddress(value, document.baseURI), "an address such as https://chat.example.org"],
  language: [(value) => nearest([value], ["", ...LANGUAGES]) !== "", `${LANGUAGES.join(", ")}, or one like these`],
  dir: [(value) => /^(ltr|rtl)$/.test(value), "ltr, rtl"],
  position: [(value) => /^(start|end)$/.test(value), "start, end"],
  phone: [(value) => /\d/.test(value), "a number as it is to be shown"],
  "start-open": [isOn, "nothing (leave the setting away to have it off)"],
  "full-page": [isOn, "nothing (leave the setting away to have it off)"],
};
/** What WCAG asks of text. */
const READABLE = 4.5;

/** Tells the page's owner, in the console, which settings have no effect and what to write instead. */
export function checkSettings(host: Element): void {
  for (const [name, [right, words]] of Object.entries(RULES)) {
    const value = host.getAttribute(name);
    if (value !== null && !right(value)) {
      console.warn(`signpost-chat: ${name}="${value}" cannot be used; the default is. Good values: ${words}.`);
    }
  }
  const branded = host.shadowRoot?.querySelector(".send, .launcher");
  const contrast = branded && contrastOf(getComputedStyle(branded));
  if (contrast && contrast < READABLE) {
    console.warn(
      `signpost-chat: --signpost-brand and --signpost-on-brand (or both with -dark) have a contrast of ${contrast.toFixed(1)}. ` +
        `Good values: ${READABLE} or more.`,
    );
  }
}

function isOn(value: string): boolean {
  return value === "" || value === "true";
}

/** The contrast between text and ground, or null for colours that are not plain red, green and blue. */
function contrastOf({ color, backgroundColor }: CSSStyleDeclaration): number | null {
  const [one, other] = [luminance(color), luminance(backgroundColor)];
  if (one === null || other === null) return null;
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}

/** Relative luminance, as WCAG defines it. */
function luminance(color: string): number | null {
  const parts = /^rgb\((\d+), (\d+), (\d+)\)$/.exec(color)?.slice(1);
  if (!parts) return null;
  const [red = 0, green = 0, blue = 0] = parts.map((part) => {
    const share = Number(part) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
