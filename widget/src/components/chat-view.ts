import { html, nothing, type TemplateResult } from "lit";

import type { ChatState } from "../state/conversation.js";
import { text } from "../text/en-GB.js";
import { messageItem, type Later } from "./message.js";
import { pendingLines, statusLine, troubleBox } from "./status.js";
import { draftNotice } from "./view-frame.js";

/**
 * The transcript, with the open question's choices beneath it.
 *
 * The log is a `div` around the list, since a list with another role would orphan its items. It is only ever
 * appended to: assistive technology reads each message once, and reads all of a log that is rebuilt.
 */
export function chatView(state: ChatState, greeting: string | null, later: Later, question: unknown, again: () => void): TemplateResult {
  return html`<div class="scroll" id="scroll" tabindex="0" role="region" aria-label=${text.scroller()}>
    ${greeting ? html`<p class="greeted"><strong>${text.fromSite()}</strong> ${greeting}</p>` : nothing}
    ${draftNotice(state.draft && !state.messages.some(({ utterance }) => utterance === "draft_notice"))}
    <div role="log" aria-label=${text.log()}>
      <ol class="messages">
        ${state.messages.map((message, index) => messageItem(message, index, later))}
      </ol>
    </div>
    ${pendingLines(state)} ${statusLine(state)} ${troubleBox(state.trouble, again)} ${question}
  </div>`;
}

/** The server no longer knows the check. */
export function goneView(state: ChatState, again: () => void): TemplateResult {
  return html`<div class="scroll" id="scroll" tabindex="0" role="region" aria-label=${text.scroller()}>
    <p role="alert" id="view-title" tabindex="-1">${text.gone()}</p>
    <button type="button" class="choice primary" @click=${again}>${text.startNew()}</button>
    ${troubleBox(state.trouble, again)}
  </div>`;
}
