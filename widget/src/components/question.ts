import { html, nothing, type TemplateResult } from "lit";

import { answers, moves } from "../state/choices.js";
import { SMALL } from "../platform/viewport.js";
import { text } from "../text/en-GB.js";
import { getLocale } from "../text/locale.js";
import type { Choice, Message } from "../transport/contract.js";
import { theirs } from "./content-language.js";

export interface QuestionProps {
  question: Message;
  /** The element that holds the question's words, which name the group. */
  labelledBy: string;
  ticks: readonly string[];
  /** An answer is on its way: choices stay where they are, so that focus does, but do nothing. */
  busy: boolean;
  error: string | null;
  /** The body outline, where the question has one. */
  outline: unknown;
  tick: (choice: Choice, on: boolean) => void;
  press: (choice: Choice) => void;
}

/** The choices of the open question: boxes to tick when several may apply, else buttons that answer at once. */
export function questionChoices(props: QuestionProps): TemplateResult | typeof nothing {
  const { question } = props;
  if (!question.choices?.length) return nothing;
  return html`<div class="question">
    ${answers(question).length
      ? html`<fieldset id="choices" tabindex="-1" aria-labelledby=${props.labelledBy} aria-describedby=${
          question.multiple ? "hint" : nothing
        }>
          ${question.multiple ? html`<p class="hint" id="hint">${text.tickAll()}</p>` : nothing}
          ${errorLine(props.error)}
          ${question.multiple ? boxes(props) : buttons(answers(question), props, "choice")}
        </fieldset>`
      : nothing}
    ${props.outline}
    <div class="moves">${buttons(moves(question), props, "choice move")}</div>
  </div>`;
}

/** Why an answer was not sent. Inserted when it happens, so that it is spoken. */
export function errorLine(error: string | null): TemplateResult | typeof nothing {
  return error ? html`<p class="error" id="error" role="alert">${error}</p>` : nothing;
}

function boxes(props: QuestionProps): TemplateResult[] {
  const choices = answers(props.question);
  const first = choices.findIndex((choice) => choice.id === "none" || choice.id === "unsure");
  return choices.map(
    (choice, index) => html`${index === first && index > 0 ? html`<p class="or">${text.or()}</p>` : nothing}
      <div class="box" lang=${theirs()}>
        <input
          type="checkbox"
          id="box-${choice.id}"
          .checked=${props.ticks.includes(choice.id)}
          aria-describedby=${[props.error && "error", choice.help && !isLong(choice.help) && `help-${choice.id}`].filter(Boolean).join(" ") || nothing}
          @change=${(event: Event) => props.tick(choice, (event.target as HTMLInputElement).checked)}
        /><label for="box-${choice.id}">${choice.label}</label>
        ${help(choice)}
      </div>`,
  );
}

/** The one rule for what is folded: more than this takes three lines or more on a narrow phone. */
const SHORT = 70;
const isLong = (help: string) => help.length > SHORT;

/** Help in sight where it is short; else to be opened where the screen is small, and open where it is not. */
function help({ id, label, help }: Choice): TemplateResult | typeof nothing {
  if (!help) return nothing;
  if (!isLong(help)) return html`<p class="help" id="help-${id}">${help}</p>`;
  return html`<details class="help" ?open=${!matchMedia(SMALL).matches}>
    <summary><span lang=${getLocale()}>${text.looksLike()}</span><span class="spoken"> ${label}</span></summary>
    ${help}
  </details>`;
}

/** The second tap of a double one must not answer the question that comes under the finger after the first. */
function buttons(choices: readonly Choice[], props: QuestionProps, style: string): TemplateResult[] {
  return choices.map(
    (choice) => html`<button
      type="button"
      class=${style}
      lang=${theirs()}
      aria-disabled=${props.busy ? "true" : nothing}
      @click=${(event: Event) => props.busy || (event as UIEvent).detail > 1 || props.press(choice)}
    >
      ${choice.label}${choice.help ? html`<span class="help">${choice.help}</span>` : nothing}
    </button>`,
  );
}
