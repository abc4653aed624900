import { html, type TemplateResult } from "lit";

import { text } from "../text/en-GB.js";
import { number, plural } from "../text/format.js";
import type { Progress } from "../transport/contract.js";

/** How far the check is, in words and as a bar of the same name. */
export function progressLine(progress: Progress | null): TemplateResult {
  // Its place is kept, so that nothing moves when it comes.
  if (!progress || progress.of <= 0) return html`<div class="progress">${"\u00a0"}</div>`;
  return html`<div class="progress">
    <span id="progress-words">${words(progress)}</span>
    <progress max=${progress.of} .value=${progress.done} aria-labelledby="progress-words"></progress>
  </div>`;
}

/** `done` are the pages that lie behind; short questions about one sign come before the next page, and count with it. */
function words({ step, done, of }: Progress): string {
  const pages = number(of);
  if (done >= of) return text.pagesDone(pages);
  return step === "welcome" ? text.pages(plural(of), pages) : text.page(number(done + 1), pages);
}
