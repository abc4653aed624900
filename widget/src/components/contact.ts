import { html, nothing, type TemplateResult } from "lit";

import { phoneHref } from "../state/contacts.js";
import { text } from "../text/en-GB.js";
import type { Contact } from "../transport/contract.js";
import { theirs } from "./content-language.js";
import { phoneIcon } from "./icons.js";

/** The number as a link to press, or nothing when there is none. */
export function callLink(contact: Contact): TemplateResult | typeof nothing {
  const href = phoneHref(contact);
  if (!href) return nothing;
  return html`<a class="call" href=${href}>${phoneIcon}<span>${callWords(contact)}</span></a>`;
}

/** The number first, since that is what is done; then whose it is. */
export function callWords(contact: Contact): TemplateResult {
  return html`<span class="call-number">${text.call()} <bdi class="number" dir="ltr">${contact.phone}</bdi></span>
    <span class="call-name" lang=${theirs()}>${contact.name}</span>`;
}

/** Whom to reach: the number, its hours, and what to do when nobody answers. */
export function contactItem(contact: Contact): TemplateResult {
  const link = callLink(contact);
  const open = contact.open_now;
  return html`<li class="contact">
    ${link === nothing
      ? html`<p class="contact-name" lang=${theirs()}>
          ${contact.name}${contact.phone ? html`: <bdi class="number" dir="ltr">${contact.phone}</bdi>` : nothing}
        </p>`
      : link}
    ${contact.hours || typeof open === "boolean"
      ? html`<p class="hours">
          ${typeof open === "boolean"
            ? html`<strong>${open ? text.openNow() : text.closedNow()}</strong> `
            : nothing}<span lang=${theirs()}>${contact.hours ?? nothing}</span>
        </p>`
      : nothing}
    ${contact.if_no_answer ? html`<p class="no-answer" lang=${theirs()}>${contact.if_no_answer}</p>` : nothing}
  </li>`;
}

export function contactList(contacts: readonly Contact[]): TemplateResult | typeof nothing {
  return contacts.length ? html`<ul class="contacts">${contacts.map(contactItem)}</ul>` : nothing;
}
