/** Holds `signpost-chat.d.ts` to the source: `npm run types` fails when one of these is not `true`. */
import type { SignpostChat as Source } from "../src/element.js";
import type { SignpostEventMap as SourceEvents } from "../src/events/events.js";
import type { SETTINGS } from "../src/platform/check-settings.js";
import type { SignpostChat, SignpostChatAttributes, SignpostEventMap } from "./signpost-chat.js";

type Same<A, B> = [A, B] extends [B, A] ? true : false;
/** What the element has of its own; the rest of the source's members are Lit's. */
type Own = Exclude<keyof SignpostChat, keyof HTMLElement>;

export const proofs: [
  attributes: Same<keyof SignpostChatAttributes, (typeof SETTINGS)[number]>,
  members: Same<Pick<SignpostChat, Own>, Pick<Source, Own>>,
  events: Same<SignpostEventMap, SourceEvents>,
] = [true, true, true];
