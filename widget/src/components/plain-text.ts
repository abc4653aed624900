import { html, type TemplateResult } from "lit";

import { blocks } from "../text/blocks.js";
import { theirs } from "./content-language.js";

/** A server's plain text as paragraphs and lists. Every word becomes a text node, so markup in it stays inert. */
export function plainText(text: string): TemplateResult[] {
  return blocks(text).map((block) =>
    block.kind === "list"
      ? html`<ul lang=${theirs()}>
          ${block.items.map((item) => html`<li>${item}</li>`)}
        </ul>`
      : html`<p class="text" lang=${theirs()}>${block.text}</p>`,
  );
}
