import { svg, type TemplateResult } from "lit";

const icon = (path: TemplateResult<2>) =>
  svg`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${path}</svg>`;

export const phoneIcon = icon(
  svg`<path d="M6.5 3h3l1.7 4.6-2.2 1.7a12 12 0 0 0 5.7 5.7l1.7-2.2L21 14.5v3A3.5 3.5 0 0 1 17.5 21 14.5 14.5 0 0 1 3 6.5 3.5 3.5 0 0 1 6.5 3z"/>`,
);
export const closeIcon = icon(svg`<path class="line" d="M5 5l14 14M19 5L5 19"/>`);
export const menuIcon = icon(svg`<path class="line" d="M4 6h16M4 12h16M4 18h16"/>`);
export const personIcon = icon(
  svg`<circle cx="12" cy="7.5" r="4.5"/><path d="M3.5 21a8.5 8.5 0 0 1 17 0z"/>`,
);
