import { html, type TemplateResult } from "lit";

import { theirs } from "./content-language.js";

/** Words of the server within a line of the widget's own. */
export function said(words: string): TemplateResult {
  return html`<span lang=${theirs()}>${words}</span>`;
}
