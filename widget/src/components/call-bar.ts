import { html, nothing, type TemplateResult } from "lit";

import { phoneHref } from "../state/contacts.js";
import { text } from "../text/en-GB.js";
import type { Contact } from "../transport/contract.js";
import { callWords } from "./contact.js";
import { theirs } from "./content-language.js";
import { phoneIcon } from "./icons.js";

/** The link that the page's owner wrote inside the element; it is all there is before the server answers. */
export interface PageLink {
  href: string;
  label: string;
}

/** The care team's number, in sight in every state. Without one it says where the number stands. */
export function callBar(contact: Contact | null, page: PageLink | null): TemplateResult {
  const href = contact && phoneHref(contact);
  if (contact && href) {
    return bar(href, callWords(contact));
  }
  if (!contact && page) return bar(page.href, html`${page.label}`);
  return html`<p class="call-bar">
    ${phoneIcon}<span>${text.careTeam()} <strong lang=${contact ? theirs() : nothing}>${contact?.name ?? text.treatmentCard()}</strong></span>
  </p>`;
}

function bar(href: string, label: TemplateResult): TemplateResult {
  return html`<a class="call-bar" href=${href}>${phoneIcon}<span>${label}</span></a>`;
}
