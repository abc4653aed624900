import { text as words } from "./en-GB.extras.js";

/** Nine digits or more, with spaces, brackets or hyphens between: a telephone number, where a date has eight. */
const LONG_NUMBER = /\+?\d(?:[ ()-]{0,2}\d){8,}/g;

/**
 * The lines of a text as they are read aloud: telephone numbers digit by digit, with a short rest where the number
 * has a gap. `numbers` are those that are known to be such, like "999".
 */
export function spelled(text: string, numbers: readonly string[]): string[] {
  const known = [...new Set(numbers.map((number) => number.trim()).filter(Boolean))].sort((a, b) => b.length - a.length);
  // One pass, so that a number within a longer one is not taken twice.
  const pattern = new RegExp([...known.map((number) => `(?<!\\d)${escaped(number)}(?!\\d)`), LONG_NUMBER.source].join("|"), "g");
  return text
    .split("\n")
    .map((line) => line.trim().replace(pattern, digits))
    .filter(Boolean);
}

function digits(number: string): string {
  return number
    .replace(/(?<=\d)[ ()-]+(?=\d)/g, ", ")
    .replace("+", `${words.plus()} `)
    .replace(/\d+/g, (run) => [...run].join(" "));
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
