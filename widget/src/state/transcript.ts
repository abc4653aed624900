import type { Answer, Message } from "../transport/contract.js";

/** `messages` with those of `more` that are not there yet. Nothing is ever replaced or moved. */
export function append(messages: readonly Message[], more: readonly Message[]): readonly Message[] {
  const known = new Set(messages.map((message) => message.id));
  const fresh = more.filter((message) => !known.has(message.id) && known.add(message.id));
  return fresh.length ? [...messages, ...fresh] : messages;
}

/**
 * `messages` with what the server's history holds beyond them.
 *
 * A person's own messages are matched by their order when the server gave them another id than we did: only
 * this tab can have sent them. To be called when nothing waits to be sent.
 */
export function merge(messages: readonly Message[], history: readonly Message[]): readonly Message[] {
  let own = messages.filter((message) => message.author === "person").length;
  const missing = history.filter((message) => message.author !== "person" || own-- <= 0);
  return append(messages, missing);
}

/** How an answer of the person stands in the transcript: the labels that were chosen, then their own words. */
export function spoken(answer: Answer, question: Message | null, at: Date): Message {
  const labels = (answer.choices ?? []).map(
    (id) => [...(question?.choices ?? []), ...(question?.places ?? [])].find((choice) => choice.id === id)?.label ?? id,
  );
  const list = labels.length > 1 ? labels.map((label) => `- ${label}`).join("\n") : labels.join("");
  const text = [list, answer.text ?? ""].filter(Boolean).join("\n\n");
  return { id: answer.id, at: at.toISOString(), author: "person", kind: "statement", text };
}
