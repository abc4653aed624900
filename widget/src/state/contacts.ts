import type { Contact, Message } from "../transport/contract.js";

const CARE_TEAM = ["care_team", "out_of_hours"];

/**
 * The care team's contact to keep in sight: of those in the newest direction that names one, else of the
 * session's. One that is open now comes first.
 */
export function careTeam(messages: readonly Message[], session: readonly Contact[]): Contact | null {
  for (let i = messages.length - 1; i >= 0; i--) {
    const contact = pick(messages[i]?.direction?.contacts ?? []);
    if (contact) return contact;
  }
  return pick(session);
}

export function isCareTeam(contact: Contact): boolean {
  return CARE_TEAM.includes(contact.role);
}

function pick(contacts: readonly Contact[]): Contact | null {
  const team = contacts.filter(isCareTeam);
  return team.find((contact) => contact.phone && contact.open_now) ?? team.find((contact) => contact.phone) ?? team[0] ?? null;
}

/**
 * The address behind a number, or null when there is nothing to dial. Letters and spaces are left out.
 *
 * Text lines get none: some take messages and some need a text phone or an app, and their names say which.
 */
export function phoneHref(contact: Contact): string | null {
  const digits = (contact.phone ?? "").replace(/[^\d+*#]/g, "");
  return digits && contact.role !== "emergency_text" ? `tel:${digits}` : null;
}
