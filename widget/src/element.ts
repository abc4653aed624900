import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";

import { callBar, type PageLink } from "./components/call-bar.js";
import { chatView, goneView } from "./components/chat-view.js";
import { composer } from "./components/composer.js";
import { dataView, receiptView } from "./components/data-view.js";
import { urgentBanner } from "./components/direction.js";
import { header } from "./components/header.js";
import { phoneIcon } from "./components/icons.js";
import { cardId, messageId } from "./components/message.js";
import { progressLine } from "./components/progress.js";
import { questionChoices } from "./components/question.js";
import { printedSummary, summaryView, type SummaryLoad } from "./components/summary-view.js";
import { emit } from "./events/events.js";
import { saveFile } from "./platform/download.js";
import { printAlone } from "./platform/print.js";
import { followViewport } from "./platform/viewport.js";
import { answers, moves, NONE, openQuestion, toggle } from "./state/choices.js";
import { careTeam } from "./state/contacts.js";
import { Conversation, newId, type ChatState } from "./state/conversation.js";
import { Vault } from "./state/storage.js";
import { spoken } from "./state/transcript.js";
import { isUrgent, urgentMessage } from "./state/urgent.js";
import { PRINT_CSS, styles } from "./styles/styles.js";
import { text } from "./text/en-GB.js";
import { getLocale } from "./text/locale.js";
import { Api } from "./transport/api.js";
import type { Answer, Choice, Message, SummaryFile } from "./transport/contract.js";
import { ApiError } from "./transport/errors.js";

/** Set while the panel is open, so that `loader.js` opens it again after a reload. */
export const OPEN_KEY = "signpost:open";
/** Below this width or height the panel covers the page, and keeps the focus. */
const SMALL = "(max-width: 600px), (max-height: 500px)";

type View = "chat" | "summary" | "data";

/**
 * `<signpost-chat>`: the checklist as a chat, in one open shadow root.
 *
 * What stands inside the element is shown by the page until, and also if never, this script runs; a
 * `tel:` link there is kept in sight inside the panel until the server has named the care team's number.
 *
 * @attribute server - Address of the widget channel. By default `/webhooks/widget` on the script's origin.
 * @attribute heading - Title of the panel.
 * @attribute start-open - Open as soon as the page is there.
 * @attribute full-page - Fill the page, with no launcher and nothing to close.
 * @fires signpost-open
 * @fires signpost-close
 * @fires signpost-forgotten
 */
export class SignpostChat extends LitElement {
  static override styles = styles;

  static override properties = {
    server: {},
    heading: {},
    startOpen: { type: Boolean, attribute: "start-open" },
    fullPage: { type: Boolean, attribute: "full-page", reflect: true },
    isOpen: { state: true },
    view: { state: true },
    menuOpen: { state: true },
    chat: { state: true },
    draftText: { state: true },
    ticks: { state: true },
    error: { state: true },
    announcement: { state: true },
    unread: { state: true },
    summaryLoad: { state: true },
    fileNote: { state: true },
    sure: { state: true },
    dataErrors: { state: true },
  };

  declare server: string | null;
  declare heading: string | null;
  declare startOpen: boolean;
  declare fullPage: boolean;
  declare private isOpen: boolean;
  declare private view: View;
  declare private menuOpen: boolean;
  declare private chat: ChatState;
  declare private draftText: string;
  declare private ticks: readonly string[];
  declare private error: string | null;
  declare private announcement: string;
  declare private unread: boolean;
  declare private summaryLoad: SummaryLoad;
  declare private fileNote: string | null;
  declare private sure: boolean;
  declare private dataErrors: { keep?: string; code?: string; forget?: string };

  #vault!: Vault;
  #api!: Api;
  #conversation!: Conversation;
  /** Runs after the next render, when what it focuses or scrolls to is there. */
  #after: (() => void) | null = null;
  /** The person has asked or answered something; what comes next may take the focus. */
  #expecting = false;
  #stopFollowing: () => void = () => undefined;

