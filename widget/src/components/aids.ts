import { nothing, type TemplateResult } from "lit";

import { Reader } from "../platform/speech.js";
import { EXTRAS_CSS } from "../styles/extras.js";
import type { Message } from "../transport/contract.js";
import { BodyOutline } from "./body-outline.js";
import { listenButton } from "./listen.js";
import { textSizeControl } from "./text-size.js";

/** What helps to read and to answer, and is not needed for either: reading aloud, larger text, the body outline. */
export class Aids {
  readonly #reader: Reader;
  readonly #outline: BodyOutline;

  /** `redraw` is called when something has changed that is drawn here. */
  constructor(
    private readonly root: ShadowRoot,
    private readonly redraw: () => void,
  ) {
    this.#reader = new Reader(root, redraw);
    this.#outline = new BodyOutline(redraw);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(EXTRAS_CSS);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  }

  /** The button that reads the message of the element `id` aloud; nothing where the browser cannot. */
  listen(id: string): TemplateResult | typeof nothing {
    return this.#reader.able ? listenButton(this.#reader.reading === id, () => this.#reader.toggle(id)) : nothing;
  }

  textSize(): TemplateResult {
    return textSizeControl(this.root.host as HTMLElement, this.redraw);
  }

  /** Where on the body: in a question that has places. `set` gets the ticks, and what is to be said about them. */
  bodyOutline(
    question: Message,
    ticks: readonly string[],
    set: (ticks: readonly string[], said: string) => void,
  ): TemplateResult | typeof nothing {
    return question.places?.length ? this.#outline.draw(question, ticks, set) : nothing;
  }

  /** To be called after each drawing: what is read aloud must be in sight, and an emergency is not talked over. */
  rendered(): void {
    this.#reader.check();
  }

  quiet(): void {
    this.#reader.stop();
  }
}
