import { html, type TemplateResult } from "lit";

import { text } from "../text/en-GB.js";
import { SUMMARY_FILES, type Summary, type SummaryFile } from "../transport/contract.js";
import { summaryContent } from "./summary.js";
import { draftNotice, viewFrame } from "./view-frame.js";

/** `failed`: the server could not be reached; there is a button to try again. */
export type SummaryLoad = { state: "loading" } | { state: "failed" } | { state: "ready"; summary: Summary };

export interface SummaryViewProps {
  load: SummaryLoad;
  draft: boolean;
  /** What became of the last file, if one was asked for. */
  fileNote: string | null;
  back: () => void;
  again: () => void;
  print: () => void;
  save: (kind: SummaryFile) => void;
}

/** The summary as a page of its own, with ways to take it along. */
export function summaryView(props: SummaryViewProps): TemplateResult {
  return viewFrame(text.summary(), props.back, [draftNotice(props.draft), content(props)]);
}

/** What is printed: the summary under its title, with nothing to press. */
export function printedSummary(summary: Summary, draft: boolean): TemplateResult {
  return html`<main>
    <h1>${text.summary()}</h1>
    ${draftNotice(draft)} ${summaryContent(summary, "printed")}
  </main>`;
}

function content(props: SummaryViewProps): TemplateResult {
  switch (props.load.state) {
    case "loading":
      return html`<p role="status">${text.summaryLoading()}</p>`;
    case "failed":
      return html`<p class="error" role="alert">${text.summaryFailed()}</p>
        <button type="button" class="choice" @click=${props.again}>${text.tryNow()}</button>`;
    case "ready":
      return html`${summaryContent(props.load.summary, "summary")}
        <h3>${text.saveAs()}</h3>
        <div class="files">
          <button type="button" class="choice" @click=${props.print}>${text.print()}</button>
          ${SUMMARY_FILES.map(
            (kind) =>
              html`<button type="button" class="choice" @click=${() => props.save(kind)}>${text.file(kind)}</button>`,
          )}
        </div>
        <p role="status">${props.fileNote ?? ""}</p>`;
  }
}
