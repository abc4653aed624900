import { html, svg, type TemplateResult } from "lit";

import { text } from "../text/en-GB.extras.js";

const listenIcon = svg`<path d="M4 9v6h4l5 4V5L8 9z"/><path class="line" d="M16 9a4 4 0 0 1 0 6M18.5 6.5a8 8 0 0 1 0 11"/>`;
const stopIcon = svg`<path d="M6 6h12v12H6z"/>`;

/**
 * Reads the message before it aloud, or stops. Not live: in a log it would be spoken with each message.
 */
export function listenButton(reading: boolean, press: () => void): TemplateResult {
  return html`<div class="listen" aria-live="off">
    <button type="button" aria-label=${reading ? text.stopName() : text.listenName()} @click=${press}>
      <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${reading ? stopIcon : listenIcon}</svg
      >${reading ? text.stop() : text.listen()}
    </button>
  </div>`;
}
