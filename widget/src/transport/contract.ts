/**
 * The widget channel's JSON, as the server speaks it. Field names are the server's.
 *
 * Texts are plain: "\n\n" parts paragraphs, a line that starts with "- " is a bullet. They are never markup.
 */

/** How soon, from the least to the most urgent. */
export const LEVELS = ["keep", "soon", "today", "now", "emergency"] as const;
export type Level = (typeof LEVELS)[number];

/** Whom to reach. Without `phone` the name says where the number stands, and is shown as text. */
export interface Contact {
  role: string;
  name: string;
  phone: string | null;
  hours?: string | null;
  open_now?: boolean | null;
  if_no_answer?: string | null;
}

/** Who, how soon, which number, and what to say on the phone. `crisis` stands beside the level. */
export interface Direction {
  level: Level;
  crisis: boolean;
  say: string | readonly string[] | null;
  contacts: readonly Contact[];
}

/** A direction in a summary, which no message surrounds. */
export interface SummaryDirection extends Direction {
  title?: string | null;
  text?: string | null;
}

export interface Choice {
  id: string;
  label: string;
  help?: string | null;
}

/** A place of the body to point at, sent like a choice. `choice` is the line that pointing at it ticks too. */
export interface Place {
  id: string;
  label: string;
  choice?: string | null;
}

export interface Message {
  id: string;
  at: string;
  author: "bot" | "staff" | "person";
  /** Who of the staff wrote it. Notices about staff, and the question asked again when they leave, have staff as author too but are the checklist's words and have none. */
  name?: string | null;
  utterance?: string | null;
  kind: "statement" | "question" | "direction" | "summary" | "notice";
  text: string;
  step?: string | null;
  choices?: readonly Choice[] | null;
  multiple?: boolean | null;
  /** Only on a question about where on the body something is, and never its only answers. */
  places?: readonly Place[] | null;
  direction?: Direction | null;
  summary?: Summary | null;
}

/** That staff are typing, or are so no longer. It comes with `/events` alone. */
export interface Typing {
  typing: boolean;
}

export interface Progress {
  step: string;
  done: number;
  of: number;
}

/** One sign that was noted; ids of the other groups are named by `Summary.labels` where the server sends them. */
export interface NotedSign {
  sign: string;
  label: string;
  since?: { words?: string | null; date?: string | null; precision?: string | null } | null;
  change?: string | null;
  detail?: string | readonly string[] | null;
  words?: string | readonly string[] | null;
}

/** `when` is the id of an answer; `at` the instant at which the reading was told. */
export interface Reading {
  c?: number | null;
  when?: string | null;
  at?: string | null;
  words?: string | null;
}

/**
 * Where a sign stands on the line of time. `day`: it began on the one day. `span`: between two. `before`: on `last` or
 * earlier. `from` and `to` are parts of the line, whose end, 1, is today.
 */
export interface TimelineRow {
  sign: string;
  kind: "day" | "span" | "before" | "unknown";
  first: string | null;
  last: string | null;
  from: number | null;
  to: number | null;
}

/** A line that goes `count` units back from `today`. The rows come in the order in which the signs began. */
export interface Timeline {
  today: string;
  unit: "day" | "week" | "month" | "year";
  count: number;
  rows: readonly TimelineRow[];
}

export interface Summary {
  content_version: string;
  started_at: string;
  about?: string | null;
  condition?: string | null;
  recent_treatment?: string | null;
  signs: {
    present: readonly NotedSign[];
    absent: readonly string[];
    not_sure: readonly string[];
    not_answered: readonly string[];
    past: readonly string[];
  };
  timeline?: Timeline | null;
  temperatures?: readonly Reading[] | null;
  medicines?: string | readonly string[] | null;
  worry?: string | number | null;
  red_flags: readonly string[];
  level?: Level | null;
  crisis?: boolean | null;
  directions: readonly SummaryDirection[];
  notes?: readonly (string | { text: string; at?: string | null })[] | null;
  /** Words for the ids above, by `sign.<id>`, `worry.<id>` and so on, or by the id alone. */
  labels?: Readonly<Record<string, string>> | null;
}

export interface Session {
  token: string;
  expires_at: string;
  messages: readonly Message[];
  progress?: Progress | null;
  level?: Level | null;
  contacts?: readonly Contact[] | null;
  draft?: boolean | null;
  resume_code?: string | null;
}

export interface Token {
  token: string;
  expires_at: string;
}

/** What the person sends. `id` is made here, so that a repeat is answered from the first result. */
export interface Answer {
  id: string;
  text?: string;
  step?: string;
  choices?: readonly string[];
}

export interface Reply {
  messages: readonly Message[];
  progress?: Progress | null;
  level?: Level | null;
}

export interface History extends Reply {
  contacts?: readonly Contact[] | null;
}

export interface Receipt {
  id: string;
  at: string;
  what: readonly string[];
}

/** The files that stand beside `GET /summary`. */
export const SUMMARY_FILES = ["txt", "pdf", "ics", "fhir.json"] as const;
export type SummaryFile = (typeof SUMMARY_FILES)[number];
