import { html, nothing, type TemplateResult } from "lit";

import { text } from "../text/en-GB.js";
import { closeIcon, menuIcon } from "./icons.js";

export interface HeaderProps {
  title: string;
  menuOpen: boolean;
  /** Null on a page of its own, which has nothing to close. */
  close: (() => void) | null;
  toggleMenu: () => void;
  summary: () => void;
  data: () => void;
  /** What comes later, below the other lines of the menu. */
  more: unknown;
}

export function header(props: HeaderProps): TemplateResult {
  return html`<div class="header">
      <h2 id="title" class="title" tabindex="-1">${props.title}</h2>
      <button type="button" class="tool" id="menu-button" aria-expanded=${String(props.menuOpen)} aria-controls="menu" @click=${props.toggleMenu}>
        ${menuIcon}<span>${text.menu()}</span>
      </button>
      ${props.close
        ? html`<button type="button" class="tool" aria-label=${text.close()} @click=${props.close}>
            ${closeIcon}<span class="wide">${text.close()}</span>
          </button>`
        : nothing}
    </div>
    <div class="menu" id="menu" ?hidden=${!props.menuOpen}>
      <button type="button" @click=${props.summary}>${text.summaryMenu()}</button>
      <button type="button" @click=${props.data}>${text.yourDataMenu()}</button>
      ${props.more}
    </div>`;
}
