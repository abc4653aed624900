import { html, nothing, type LitElement, type TemplateResult } from "lit";

import { copyText } from "../platform/copy.js";
import { saveFile } from "../platform/download.js";
import { printAlone } from "../platform/print.js";
import { PRINT_CSS } from "../styles/print.js";
import { text } from "../text/en-GB.extras.js";
import type { Api } from "../transport/api.js";
import { SUMMARY_FILES, type Summary, type SummaryFile } from "../transport/contract.js";
import { summaryContent } from "./summary.js";
import { draftNotice, viewFrame } from "./view-frame.js";

/** The summary as a page of its own inside the panel, with the ways to take it along. Made anew each time it opens. */
export class SummaryPage {
  #summary: Summary | "loading" | "failed" = "loading";
  /** What became of the last thing asked for. */
  #note = "";
  #failed = false;
  /** The summary as text, for the person to copy where the browser does not let us. */
  #byHand: string | null = null;

  constructor(
    private readonly api: Pick<Api, "summary" | "file">,
    private readonly host: LitElement,
  ) {
    this.#load();
  }

  render(draft: boolean, back: () => void): TemplateResult {
    return viewFrame(text.summary(), back, [draftNotice(draft), this.#content(draft)]);
  }

  #content(draft: boolean): TemplateResult {
    const summary = this.#summary;
    if (summary === "loading") return html`<p role="status">${text.summaryLoading()}</p>`;
    if (summary === "failed") {
      return html`<p class="error" role="alert">${text.summaryFailed()}</p>
        <button type="button" class="choice" @click=${() => this.#load()}>${text.tryNow()}</button>`;
    }
    return html`${summaryContent(summary, "summary")}
      <h3>${text.saveAs()}</h3>
      ${this.#failed ? html`<p class="error" role="alert">${this.#note}</p>` : nothing}
      <p role="status">${this.#failed ? "" : this.#note}</p>
      ${this.#byHand === null
        ? nothing
        : html`<label for="by-hand">${text.copyByHand()}</label>
            <textarea class="by-hand" id="by-hand" readonly .value=${this.#byHand}></textarea>`}
      <div class="files">
        ${way("copy", text.copy(), text.copyHelp(), () => void this.#copy())}
        ${way("print", text.print(), text.printHelp(), () => this.#print(summary, draft))}
        ${SUMMARY_FILES.map((kind) =>
          way(kind.replace(".", "-"), text.file(kind), text.fileHelp(kind), () => void this.#save(kind)),
        )}
      </div>`;
  }

  #load(): void {
    this.#summary = "loading";
    this.host.requestUpdate();
    this.api.summary().then(
      (summary) => this.#show(summary),
      () => this.#show("failed"),
    );
  }

  #show(summary: Summary | "failed"): void {
    this.#summary = summary;
    this.host.requestUpdate();
  }

  /** What is printed is the summary under its title, with nothing to press. */
  #print(summary: Summary, draft: boolean): void {
    const content = html`<main>
      <h1>${text.summary()}</h1>
      ${draftNotice(draft)} ${summaryContent(summary, "printed")}
    </main>`;
    printAlone(content, PRINT_CSS, text.summary(), this.host.renderRoot);
  }

  async #save(kind: SummaryFile): Promise<void> {
    this.#say("");
    try {
      saveFile(await this.api.file(kind), `${text.fileName(kind)}.${kind}`);
      this.#say(text.fileSaved(text.file(kind)));
    } catch {
      this.#say(text.fileFailed(text.file(kind)), true);
    }
  }

  async #copy(): Promise<void> {
    this.#say("");
    // Without the server, what stands on the page.
    const words = this.api.file("txt").then(
      (file) => file.text(),
      () => this.host.renderRoot.querySelector<HTMLElement>(".view .summary")?.innerText ?? "",
    );
    if (await copyText(words)) return this.#say(text.copied());
    this.#byHand = await words;
    this.#say(text.copyBlocked());
    await this.host.updateComplete;
    this.host.renderRoot.querySelector<HTMLTextAreaElement>("#by-hand")?.select();
  }

  #say(note: string, failed = false): void {
    this.#note = note;
    this.#failed = failed;
    if (!note) this.#byHand = null;
    this.host.requestUpdate();
  }
}

/** A way to take the summary along, with what it is for. */
function way(id: string, label: string, help: string, press: () => void): TemplateResult {
  return html`<button type="button" class="choice" aria-describedby="${id}-help" @click=${press}>${label}</button>
    <p class="help" id="${id}-help">${help}</p>`;
}
