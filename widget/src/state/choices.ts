import type { Choice, Message, Place } from "../transport/contract.js";

export const NONE = "none";
const AT_ONCE = new Set(["skip", "back"]);

/** The question that is still open: the last message that asks for something. */
export function openQuestion(messages: readonly Message[]): Message | null {
  for (let i = messages.length - 1; i >= 0; i--) {
    const message = messages[i];
    if (message && (message.kind === "question" || message.choices?.length)) return message;
  }
  return null;
}

/** The choices that are ticked, or pressed, as answers; without those that only move on or back. */
export function answers(question: Message): readonly Choice[] {
  return (question.choices ?? []).filter((choice) => !AT_ONCE.has(choice.id));
}

/** The choices that move on or back, and are sent at once on every kind of question. */
export function moves(question: Message): readonly Choice[] {
  return (question.choices ?? []).filter((choice) => AT_ONCE.has(choice.id));
}

/** What is pointed at on the body outline; it goes along with an answer, and is none by itself. */
export function pointed(question: Message, ticks: readonly string[]): readonly Place[] {
  return (question.places ?? []).filter(({ id }) => ticks.includes(id));
}

/** Places stand among the ticks, under ids that no line has. */
const isPlace = (id: string) => id.startsWith("at:");

/**
 * The ticks after `id` was ticked or unticked. "None" stands alone: it clears every other tick, and every
 * other tick clears it. "Not sure" may stand beside ticks, for the lines that were left open. A place is no tick.
 */
export function toggle(ticks: readonly string[], id: string, on: boolean): readonly string[] {
  if (!on) return ticks.filter((tick) => tick !== id);
  if (id === NONE) return [...ticks.filter(isPlace), NONE];
  return [...ticks.filter((tick) => tick !== NONE && tick !== id), id];
}
