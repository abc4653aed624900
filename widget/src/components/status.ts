import { html, nothing, type TemplateResult } from "lit";

import type { ChatState, Trouble } from "../state/conversation.js";
import { text } from "../text/en-GB.js";
import { contactList } from "./contact.js";
import { plainText } from "./plain-text.js";

/** What waits to be sent: beneath the transcript, which holds only what the server has received. */
export function pendingLines(state: ChatState): TemplateResult | typeof nothing {
  if (!state.outbox.length) return nothing;
  return html`<ol class="messages pending">
    ${state.outbox.map(
      ({ line }) => html`<li class="message from-person">
        <span class="spoken">${text.youSaid()}</span>
        <div class="bubble">${plainText(line.text)}</div>
        ${state.trouble || state.slow ? html`<p class="note">${text.notSent()}</p>` : nothing}
      </li>`,
    )}
  </ol>`;
}

/** One polite line: on sending, else that staff are typing. The region is always there, since one that appears with its words may stay silent. */
export function statusLine(state: ChatState): TemplateResult {
  let words = "";
  if (state.slow && !state.trouble) words = state.phase === "starting" ? text.slowStart() : text.slow();
  else if (state.phase === "starting" && !state.trouble) words = text.starting();
  else if (state.outbox.length && !state.trouble) words = text.sending();
  else if (state.typing) words = text.typing();
  return html`<p class="status" role="status">${words}</p>`;
}

/** What stands in the way, what happens with the answers, and the numbers to use meanwhile. */
export function troubleBox(trouble: Trouble | null, again: () => void): TemplateResult | typeof nothing {
  if (!trouble) return nothing;
  const words = {
    unreached: text.unreached,
    server: text.serverTrouble,
    refused: text.refused,
  }[trouble.kind]();
  return html`<div class="trouble">
    <div role="alert">
      ${plainText(trouble.message || words)}
      ${trouble.kind !== "refused" && trouble.message ? html`<p>${words}</p>` : nothing}
      <p><strong>${text.doNotWait()}</strong></p>
    </div>
    ${contactList(trouble.contacts)}
    ${trouble.kind === "refused"
      ? nothing
      : html`<button type="button" class="choice" @click=${again}>${text.tryNow()}</button>`}
  </div>`;
}

/** In place of a view whose code is still on its way, or did not come. */
export function extrasLine(failed: boolean, back: (() => void) | null, again: () => void): TemplateResult {
  return html`<div class="view" id="scroll" tabindex="0" role="region" aria-label=${text.scroller()}>
    ${back ? html`<button type="button" class="plain back" @click=${back}>${text.backToChat()}</button>` : nothing}
    ${failed
      ? html`<p class="error" role="alert">${text.partMissing()}</p>
          <button type="button" class="choice" @click=${again}>${text.tryNow()}</button>`
      : html`<p role="status">${text.partLoading()}</p>`}
  </div>`;
}
