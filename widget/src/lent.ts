/** What `signpost-chat.js` lends to what is fetched after it, so that neither Lit nor a word is fetched twice. */
export { html, nothing, render, svg } from "lit";
export { msg, str } from "@lit/localize";
export * from "./components/content-language.js";
export * from "./components/direction.js";
export * from "./components/plain-text.js";
export * from "./components/view-frame.js";
export * from "./state/choices.js";
export * from "./text/en-GB.js";
export * from "./text/format.js";
export * from "./text/locale.js";
