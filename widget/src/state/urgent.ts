import { LEVELS, type Level, type Message } from "../transport/contract.js";

const NOW = LEVELS.indexOf("now");

/** Whether this message tells the person to get help at once. */
export function isUrgent(message: Message): boolean {
  const direction = message.direction;
  return !!direction && (direction.crisis || LEVELS.indexOf(direction.level) >= NOW);
}

/**
 * The message whose direction must stay in sight, or null.
 *
 * It stays until a newer direction is less urgent, or the server's level says that it no longer holds. When
 * the level is not known it stays.
 */
export function urgentMessage(messages: readonly Message[], level: Level | null): Message | null {
  for (let i = messages.length - 1; i >= 0; i--) {
    const message = messages[i];
    if (!message?.direction) continue;
    if (!isUrgent(message)) return null;
    const lowered = level !== null && LEVELS.indexOf(level) < NOW && !message.direction.crisis;
    return lowered ? null : message;
  }
  return null;
}
