import { getLocale } from "./locale.js";

/** The time of day of an ISO instant, as people write it where the widget's language is spoken. */
export function time(iso: string): string {
  return date(iso, { timeStyle: "short" });
}

/** A point in time by its ISO form. A server's words are better than "Invalid Date". */
export function date(iso: string, options: Intl.DateTimeFormatOptions): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? iso : new Intl.DateTimeFormat(getLocale(), options).format(at);
}

/** A number as the language writes it. English writes small whole ones as they are: asking takes a slow phone 0.1 s. */
export function number(value: number, options?: Intl.NumberFormatOptions): string {
  if (!options && Number.isInteger(value) && value >= 0 && value < 1_000 && getLocale().startsWith("en-")) return String(value);
  return new Intl.NumberFormat(getLocale(), options).format(value);
}

/** Which form of a word goes with a number: "one" page, "other" pages. */
export function plural(count: number): Intl.LDMLPluralRule {
  return new Intl.PluralRules(getLocale()).select(count);
}
