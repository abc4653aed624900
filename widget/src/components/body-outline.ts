import { html, nothing, svg, type TemplateResult } from "lit";

import { pointed } from "../state/choices.js";
import { point } from "../state/places.js";
import { text } from "../text/en-GB.extras.js";
import type { Message } from "../transport/contract.js";
import { HEIGHT, neighbour, type Spot, spots, WIDTH } from "./body-map.js";
import { theirs } from "./content-language.js";
import { option } from "./option.js";

const AT = "at:";
/** Half a body; the other half is its mirror image. Open in the middle, so that no line parts the two. */
const HALF =
  "M151 4C124 4 112 22 112 46C112 70 120 86 133 95L132 112C124 121 100 121 84 126C64 132 54 146 44 162C32 182 16 198 9 226" +
  "C4 250 7 290 5 316C0 328 2 348 12 354C24 358 36 350 38 334C41 300 42 262 50 238C62 218 82 202 92 186C98 210 101 238 100 262" +
  "C98 284 88 300 85 326C83 360 90 390 94 420C92 450 97 490 99 514C97 534 80 548 79 558C81 568 120 568 131 564" +
  "C136 550 132 530 132 512C138 480 138 450 138 420C142 390 147 362 149 342H151";
const FACE = svg`<path d="M134 72a5 3 0 0 0 10 0M156 72a5 3 0 0 0 10 0M140 84q10 5 20 0"/><path d="M147 282a3 3 0 0 0 6 0"/>`;
const SPINE = svg`<path stroke-dasharray="5 7" d="M150 118V312"/><path d="M114 176q6 20 20 20M186 176q-6 20-20 20M150 318v26"/>`;

type Set = (ticks: readonly string[], said: string) => void;

/**
 * A body to point at, beside a question's own lines: the places are marked here, shown in words, and sent with the
 * answer. A part of the widget with a state of its own, which is not worth keeping.
 */
export class BodyOutline {
  #back = false;
  /** The place that Tab comes to; the arrow keys move on from it. */
  #at = "";
  /** The place under the pointer or the focus. */
  #named = "";

  constructor(private readonly redraw: () => void) {}

  draw(question: Message, ticks: readonly string[], set: Set): TemplateResult {
    const labels = new Map(question.places?.map(({ id, label }) => [id.replace(AT, ""), label]));
    const shown = spots(this.#back).filter(({ id }) => labels.has(id));
    const first = shown.some(({ id }) => id === this.#at) ? this.#at : shown[0]?.id;
    const marked = pointed(question, ticks).map(({ label }) => label);
    const press = ({ id }: Spot) => this.#press(question, ticks, AT + id, set);
    const turn = (back: boolean) => this.#update({ back });
    return html`<details class="outline">
      <summary>${text.showOutline()}</summary>
      <p class="hint">${text.outlineHelp()}</p>
      <div class="options" role="radiogroup" aria-label=${text.outlineSide()}>
        ${option("side", "side-front", text.outlineFront(), !this.#back, () => turn(false))}
        ${option("side", "side-back", text.outlineBack(), this.#back, () => turn(true))}
      </div>
      <div
        class="figure"
        dir="ltr"
        role="group"
        aria-label=${this.#back ? text.outlineBackName() : text.outlineFrontName()}
        @keydown=${(event: KeyboardEvent) => this.#keydown(event, shown)}
        @mouseleave=${() => this.#update({ named: "" })}
        @focusout=${() => this.#update({ named: "" })}
      >
        <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true" focusable="false">
          <path d=${HALF} /><path d=${HALF} transform="matrix(-1 0 0 1 ${WIDTH} 0)" />
          ${this.#back ? SPINE : FACE}
        </svg>
        <span class="side side-start" aria-hidden="true">${this.#back ? text.outlineLeft() : text.outlineRight()}</span>
        <span class="side side-end" aria-hidden="true">${this.#back ? text.outlineRight() : text.outlineLeft()}</span>
        ${shown.map(
          (spot) => html`<button
            type="button"
            role="checkbox"
            class="place ${this.#back ? "back" : "front"}-${spot.id}"
            data-place=${spot.id}
            aria-checked=${String(ticks.includes(AT + spot.id))}
            lang=${theirs()}
            aria-label=${labels.get(spot.id) ?? nothing}
            tabindex=${spot.id === first ? 0 : -1}
            @click=${() => press(spot)}
            @focus=${() => this.#update({ at: spot.id, named: spot.id })}
            @mouseenter=${() => this.#update({ named: spot.id })}
          ></button>`,
        )}
      </div>
      <p class="pointed">
        ${this.#named ? html`<span class="naming" lang=${theirs()} aria-hidden="true">${labels.get(this.#named)}</span>` : nothing}
        <span>${marked.length ? html`${text.outlineMarked()} <span lang=${theirs()}>${marked.join("; ")}</span>` : text.outlineNothingMarked()}</span>
      </p>
    </details>`;
  }

  #update({ back = this.#back, at = this.#at, named = this.#named }: { back?: boolean; at?: string; named?: string }): void {
    if (back === this.#back && at === this.#at && named === this.#named) return;
    this.#back = back;
    this.#at = at;
    this.#named = named;
    this.redraw();
  }

  #keydown(event: KeyboardEvent, shown: readonly Spot[]): void {
    const button = event.target as HTMLElement;
    const from = shown.find(({ id }) => id === button.dataset["place"]);
    const to = from && neighbour(shown, from, event.key);
    if (to === undefined || (to === null && !event.key.startsWith("Arrow"))) return;
    // At the edge too: a key that moves between places must not scroll them away.
    event.preventDefault();
    if (to) (event.currentTarget as HTMLElement).querySelector<HTMLElement>(`[data-place="${to.id}"]`)?.focus();
  }

  #press(question: Message, ticks: readonly string[], id: string, set: Set): void {
    const now = point(question, ticks, id, !ticks.includes(id));
    const line = question.choices?.find((choice) => now.includes(choice.id) !== ticks.includes(choice.id) && choice.id !== "none");
    const said = !line ? "" : now.includes(line.id) ? text.outlineLineTicked(line.label) : text.outlineLineUnticked(line.label);
    set(now, said);
  }
}
