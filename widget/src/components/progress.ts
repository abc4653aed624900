import { html, nothing, type TemplateResult } from "lit";

import { text } from "../text/en-GB.js";
import type { Progress } from "../transport/contract.js";

/** How far the check is, in words and as a bar. */
export function progressLine(progress: Progress | null): TemplateResult | typeof nothing {
  if (!progress || progress.of <= 0) return nothing;
  const { done, of } = progress;
  return html`<div class="progress">
    <span id="progress-words">${text.progress(done, of)}</span>
    <progress max=${of} .value=${done} aria-label=${text.progressLabel()} aria-describedby="progress-words"></progress>
  </div>`;
}
