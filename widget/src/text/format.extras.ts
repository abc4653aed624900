import { text } from "./en-GB.extras.js";
import { date, number } from "./format.js";
import { getLocale } from "./locale.js";

/** Where people measure in Fahrenheit. What was noted is Celsius, which stands beside it for the care team. */
const FAHRENHEIT = ["en-US"];

/** The day and time of an ISO instant, in words. */
export function dayAndTime(iso: string): string {
  return date(iso, { dateStyle: "long", timeStyle: "short" });
}

/** A calendar date, which is the same in every time zone; its day only where the person said the day. */
export function day(iso: string, precision?: string | null): string {
  const toTheDay = precision?.startsWith("day");
  return date(iso, { year: "numeric", month: "long", ...(toTheDay && { day: "numeric" }), timeZone: "UTC" });
}

/** A temperature as thermometers show it. Never rounded down to a value that counts less: 37.96 °C stays 37.96 °C. */
export function temperature(celsius: number): string {
  const c = number(celsius, { minimumFractionDigits: 1, maximumFractionDigits: 2 });
  if (!FAHRENHEIT.includes(getLocale())) return text.celsius(c);
  return text.fahrenheit(number(celsius * 1.8 + 32, { minimumFractionDigits: 1, maximumFractionDigits: 1 }), c);
}
