import { configureLocalization, type LocaleModule } from "@lit/localize";

import { fetchLocale } from "../platform/own-files.js";
import { nearest } from "./choose.js";
import { LANGUAGES } from "./languages.js";

export type { LocaleModule };
type Words = LocaleModule["templates"];

const SOURCE = LANGUAGES[0] as string;
/** Milliseconds for which the first render waits for the words of its language; then it is drawn in the source's. */
const PATIENCE = 2_000;

/** A locale's words: those of the panel, and after `fetchExtraWords` also those of the other views. */
const templates: Words = {};

const { getLocale, setLocale } = configureLocalization({
  sourceLocale: SOURCE,
  targetLocales: LANGUAGES.slice(1),
  loadLocale: async (locale) => ({ templates: await fetchWords(locale) }),
});
export { getLocale };

/** The known language for an element: what its attribute asks for, else the page, else the browser. */
export function languageOf(host: HTMLElement, asked: string | null): string {
  return nearest([asked, host.closest<HTMLElement>("[lang]")?.lang, ...navigator.languages], LANGUAGES);
}

/**
 * Fetches the words of `language`, and calls `changed` when they are there. Resolves then, or when the first render
 * must not wait any longer: the source's words stand in.
 */
export function speak(language: string, changed: () => void): Promise<unknown> {
  const there = setLocale(language).then(changed, () => undefined);
  return Promise.race([there, new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
}

/** Fetches the words of what `extras.js` shows. Never rejects: the source's words stand in. */
export async function fetchExtraWords(language: string): Promise<void> {
  if (language !== SOURCE) await fetchWords(`${language}.extras`).catch(() => undefined);
}

async function fetchWords(name: string): Promise<Words> {
  return Object.assign(templates, (await fetchLocale(name)).templates);
}
