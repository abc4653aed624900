/**
 * The one script of a page: puts the launcher there, and fetches the widget when it is pressed. Kept under a
 * kilobyte, since every visitor of the page loads it.
 *
 * Not a module: `document.currentScript` tells where the widget's own files are, and holds the page's settings.
 */
import { addPhoneLink } from "./platform/phone-link.js";
import css from "./styles/launcher.css";
import type { SignpostChat } from "./element.js";
import { CALL, FAILED, LAUNCHER, OPENING } from "./text/launcher.en-GB.js";

const NAME = "signpost-chat";
const script = document.currentScript as HTMLScriptElement;
const load = (file: string) => import(new URL(file, script.src).href);
const host = document.querySelector(NAME) ?? document.body.appendChild(document.createElement(NAME));

if (host.shadowRoot) console.warn(NAME + ": second script");
else {
  // `data-server` is the attribute `server`, and so on, unless the element has it already.
  for (const { name, value } of script.attributes) {
    const [, own] = name.split("data-");
    if (own) host.setAttribute(own, host.getAttribute(own) ?? value);
  }
  addPhoneLink(host, CALL);

  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];

  const region = document.createElement("section");
  const button = document.createElement("button");
  region.ariaLabel = button.textContent = LAUNCHER;
  button.id = "launcher";
  region.append(button);
  root.append(document.createElement("slot"), region);

  const open = (show: unknown) => {
    button.textContent = OPENING;
    load("signpost-chat.js").then(
      () => show && (host as SignpostChat).open(),
      // What the page's owner wrote inside the element, the number to call, is still in sight.
      () => (button.textContent = FAILED),
    );
  };
  button.onclick = open;

  let wasOpen;
  try {
    wasOpen = sessionStorage["signpost:open"];
  } catch {
    // Storage is blocked: the panel stays closed after a reload.
  }
  if (host.matches("[start-open],[full-page]")) open(0);
  else if (wasOpen) open(1);
  else if (host.hasAttribute("greeting")) void load("greeting.js");
}
