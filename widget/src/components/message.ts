import { html, nothing, type TemplateResult } from "lit";

import { text } from "../text/en-GB.js";
import { time } from "../text/format.js";
import type { Message, Summary } from "../transport/contract.js";
import { theirs } from "./content-language.js";
import { directionCard } from "./direction.js";
import { personIcon } from "./icons.js";
import { plainText } from "./plain-text.js";

/** The element ids of a message: by position, since a transcript is only ever appended to. */
export const messageId = (index: number) => `message-${index}`;
export const cardId = (index: number) => `card-${index}`;

/** What is drawn by code that comes later. */
export interface Later {
  /** A summary that stands in a message; `id` as in `summaryContent`. */
  summary: (summary: Summary, id: string) => unknown;
  /** The button that reads the message of this element aloud. */
  listen: (id: string) => unknown;
}

/** One line of the transcript. Who speaks is said in words, and a person of the staff is marked as one. */
export function messageItem(message: Message, index: number, later: Later): TemplateResult {
  // That staff have come or gone, and the question after that, is theirs only so that it comes with what they write.
  const by = message.kind === "statement" ? message.author : "bot";
  return html`<li class="message from-${by} kind-${message.kind}">
    ${author(message, by)}
    <div class="bubble" id=${messageId(index)} tabindex="-1">${body(message, index, later)}</div>
    ${by === "person" ? nothing : later.listen(messageId(index))}
  </li>`;
}

function author(message: Message, by: Message["author"]): TemplateResult {
  if (by === "staff") {
    return html`<p class="author">
      ${personIcon}<span><strong lang=${message.name ? theirs() : nothing}>${message.name ?? text.staff()}</strong><br />${text.staffAt(time(message.at))}</span>
    </p>`;
  }
  return html`<span class="spoken">${by === "person" ? text.youSaid() : text.botSays()}</span>`;
}

function body(message: Message, index: number, later: Later): unknown {
  if (message.direction) return directionCard(message.direction, message.text, cardId(index));
  return [plainText(message.text), message.summary ? later.summary(message.summary, messageId(index)) : nothing];
}
