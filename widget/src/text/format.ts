import { getLocale } from "./locale.js";

/** The day and time of an ISO instant, as people write it where the widget's language is spoken. */
export function dayAndTime(iso: string): string {
  return format(iso, { dateStyle: "long", timeStyle: "short" });
}

export function time(iso: string): string {
  return format(iso, { timeStyle: "short" });
}

/** A temperature with one decimal, as thermometers show it. Not rounded further down: 37.96 stays 37.96. */
export function degrees(value: number): string {
  return new Intl.NumberFormat(getLocale(), { minimumFractionDigits: 1, maximumFractionDigits: 2 }).format(value);
}

function format(iso: string, options: Intl.DateTimeFormatOptions): string {
  const date = new Date(iso);
  // A server's words are better than "Invalid Date".
  return Number.isNaN(date.getTime()) ? iso : new Intl.DateTimeFormat(getLocale(), options).format(date);
}
