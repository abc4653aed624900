/**
 * The one script of a page: puts the launcher there, and fetches the widget when it is pressed. Kept under a
 * kilobyte, since every visitor of the page loads it.
 *
 * Not a module: `document.currentScript` tells where the widget's own files are.
 */
import css from "./styles/launcher.css";
import { launcherText } from "./text/launcher.en-GB.js";

const source = (document.currentScript as HTMLScriptElement).src;
const host = document.querySelector("signpost-chat") ?? document.body.appendChild(document.createElement("signpost-chat"));

const root = host.attachShadow({ mode: "open" });
const sheet = new CSSStyleSheet();
sheet.replaceSync(css);
root.adoptedStyleSheets = [sheet];

const region = document.createElement("section");
region.ariaLabel = launcherText.region;
const button = document.createElement("button");
button.id = "launcher";
button.textContent = launcherText.launcher;
button.onclick = () => open(true);
region.append(button);
root.append(document.createElement("slot"), region);

async function open(show: boolean): Promise<void> {
  button.textContent = launcherText.opening;
  try {
    await import(new URL("signpost-chat.js", source).href);
    if (show) (host as HTMLElement & { open(): void }).open();
  } catch {
    // What the page's owner wrote inside the element, the number to call, is still in sight.
    button.textContent = launcherText.failed;
  }
}

let wasOpen = false;
try {
  wasOpen = !!sessionStorage.getItem("signpost:open");
} catch {
  // Storage is blocked: the panel stays closed after a reload.
}
if (host.matches("[start-open],[full-page]")) void open(false);
else if (wasOpen) void open(true);
