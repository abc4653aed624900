import { html, nothing, type TemplateResult } from "lit";

import { text } from "../text/en-GB.extras.js";
import { dayAndTime, temperature } from "../text/format.extras.js";
import type { Reading } from "../transport/contract.js";
import { said } from "./said.js";

/** A temperature, when it was taken, and the time at which that was said: "just now" is not now for ever. */
export function readingItem({ c, when, at, words }: Reading, name: (id: string, of: string) => string): TemplateResult {
  return html`${c == null ? said(words ?? "") : temperature(c)}
  ${when ? html`<br />${said(name(when, "temperature_when"))}` : nothing}
  ${at ? html`<br />${text.told(dayAndTime(at))}` : nothing}`;
}
