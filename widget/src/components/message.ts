import { html, nothing, type TemplateResult } from "lit";

import { text } from "../text/en-GB.js";
import { time } from "../text/format.js";
import type { Message } from "../transport/contract.js";
import { directionCard } from "./direction.js";
import { personIcon } from "./icons.js";
import { plainText } from "./plain-text.js";
import { summaryContent } from "./summary.js";

/** The element ids of a message: by position, since a transcript is only ever appended to. */
export const messageId = (index: number) => `message-${index}`;
export const cardId = (index: number) => `card-${index}`;

/** One line of the transcript. Who speaks is said in words, and a person of the staff is marked as one. */
export function messageItem(message: Message, index: number): TemplateResult {
  return html`<li class="message from-${message.author} kind-${message.kind}">
    ${author(message)}
    <div class="bubble" id=${messageId(index)} tabindex="-1">${body(message, index)}</div>
  </li>`;
}

function author(message: Message): TemplateResult {
  if (message.author === "staff") {
    return html`<p class="author">
      ${personIcon}<span><strong>${text.staff()}</strong><br />${text.staffAt(time(message.at))}</span>
    </p>`;
  }
  return html`<span class="spoken">${message.author === "person" ? text.youSaid() : text.botSays()}</span>`;
}

function body(message: Message, index: number): unknown {
  if (message.direction) return directionCard(message.direction, message.text, cardId(index));
  return [plainText(message.text), message.summary ? summaryContent(message.summary, messageId(index)) : nothing];
}
