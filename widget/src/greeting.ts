/**
 * The site's greeting beside the launcher, until it is put away or the chat was opened in this tab. A file of its own,
 * which only the pages that have a greeting fetch.
 */
import css from "./styles/greeting.css";
import { PUT_AWAY } from "./text/launcher.en-GB.js";

/** Set once the greeting was put away in this tab. */
const KEY = "signpost:greeted";
const shown = new WeakSet<ShadowRoot>();

export function greet(host: Element): void {
  const root = host.shadowRoot;
  const launcher = root?.querySelector<HTMLButtonElement>("section > button:not([hidden])");
  const words = host.getAttribute("greeting");
  if (!root || !launcher || !words || shown.has(root) || noted()) return;
  shown.add(root);

  const box = document.createElement("div");
  const away = document.createElement("button");
  const putAway = () => {
    note();
    box.remove();
    observer.disconnect();
  };
  box.className = "greeting";
  away.type = "button";
  away.ariaLabel = PUT_AWAY;
  away.textContent = "×";
  away.onclick = () => {
    putAway();
    launcher.focus();
  };
  const text = document.createElement("p");
  text.textContent = words;
  box.append(text, away);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets.push(sheet);
  launcher.before(box);

  // The launcher's height depends on its words and on the size of type.
  const observer = new ResizeObserver(() => box.style.setProperty("--launcher", `${launcher.offsetHeight}px`));
  observer.observe(launcher);
  host.addEventListener("signpost-open", putAway, { once: true });
}

function noted(): boolean {
  try {
    return !!sessionStorage.getItem(KEY);
  } catch {
    return false;
  }
}

function note(): void {
  try {
    sessionStorage.setItem(KEY, "1");
  } catch {
    // Storage is blocked: the greeting is back after a reload.
  }
}

const host = document.querySelector("signpost-chat");
if (host) greet(host);
