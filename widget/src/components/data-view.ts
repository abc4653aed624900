import { html, nothing, type TemplateResult } from "lit";

import { text } from "../text/en-GB.extras.js";
import { dayAndTime } from "../text/format.extras.js";
import type { Receipt } from "../transport/contract.js";
import { theirs } from "./content-language.js";
import { viewFrame } from "./view-frame.js";

/** What did not work, beside the part of the view that it belongs to. */
export interface DataErrors {
  keep?: string;
  code?: string | TemplateResult;
  forget?: string;
}

export interface DataViewProps {
  kept: boolean;
  resumeCode: string | null;
  /** The person pressed "forget me" and is asked once more. */
  sure: boolean;
  errors: DataErrors;
  back: () => void;
  keep: (keep: boolean) => void;
  resume: (code: string) => void;
  ask: (sure: boolean) => void;
  forget: () => void;
}

/** What becomes of the answers: keep them here, take up others by code, or delete them. */
export function dataView(props: DataViewProps): TemplateResult {
  return viewFrame(text.yourData(), props.back, [keepPart(props), resumePart(props), forgetPart(props)]);
}

function keepPart(props: DataViewProps): TemplateResult {
  return html`<h3>${text.keepTitle()}</h3>
    ${fault(props.errors.keep)}
    <div class="box">
      <input
        type="checkbox"
        id="keep"
        .checked=${props.kept}
        aria-describedby="keep-help"
        @change=${(event: Event) => props.keep((event.target as HTMLInputElement).checked)}
      /><label for="keep">${text.keepLabel()}</label>
    </div>
    <p class="help" id="keep-help">${text.keepHelp()}</p>
    <div role="status">
      ${props.resumeCode
        ? html`<p>${text.code()} <strong class="code">${props.resumeCode}</strong></p>
            <p class="help">${text.codeHelp()}</p>`
        : nothing}
    </div>`;
}

function resumePart(props: DataViewProps): TemplateResult {
  const submit = (event: Event) => {
    event.preventDefault();
    const input = (event.currentTarget as HTMLFormElement).querySelector("input");
    props.resume(input?.value.trim() ?? "");
  };
  return html`<h3>${text.continueTitle()}</h3>
    <form @submit=${submit} novalidate>
      ${fault(props.errors.code)}
      <label for="code">${text.codeLabel()}</label>
      <p class="help" id="continue-help">${text.continueHelp()}</p>
      <div class="row">
        <input id="code" type="text" autocomplete="off" autocapitalize="off" spellcheck="false" aria-describedby="continue-help" />
        <button type="submit" class="send">${text.continueButton()}</button>
      </div>
    </form>`;
}

function forgetPart(props: DataViewProps): TemplateResult {
  return html`<h3>${text.forgetTitle()}</h3>
    ${fault(props.errors.forget)}
    ${props.sure
      ? html`<div role="group" aria-labelledby="sure" class="sure">
          <p id="sure" tabindex="-1"><strong>${text.forgetSure()}</strong></p>
          <button type="button" class="choice danger" @click=${props.forget}>${text.forgetYes()}</button>
          <button type="button" class="choice" @click=${() => props.ask(false)}>${text.forgetNo()}</button>
        </div>`
      : html`<p class="help">${text.forgetHelp()}</p>
          <button type="button" class="choice" id="forget" @click=${() => props.ask(true)}>${text.forget()}</button>`}`;
}

function fault(error: string | TemplateResult | undefined): TemplateResult | typeof nothing {
  return error ? html`<p class="error" role="alert">${error}</p>` : nothing;
}

/** After "forget me": what was deleted, with a number to ask about it by. */
export function receiptView(receipt: Receipt | null, again: () => void): TemplateResult {
  return html`<div class="view" id="scroll" tabindex="0" role="region" aria-label=${text.forgotten()}>
    <h2 class="view-title" id="view-title" tabindex="-1">${text.forgotten()}</h2>
    ${receipt
      ? html`<p>${text.receipt(receipt.id)}</p>
          <p>${text.receiptAt(dayAndTime(receipt.at))}</p>
          <p>${text.receiptWhat()}</p>
          <ul>
            ${receipt.what.map((line) => html`<li>${text.receiptPart(line) ?? html`<span lang=${theirs()}>${line}</span>`}</li>`)}
          </ul>`
      : nothing}
    <button type="button" class="choice" @click=${again}>${text.startNew()}</button>
  </div>`;
}
