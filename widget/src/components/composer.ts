import { html, nothing, type TemplateResult } from "lit";

import { text } from "../text/en-GB.js";
import type { Message } from "../transport/contract.js";
import { errorLine } from "./question.js";

export interface ComposerProps {
  question: Message | null;
  value: string;
  error: string | null;
  input: (value: string) => void;
  submit: () => void;
}

/** The box for the person's own words: there on every step, and never switched off. */
export function composer(props: ComposerProps): TemplateResult {
  const choices = !!props.question?.choices?.length;
  const label = !choices ? text.yourAnswer() : props.question?.multiple ? text.alsoOwnWords() : text.ownWords();
  const submit = (event: Event) => {
    event.preventDefault();
    props.submit();
  };
  const keydown = (event: KeyboardEvent) => {
    // With a real keyboard Enter sends, as in other chats; on a phone it starts a new line.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !matchMedia("(pointer: fine)").matches) return;
    submit(event);
  };
  return html`<form class="composer" novalidate @submit=${submit}>
    ${errorLine(choices ? null : props.error)}
    <label for="own-words">${label}</label>
    <div class="row">
      <textarea
        id="own-words"
        rows="1"
        autocomplete="off"
        .value=${props.value}
        aria-describedby=${props.error ? "error" : nothing}
        @input=${(event: Event) => props.input((event.target as HTMLTextAreaElement).value)}
        @keydown=${keydown}
      ></textarea>
      <button type="submit" class="send">${text.send()}</button>
    </div>
  </form>`;
}
