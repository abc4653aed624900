import { html, type TemplateResult } from "lit";

/** One of a few that exclude each other, as a radio that is as large as its label. */
export function option(name: string, id: string, label: string, checked: boolean, choose: () => void): TemplateResult {
  return html`<span class="option">
    <input type="radio" name=${name} id=${id} .checked=${checked} @change=${choose} /><label for=${id}>${label}</label>
  </span>`;
}
