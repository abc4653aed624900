/** Types of `import "signpost-chat"`. Kept by hand, without Lit's; `check.ts` proves them against the source. */

/** The settings, as attributes. An attribute on the element wins over `data-*` on the loader's script tag. */
export interface SignpostChatAttributes {
  /** Address of the Signpost server, or of its widget channel. By default the origin of the script. */
  server?: string;
  /** Language of the widget's own words, such as `en-US`. By default that of the page, else the browser's. */
  language?: string;
  /** Direction of the panel. By default that of the language for words, and of the page for `position`. */
  dir?: "ltr" | "rtl";
  /** Bottom corner of launcher and panel, in the direction of reading. By default `end`. */
  position?: "start" | "end";
  /** Title of the panel. */
  heading?: string;
  /** A line by the site, beside the launcher and at the top of the chat. */
  greeting?: string;
  /** Open as soon as the page is there. */
  "start-open"?: "" | "true";
  /** Fill the page, with no launcher and nothing to close. */
  "full-page"?: "" | "true";
  /** The care team's number, as it is to be shown, where the page has written no `tel:` link inside. */
  phone?: string;
  /** Words before that number. */
  "phone-name"?: string;
}

/** What the element tells the page. Nothing of what was said: events have no details. */
export interface SignpostEventMap {
  "signpost-open": CustomEvent<undefined>;
  "signpost-close": CustomEvent<undefined>;
  "signpost-forgotten": CustomEvent<undefined>;
}

/** `<signpost-chat>`. There is one on a page; a second one stays what the page wrote inside it. */
export declare class SignpostChat extends HTMLElement {
  /** Read when the element is put into the page. */
  server: string | null;
  heading: string | null;
  greeting: string | null;
  language: string | null;
  startOpen: boolean;
  fullPage: boolean;
  /** Opens the panel and moves the focus into it. */
  open(): void;
  /** Closes the panel; the check is not lost. The focus goes back to the launcher. */
  close(): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "signpost-chat": SignpostChat;
  }
  /** The events bubble, so that they can be listened to on the element, the document and the window. */
  interface GlobalEventHandlersEventMap extends SignpostEventMap {}
}
