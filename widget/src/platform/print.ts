import { render, type TemplateResult } from "lit";

/**
 * Prints `content` alone. `window.print()` would print the page around the widget, so a hidden frame of our
 * own is filled and printed; it is filled through the DOM, which strict security policies allow.
 */
export function printAlone(content: TemplateResult, css: string, title: string, host: ParentNode & Node): void {
  const before = (host.getRootNode() as ShadowRoot).activeElement as HTMLElement | null;
  const frame = document.createElement("iframe");
  frame.className = "print-frame";
  frame.setAttribute("aria-hidden", "true");
  frame.tabIndex = -1;
  host.append(frame);
  const view = frame.contentWindow as (Window & typeof globalThis) | null;
  if (!view) return;
  view.document.title = title;
  const { lang = "", dir = "" } = host.querySelector<HTMLElement>(".root") ?? {};
  Object.assign(view.document.documentElement, { lang, dir });
  // A constructed sheet belongs to the document that made it.
  const sheet = new view.CSSStyleSheet();
  sheet.replaceSync(css);
  view.document.adoptedStyleSheets = [sheet];
  render(content, view.document.body);
  view.addEventListener("afterprint", () => setTimeout(() => frame.remove()));
  view.focus();
  view.print();
  // Until it is removed, which not every browser tells the moment of, the focus has no business in it.
  frame.inert = true;
  before?.focus();
}
