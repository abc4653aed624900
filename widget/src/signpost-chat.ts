import "./text/locale.js";

import { SignpostChat } from "./element.js";

if (!customElements.get("signpost-chat")) customElements.define("signpost-chat", SignpostChat);
export * from "./lent.js";
