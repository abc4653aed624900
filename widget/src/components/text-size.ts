import { html, type TemplateResult } from "lit";

import { setTextSize, textSize } from "../platform/text-size.js";
import { text } from "../text/en-GB.extras.js";
import { option } from "./option.js";

/** How large the text of `host` is, as a line of the menu. It changes at once, and is kept in this tab. */
export function textSizeControl(host: HTMLElement, redraw: () => void): TemplateResult {
  const now = textSize(host);
  const sizes: [number, string][] = [
    [1, text.textNormal()],
    [1.25, text.textLarge()],
    [1.5, text.textLargest()],
  ];
  const set = (size: number) => {
    setTextSize(host, size);
    redraw();
  };
  return html`<div class="sizes" role="radiogroup" aria-labelledby="text-size">
    <p id="text-size">${text.textSize()}</p>
    <div class="options">
      ${sizes.map(([size, label]) => option("text-size", `text-${size * 100}`, label, size === now, () => set(size)))}
    </div>
  </div>`;
}
