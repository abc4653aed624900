import { nothing } from "lit";

import { getLocale } from "../text/locale.js";

let content = "";

/** The language that the server's words are in, as its last answer named it. */
export function setContentLanguage(language: string): void {
  content = language;
}

/** The language of the server's words, to read them aloud. */
export function contentLanguage(): string {
  return content || getLocale();
}

/** The `lang` of an element that holds words of the server: left out where it is the widget's own. */
export function theirs(): string | typeof nothing {
  return content === getLocale() ? nothing : content;
}
