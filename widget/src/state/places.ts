import type { Message } from "../transport/contract.js";
import { pointed, toggle } from "./choices.js";

/**
 * The ticks after the place `id` was marked or unmarked. A line that names the place is ticked with it, and unticked
 * when none of its places is marked any more.
 */
export function point(question: Message, ticks: readonly string[], id: string, on: boolean): readonly string[] {
  const marked = on ? [...ticks, id] : ticks.filter((tick) => tick !== id);
  const line = question.places?.find((place) => place.id === id)?.choice;
  if (!line) return marked;
  const still = pointed(question, marked).some(({ choice }) => choice === line);
  return still === marked.includes(line) ? marked : toggle(marked, line, still);
}