  constructor() {
    super();
    this.server = this.heading = this.error = this.fileNote = null;
    this.startOpen = this.fullPage = this.isOpen = this.menuOpen = this.unread = this.sure = false;
    this.view = "chat";
    this.draftText = this.announcement = "";
    this.ticks = [];
    this.dataErrors = {};
    this.summaryLoad = { state: "loading" };
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const base = (this.server ?? new URL("/webhooks/widget", import.meta.url).href).replace(/\/+$/, "");
    this.#api = new Api(base);
    this.#vault = new Vault(base);
    this.#conversation = new Conversation(this.#api, this.#vault, getLocale(), {
      changed: (state) => this.#changed(state),
      refused: (answer) => this.#refused(answer),
    });
    this.chat = this.#conversation.state;
    window.addEventListener("online", this.#wake);
    document.addEventListener("visibilitychange", this.#wake);
    if (this.fullPage || this.startOpen) this.#open(false);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("online", this.#wake);
    document.removeEventListener("visibilitychange", this.#wake);
    this.#stopFollowing();
    this.#conversation.dispose();
  }

  /** `loader.js` has made the root, with its launcher in it, to have something to press before this script. */
  protected override createRenderRoot(): HTMLElement | DocumentFragment {
    this.shadowRoot?.replaceChildren();
    return super.createRenderRoot();
  }

  /** Opens the panel and moves the focus into it. */
  open(): void {
    this.#open(true);
  }

  /** Closes the panel; the check is not lost. The focus goes back to the launcher. */
  close(): void {
    if (!this.isOpen || this.fullPage) return;
    this.#dialog?.close();
  }

  protected override render(): TemplateResult {
    if (this.fullPage) return html`<div class="root" lang=${getLocale()}><div class="panel page">${this.#panel()} ${this.#announcer()}</div></div>`;
    return html`<slot></slot>
      <section class="root" lang=${getLocale()} aria-label=${text.region()}>
        <button type="button" class="launcher" id="launcher" ?hidden=${this.isOpen} @click=${() => this.open()}>
          ${phoneIcon}<span>${this.unread ? text.launcherUnread() : text.launcher()}</span>
        </button>
        <dialog class="panel" aria-labelledby="title" @close=${this.#closed} @keydown=${this.#keydown}>
          ${this.isOpen ? this.#panel() : nothing}
          ${this.#announcer()}
        </dialog>
      </section>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    const after = this.#after;
    this.#after = null;
    after?.();
  }

  #announcer(): TemplateResult {
    return html`<div class="spoken" role="status">${this.announcement}</div>`;
  }

  #panel(): TemplateResult {
    const { messages, contacts, level, phase, progress } = this.chat;
    const urgent = urgentMessage(messages, level);
    const chatting = this.view === "chat" && phase !== "gone" && phase !== "forgotten";
    return html`${header({
        title: this.heading ?? text.title(),
        menuOpen: this.menuOpen,
        close: this.fullPage ? null : () => this.close(),
        toggleMenu: () => (this.menuOpen = !this.menuOpen),
        summary: () => this.#showSummary(),
        data: () => this.#show("data"),
      })}
      <div class="always">
        ${callBar(careTeam(messages, contacts), this.#pageLink())}
        ${urgent ? urgentBanner(urgent, () => this.#showCard(urgent)) : nothing}
      </div>
      ${chatting ? progressLine(progress) : nothing} ${this.#content()}
      ${chatting ? this.#composer(openQuestion(messages)) : nothing}`;
  }

  #content(): TemplateResult {
    const { phase, draft, kept, resumeCode, receipt } = this.chat;
    const back = () => this.#show("chat");
    if (phase === "forgotten") return receiptView(receipt, () => this.#startAnew());
    if (phase === "gone") return goneView(this.chat, () => this.#startAnew());
    if (this.view === "summary") {
      return summaryView({
        load: this.summaryLoad,
        draft,
        fileNote: this.fileNote,
        back,
        again: () => this.#showSummary(),
        print: () => this.#print(),
        save: (kind) => this.#save(kind),
      });
    }
    if (this.view === "data") {
      return dataView({
        kept,
        resumeCode,
        sure: this.sure,
        errors: this.dataErrors,
        back,
        keep: (keep) => this.#keep(keep),
        resume: (code) => this.#resume(code),
        ask: (sure) => this.#askSure(sure),
        forget: () => this.#forget(),
      });
    }
    return chatView(this.chat, this.#question(), () => void this.#conversation.wake());
  }

  #question(): TemplateResult | typeof nothing {
    const { messages, outbox } = this.chat;
    const question = openQuestion(messages);
    if (!question) return nothing;
    return questionChoices({
      question,
      labelledBy: messageId(messages.indexOf(question)),
      ticks: this.ticks,
      busy: outbox.length > 0,
      error: this.error,
      tick: (choice, on) => this.#tick(question, choice, on),
      press: (choice) => this.#press(question, choice),
    });
  }

  #composer(question: Message | null): TemplateResult {
    return composer({
      question,
      value: this.draftText,
      error: this.error,
      input: (value) => {
        this.draftText = value;
        this.error = null;
        this.#saveDraft();
      },
      submit: () => this.#submit(question),
    });
  }

  // Opening and closing

  #open(byPerson: boolean): void {
    if (this.isOpen) return;
    this.isOpen = true;
    this.unread = false;
    remember(true);
    this.#after = () => this.#opened(byPerson);
    void this.#conversation.open();
    const draft = this.#vault.loadDraft();
    if (draft && !this.draftText) {
      this.draftText = draft.text;
      if (openQuestion(this.chat.messages)?.id === draft.question) this.ticks = draft.ticks;
    }
    emit(this, "signpost-open");
  }

  #opened(byPerson: boolean): void {
    const dialog = this.#dialog;
    if (dialog) {
      if (matchMedia(SMALL).matches) dialog.showModal();
      else dialog.show();
    }
    this.#stopFollowing = followViewport(this);
    if (!byPerson && this.fullPage) return;
    this.#expecting = true;
    if (this.chat.messages.length) this.#arrive();
    else this.#focus("title");
  }

  readonly #closed = (): void => {
    this.isOpen = this.menuOpen = false;
    this.view = "chat";
    this.#stopFollowing();
    remember(false);
    // The launcher is hidden until this has been rendered.
    this.#after = () => this.#focus("launcher");
    emit(this, "signpost-close");
  };

  /** A dialog that is not modal has no Escape of its own. */
  readonly #keydown = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    if (this.menuOpen) {
      this.menuOpen = false;
      this.#focus("menu-button");
    } else {
      this.close();
    }
  };

  readonly #wake = (): void => {
    if (!document.hidden && this.isOpen) void this.#conversation.wake();
  };

  // What comes from the conversation

  #changed(state: ChatState): void {
    const before = this.chat;
    this.chat = state;
    if (openQuestion(before.messages)?.id !== openQuestion(state.messages)?.id) {
      const draft = this.#vault.loadDraft();
      this.ticks = draft?.question === openQuestion(state.messages)?.id ? (draft?.ticks ?? []) : [];
      this.error = null;
    }
    const first = before.messages.length;
    const fresh = state.messages.slice(first);
    if (fresh.some(({ author }) => author === "staff") && !this.isOpen) this.unread = true;
    if (!this.isOpen || this.#after) return;
    if (state.phase !== before.phase && (state.phase === "gone" || state.phase === "forgotten")) {
      this.#after = () => this.#focus("view-title");
    } else if (fresh.length && !first) {
      this.#after = () => this.#arrive();
    } else if (fresh.some(isUrgent)) {
      // Whatever the person is doing, this comes first.
      this.view = "chat";
      this.menuOpen = this.#expecting = false;
      this.#after = () => {
        this.#scrollTo(first);
        this.#focus("banner");
      };
    } else if (fresh.length && this.view === "chat") {
      const from = first + Math.max(fresh.findIndex(({ author }) => author !== "person"), 0);
      this.#after = () => this.#moveOn(from);
    } else if (state.outbox.length > before.outbox.length || (state.trouble && !before.trouble)) {
      // What stands in the way, else the answer that waits.
      this.#after = () =>
        (this.renderRoot.querySelector(".trouble") ?? this.renderRoot.querySelector(".pending"))?.scrollIntoView({ block: "nearest" });
    }
  }

  /** Puts back the text of an answer that the server did not take, before whatever is in the box by now. */
  #refused(answer: Answer): void {
    this.draftText = [answer.text, this.draftText].filter(Boolean).join("\n");
    this.ticks = answer.choices ?? this.ticks;
    this.#saveDraft();
  }

  /** A transcript is there that was not: a welcome is shown from its start, a check that goes on at its question. */
  #arrive(): void {
    const { messages, level } = this.chat;
    const question = openQuestion(messages);
    const goesOn = messages.some(({ author }) => author === "person");
    const index = goesOn ? (question ? messages.indexOf(question) : messages.length - 1) : 0;
    const urgent = urgentMessage(messages, level);
    this.#moveOn(index);
    if (urgent) this.#focus("banner");
  }

  /** Shows the new messages from `index` on, and moves the focus to what the person can do about them. */
  #moveOn(index: number): void {
    const box = this.renderRoot.querySelector<HTMLTextAreaElement>("#own-words");
    const writing = this.shadowRoot?.activeElement === box && !!box?.value;
    if (!this.#expecting || writing) {
      if (!writing) this.#scrollTo(index);
      return;
    }
    this.#expecting = false;
    this.#scrollTo(index);
    if (this.renderRoot.querySelector("#choices")) this.#focus("choices");
    // The box only where no keyboard slides over the page because of it.
    else if (box && matchMedia("(pointer: fine)").matches) this.#focus("own-words");
    else this.#focus(messageId(this.chat.messages.length - 1));
  }

  // Answering

  #tick(question: Message, choice: Choice, on: boolean): void {
    const before = this.ticks;
    this.ticks = toggle(before, choice.id, on);
    this.error = null;
    const none = answers(question).find(({ id }) => id === NONE);
    if (on && choice.id === NONE && before.length) this.announcement = text.noneClearedOthers(choice.label);
    else if (on && none && before.includes(NONE)) this.announcement = text.otherClearedNone(none.label);
    else this.announcement = "";
    this.#saveDraft();
  }

  /** A button that answers at once. Words in the box go along, except with a mere move. */
  #press(question: Message, choice: Choice): void {
    const move = moves(question).includes(choice);
    this.#send(question, [choice.id], move ? "" : this.draftText.trim(), !move);
  }

  #submit(question: Message | null): void {
    const words = this.draftText.trim();
    // In the order of the page, whatever the order of ticking.
    const ticked = question ? answers(question).filter(({ id }) => this.ticks.includes(id)).map(({ id }) => id) : [];
    if (words || ticked.length) return this.#send(question, ticked, words, true);
    const choices = question && answers(question).length;
    this.error = choices ? (question.multiple ? text.nothingTicked() : text.nothingChosen()) : text.nothingWritten();
    this.#after = () => {
      const first = this.renderRoot.querySelector<HTMLElement>("#choices input, #choices button, #own-words");
      this.renderRoot.querySelector("#error")?.scrollIntoView({ block: "nearest" });
      first?.focus();
    };
  }

  #send(question: Message | null, choices: readonly string[], words: string, clear: boolean): void {
    const answer: Answer = { id: newId() };
    if (choices.length && question?.step) Object.assign(answer, { step: question.step, choices });
    if (words) answer.text = words;
    if (clear) this.draftText = "";
    this.ticks = [];
    this.error = null;
    this.announcement = "";
    this.#saveDraft();
    this.#expecting = true;
    this.#conversation.send({ answer, line: spoken(answer, question, new Date()) });
  }

  #saveDraft(): void {
    const question = openQuestion(this.chat.messages)?.id ?? null;
    this.#vault.saveDraft({ text: this.draftText, question, ticks: this.ticks });
  }

  // The other views

  #show(view: View): void {
    this.view = view;
    this.menuOpen = this.sure = false;
    this.fileNote = null;
    this.dataErrors = {};
    this.#after = () => {
      this.#focus(view === "chat" ? "menu-button" : "view-title");
      if (view === "chat") this.#toEnd();
      else if (this.#scroller) this.#scroller.scrollTop = 0;
    };
  }

  #showSummary(): void {
    this.#show("summary");
    this.summaryLoad = { state: "loading" };
    this.#api.summary().then(
      (summary) => (this.summaryLoad = { state: "ready", summary }),
      () => (this.summaryLoad = { state: "failed" }),
    );
  }

  #showCard(message: Message): void {
    this.view = "chat";
    this.menuOpen = false;
    this.#after = () => {
      const index = this.chat.messages.indexOf(message);
      this.#scrollTo(index);
      this.#focus(cardId(index));
    };
    this.requestUpdate();
  }

  #print(): void {
    if (this.summaryLoad.state !== "ready") return;
    printAlone(printedSummary(this.summaryLoad.summary, this.chat.draft), PRINT_CSS, text.summary(), this.renderRoot);
  }

  #save(kind: SummaryFile): void {
    this.#api.file(kind).then(
      (blob) => {
        saveFile(blob, `${text.fileName(kind)}.${kind}`);
        this.fileNote = text.fileSaved();
      },
      () => (this.fileNote = text.fileFailed()),
    );
  }

  #keep(keep: boolean): void {
    this.dataErrors = {};
    this.#conversation.keep(keep).catch(() => {
      this.dataErrors = { keep: text.keepFailed() };
      // The browser has ticked the box already.
      const box = this.renderRoot.querySelector<HTMLInputElement>("#keep");
      if (box) box.checked = this.chat.kept;
    });
  }

  #resume(code: string): void {
    if (!code) {
      this.dataErrors = { code: text.codeMissing() };
      return;
    }
    this.dataErrors = {};
    this.#expecting = true;
    this.#conversation.resume(code).then(
      () => {
        this.#show("chat");
        this.#after = () => this.#arrive();
      },
      (error: unknown) => {
        const message = error instanceof ApiError ? error.message || text.codeWrong() : text.unreached();
        this.dataErrors = { code: message };
      },
    );
  }

  #askSure(sure: boolean): void {
    this.sure = sure;
    this.dataErrors = {};
    this.#after = () => this.#focus(sure ? "sure" : "forget");
  }

  #forget(): void {
    this.#conversation.forget().then(
      () => {
        this.draftText = "";
        this.ticks = [];
        this.view = "chat";
        this.sure = false;
        emit(this, "signpost-forgotten");
      },
      () => (this.dataErrors = { forget: text.forgetFailed() }),
    );
  }

  #startAnew(): void {
    this.view = "chat";
    this.#expecting = true;
    void this.#conversation.startAnew();
    this.#after = () => this.#focus("title");
  }

  // Focus and scrolling

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector("dialog");
  }

  #focus(id: string): void {
    this.renderRoot.querySelector<HTMLElement>(`#${id}`)?.focus({ preventScroll: id !== "launcher" });
  }

  /** The part that scrolls: the transcript, or on very low screens the whole panel. */
  get #scroller(): HTMLElement | null {
    const inner = this.renderRoot.querySelector<HTMLElement>("#scroll");
    const panel = this.renderRoot.querySelector<HTMLElement>(".panel");
    return panel && getComputedStyle(panel).overflowY === "auto" ? panel : inner;
  }

  #scrollTo(index: number): void {
    const scroller = this.#scroller;
    const item = this.renderRoot.querySelector(`#${messageId(index)}`)?.closest("li");
    if (!scroller || !item) return;
    // Above the first message stands what holds for all of them.
    if (index === 0) return void (scroller.scrollTop = 0);
    const covered = this.renderRoot.querySelector(".always");
    const top = scroller.contains(covered) ? (covered?.clientHeight ?? 0) : 0;
    scroller.scrollTop += item.getBoundingClientRect().top - scroller.getBoundingClientRect().top - top - 8;
  }

  #toEnd(): void {
    const scroller = this.#scroller;
    if (scroller) scroller.scrollTop = scroller.scrollHeight;
  }

  #pageLink(): PageLink | null {
    const link = this.querySelector<HTMLAnchorElement>('a[href^="tel:"]');
    return link && { href: link.href, label: link.textContent?.trim() || link.href.slice(4) };
  }
}

function remember(open: boolean): void {
  try {
    if (open) sessionStorage.setItem(OPEN_KEY, "1");
    else sessionStorage.removeItem(OPEN_KEY);
  } catch {
    // Storage is blocked; the panel then stays closed after a reload.
  }
}
