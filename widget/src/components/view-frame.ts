import { html, nothing, type TemplateResult } from "lit";

import { text } from "../text/en-GB.js";

/** A page of its own inside the panel: its heading, which takes the focus, and the way back to the chat. */
export function viewFrame(title: string, back: () => void, content: unknown): TemplateResult {
  return html`<div class="view" id="scroll" tabindex="0" role="region" aria-label=${title}>
    <button type="button" class="plain back" @click=${back}>${text.backToChat()}</button>
    <h2 class="view-title" id="view-title" tabindex="-1">${title}</h2>
    ${content}
  </div>`;
}

/** Said wherever words of the checklist are shown that no clinician has signed. */
export function draftNotice(draft: boolean): TemplateResult | typeof nothing {
  return draft ? html`<p class="draft">${text.draft()}</p>` : nothing;
}
