/**
 * What the element tells the page it stands in. Deliberately nothing of what was said, noted or advised:
 * a page's statistics scripts must not learn that.
 */
export interface SignpostEventMap {
  "signpost-open": CustomEvent<undefined>;
  "signpost-close": CustomEvent<undefined>;
  "signpost-forgotten": CustomEvent<undefined>;
}

declare global {
  interface GlobalEventHandlersEventMap extends SignpostEventMap {}
}

export function emit(target: EventTarget, name: keyof SignpostEventMap): void {
  target.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true }));
}
