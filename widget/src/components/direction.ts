import { html, nothing, type TemplateResult } from "lit";

import { isCareTeam, phoneHref } from "../state/contacts.js";
import { text } from "../text/en-GB.js";
import type { Direction, Message, SummaryDirection } from "../transport/contract.js";
import { callLink, contactList } from "./contact.js";
import { theirs } from "./content-language.js";
import { plainText } from "./plain-text.js";

/** The look of a direction. The words say the same: colour alone never does. */
export function tone(direction: Direction): string {
  return direction.crisis ? "emergency" : direction.level;
}

/** Who, how soon, which numbers, and what to say on the phone. `body` is the text around it. */
export function directionCard(direction: SummaryDirection, body: string, id: string): TemplateResult {
  const say = typeof direction.say === "string" ? [direction.say] : (direction.say ?? []);
  return html`<article class="card card-${tone(direction)}" id=${id} tabindex="-1" aria-labelledby="${id}-title">
    <h3 class="card-title" id="${id}-title" lang=${direction.title ? theirs() : nothing}>${direction.title || text.level(direction.level, direction.crisis)}</h3>
    <div class="card-body">
      ${plainText(body)}
      ${direction.contacts.length
        ? html`<h4>${text.whoToCall()}</h4>
            ${contactList(direction.contacts)}`
        : nothing}
      ${say.length
        ? html`<h4>${text.whatToSay()}</h4>
            <div class="say">${say.map((line) => plainText(line))}</div>`
        : nothing}
    </div>
  </article>`;
}

/**
 * The urgent direction in short, in a place that does not scroll away. An alert, so it is spoken at once; it
 * is inserted once for each urgent message and then left alone.
 */
export function urgentBanner(message: Message, show: () => void): TemplateResult | typeof nothing {
  const direction = message.direction;
  if (!direction) return nothing;
  // The first two to ring, since a list is slower than a number. The card in the transcript has all of them, and
  // the care team's number stands above this in any case.
  const calls = direction.contacts.filter((contact) => phoneHref(contact));
  const outside = calls.filter((contact) => !isCareTeam(contact));
  const links = (tone(direction) === "emergency" && outside.length ? outside : calls).slice(0, 2).map(callLink);
  const named = direction.contacts[0];
  // "Call 999" says enough; any other number needs its name.
  const bare = direction.level === "emergency" && !direction.crisis;
  return html`<div class="banner ${bare ? "bare" : ""}" id="banner" role="alert" tabindex="-1">
    <p class="banner-title">${text.level(direction.level, direction.crisis)}</p>
    ${links.length || !named ? links : html`<p lang=${theirs()}>${named.name}</p>`}
    <button type="button" class="plain" @click=${show}>${text.showDirection()}</button>
  </div>`;
}
