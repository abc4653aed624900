import { render, type TemplateResult } from "lit";

/**
 * Prints `content` alone. `window.print()` would print the page around the widget, so a hidden frame of our
 * own is filled and printed; it is filled through the DOM, which strict security policies allow.
 */
export function printAlone(content: TemplateResult, css: string, title: string, host: ParentNode & Node): void {
  const frame = document.createElement("iframe");
  frame.className = "print-frame";
  frame.setAttribute("aria-hidden", "true");
  frame.tabIndex = -1;
  host.append(frame);
  const view = frame.contentWindow as (Window & typeof globalThis) | null;
  if (!view) return;
  view.document.title = title;
  view.document.documentElement.lang = document.documentElement.lang || "en-GB";
  // A constructed sheet belongs to the document that made it.
  const sheet = new view.CSSStyleSheet();
  sheet.replaceSync(css);
  view.document.adoptedStyleSheets = [sheet];
  render(content, view.document.body);
  view.addEventListener("afterprint", () => setTimeout(() => frame.remove()));
  view.focus();
  view.print();
}
