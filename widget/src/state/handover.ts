import type { Message } from "../transport/contract.js";

/**
 * Whether the open question waits because a person of the staff has the chat: the checklist is quiet until they
 * leave. A question asked meanwhile is about an emergency, and does not wait.
 */
export function waitsForStaff(messages: readonly Message[]): boolean {
  for (const { kind, utterance } of [...messages].reverse()) {
    if (utterance === "human_joined" || utterance === "human_quiet") return true;
    if (utterance === "human_left" || kind === "question") return false;
  }
  return false;
}
