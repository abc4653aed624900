import { html, nothing, type TemplateResult } from "lit";

import { answers, moves } from "../state/choices.js";
import { text } from "../text/en-GB.js";
import type { Choice, Message } from "../transport/contract.js";

export interface QuestionProps {
  question: Message;
  /** The element that holds the question's words, which name the group. */
  labelledBy: string;
  ticks: readonly string[];
  /** An answer is on its way: choices stay where they are, so that focus does, but do nothing. */
  busy: boolean;
  error: string | null;
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
      <div class="box">
        <input
          type="checkbox"
          id="box-${choice.id}"
          .checked=${props.ticks.includes(choice.id)}
          aria-describedby=${[props.error && "error", choice.help && `help-${choice.id}`].filter(Boolean).join(" ") || nothing}
          @change=${(event: Event) => props.tick(choice, (event.target as HTMLInputElement).checked)}
        /><label for="box-${choice.id}">${choice.label}</label>
        ${choice.help ? html`<p class="help" id="help-${choice.id}">${choice.help}</p>` : nothing}
      </div>`,
  );
}

function buttons(choices: readonly Choice[], props: QuestionProps, style: string): TemplateResult[] {
  return choices.map(
    (choice) => html`<button
      type="button"
      class=${style}
      aria-disabled=${props.busy ? "true" : nothing}
      @click=${() => props.busy || props.press(choice)}
    >
      ${choice.label}${choice.help ? html`<span class="help">${choice.help}</span>` : nothing}
    </button>`,
  );
}
