import { getLocale } from "./locale.js";

/** "today", "3 weeks ago": how long ago in whole units. */
export function ago(count: number, unit: Intl.RelativeTimeFormatUnit): string {
  return new Intl.RelativeTimeFormat(getLocale(), { numeric: count ? "always" : "auto" }).format(-count, unit);
}

/** A calendar day (`YYYY-MM-DD`), in whichever zone it is read. */
export function calendarDay(day: string): string {
  return days().format(new Date(day));
}

/** The days from `first` to `last`, without saying twice what they share. */
export function calendarDays(first: string, last: string): string {
  return days().formatRange(new Date(first), new Date(last));
}

function days(): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(getLocale(), { dateStyle: "long", timeZone: "UTC" });
}
