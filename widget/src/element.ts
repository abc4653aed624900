import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";

import { callBar, type PageLink } from "./components/call-bar.js";
import { chatView, goneView } from "./components/chat-view.js";
import { composer } from "./components/composer.js";
import { setContentLanguage, theirs } from "./components/content-language.js";
import type { DataErrors } from "./components/data-view.js";
import { urgentBanner } from "./components/direction.js";
import { header } from "./components/header.js";
import { phoneIcon } from "./components/icons.js";
import { cardId, messageId, type Later } from "./components/message.js";
import { progressLine } from "./components/progress.js";
import { questionChoices } from "./components/question.js";
import { extrasLine } from "./components/status.js";
import type { SummaryPage } from "./components/summary-page.js";
import { emit } from "./events/events.js";
import { fetchExtras, fetchGreeting, OWN_ADDRESS } from "./platform/own-files.js";
import { addPhoneLink } from "./platform/phone-link.js";
import { restoreTextSize } from "./platform/text-size.js";
import { followViewport, SMALL } from "./platform/viewport.js";
import { CHANNEL, channelAddress } from "./settings.js";
import { answers, moves, NONE, openQuestion, pointed, toggle } from "./state/choices.js";
import { careTeam } from "./state/contacts.js";
import { Conversation, newId, type ChatState } from "./state/conversation.js";
import { waitsForStaff } from "./state/handover.js";
import { Vault } from "./state/storage.js";
import { spoken } from "./state/transcript.js";
import { isUrgent, urgentMessage } from "./state/urgent.js";
import { styles } from "./styles/styles.js";
import { writingDirection } from "./text/choose.js";
import { text } from "./text/en-GB.js";
import { fetchExtraWords, getLocale, languageOf, speak } from "./text/locale.js";
import { Api } from "./transport/api.js";
import type { Answer, Choice, Message } from "./transport/contract.js";
import { ApiError } from "./transport/errors.js";

/** Set while the panel is open, so that `loader.js` opens it again after a reload. */
export const OPEN_KEY = "signpost:open";
/** The one widget of the page. */
let current: SignpostChat | null = null;

type View = "chat" | "summary" | "data";
type Extras = typeof import("./extras.js");

/**
 * `<signpost-chat>`: the checklist as a chat, in one open shadow root.
 *
 * What stands inside the element is shown by the page until, and also if never, this script runs; a
 * `tel:` link there is kept in sight inside the panel until the server has named the care team's number.
 *
 * @attribute server - Address of the widget channel. By default `/webhooks/widget` on the script's origin.
 * @attribute language - Language of the panel's own words. By default the page's, else the browser's.
 * @attribute dir - `ltr` or `rtl`. By default that of the language for words, and of the page for `position`.
 * @attribute position - Bottom corner of launcher and panel: `start` or `end`, the default.
 * @attribute heading - Title of the panel.
 * @attribute greeting - A line by the site, beside the launcher and at the top of the chat.
 * @attribute phone, phone-name - The care team's number, where the page has written no `tel:` link inside.
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
    greeting: { reflect: true },
    language: {},
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
    sure: { state: true },
    dataErrors: { state: true },
    extras: { state: true },
  };

  declare server: string | null;
  declare heading: string | null;
  declare greeting: string | null;
  declare language: string | null;
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
  declare private sure: boolean;
  declare private dataErrors: DataErrors;

  /** `failed` until it is asked for again; see `extras.ts`. */
  declare private extras: Extras | "loading" | "failed" | null;

  #vault!: Vault;
  #api!: Api;
  #conversation!: Conversation;
  /** Runs after the next render, when what it focuses or scrolls to is there. */
  #after: (() => void) | null = null;
  /** The person has asked or answered something; what comes next may take the focus. */
  #expecting = false;
  #stopFollowing: () => void = () => undefined;
  #aids: InstanceType<Extras["Aids"]> | null = null;
  #extrasTries = 0;
  #summaryPage: SummaryPage | null = null;
  /** The language that was chosen: the one of the panel as soon as its words are there. */
  #language = "";

  constructor() {
    super();
    this.server = this.heading = this.greeting = this.language = this.error = this.extras = null;
    this.startOpen = this.fullPage = this.isOpen = this.menuOpen = this.unread = this.sure = false;
    this.view = "chat";
    this.draftText = this.announcement = "";
    this.ticks = [];
    this.dataErrors = {};
  }

  override connectedCallback(): void {
    if (current?.isConnected && current !== this) return console.warn("signpost-chat: second element");
    current = this;
    const language = (this.#language = languageOf(this, this.language));
    // Until the words are there, the page keeps what it shows; the session is under way meanwhile. Drawing is a task of
    // its own, so that a slow phone hears its owner in between, and asks the server before it draws.
    void Promise.all([speak(language, () => this.requestUpdate()), new Promise((resolve) => setTimeout(resolve))]).then(() => {
      if (this.isConnected) super.connectedCallback();
    });
    const { server } = this;
    const given = server && channelAddress(server, document.baseURI);
    // Among the extras is what tells the page's owner about settings.
    if (server && !given) void this.#loadExtras();
    const base = given || (channelAddress(CHANNEL, OWN_ADDRESS) as string);
    addPhoneLink(this, text.callCareTeam());
    this.#api = new Api(base);
    this.#vault = new Vault(base);
    this.#conversation = new Conversation(this.#api, this.#vault, language, {
      changed: (state) => this.#changed(state),
      refused: (answer) => this.#refused(answer),
    });
    this.chat = this.#conversation.state;
    restoreTextSize(this);
    window.addEventListener("online", this.#wake);
    document.addEventListener("visibilitychange", this.#wake);
    if (this.fullPage || this.startOpen) this.#open(false);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (current !== this) return;
    window.removeEventListener("online", this.#wake);
    document.removeEventListener("visibilitychange", this.#wake);
    this.#stopFollowing();
    this.#aids?.quiet();
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
    if (this.#dialog?.open) this.#dialog.close();
    // Before the panel was drawn: its end is not told by the dialog.
    else this.#closed();
  }

  protected override render(): TemplateResult {
    if (this.fullPage) return html`<div class="root" lang=${getLocale()} dir=${this.#dir}><div class="panel page">${this.#panel()} ${this.#announcer()}</div></div>`;
    return html`<slot></slot>
      <section class="root ${this.#turned ? "turned" : ""}" lang=${getLocale()} dir=${this.#dir} aria-label=${text.region()}>
        <button type="button" class="launcher" id="launcher" ?hidden=${this.isOpen} @click=${() => this.open()}>
          ${phoneIcon}<span>${this.unread ? text.launcherUnread() : text.launcher()}</span>
        </button>
        <div class="spoken" role="status">${this.isOpen ? "" : this.announcement}</div>
        <dialog class="panel" aria-labelledby="title" @close=${this.#closed} @keydown=${this.#keydown}>
          ${this.isOpen ? this.#panel() : nothing}
          ${this.#announcer()}
        </dialog>
      </section>`;
  }

  protected override firstUpdated(): void {
    if (this.greeting && !this.isOpen) fetchGreeting().then(({ greet }) => greet(this), () => undefined);
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    this.#aids?.rendered();
    const after = this.#after;
    this.#after = null;
    after?.();
  }

  get #dir(): string {
    return this.dir || writingDirection(getLocale());
  }

  /** The page's start and end say where the launcher is, as before this script, also where words run the other way. */
  get #turned(): boolean {
    return getComputedStyle(this).direction !== this.#dir;
  }

  #announcer(): TemplateResult {
    return html`<div class="spoken" role="status">${this.announcement}</div>`;
  }

  #panel(): TemplateResult {
    const { messages, contacts, level, phase, progress } = this.chat;
    const urgent = urgentMessage(messages, level);
    const chatting = this.view === "chat" && phase !== "gone" && phase !== "forgotten";
    const waits = waitsForStaff(messages);
    return html`${header({
        title: this.heading ?? text.title(),
        menuOpen: this.menuOpen,
        close: this.fullPage ? null : () => this.close(),
        toggleMenu: () => (this.menuOpen = !this.menuOpen),
        summary: () => this.#showSummary(),
        data: () => this.#show("data"),
        more: this.#aids?.textSize() ?? nothing,
      })}
      <div class="always">
        ${callBar(careTeam(messages, contacts), this.#pageLink())}
        ${urgent ? urgentBanner(urgent, () => this.#showCard(urgent)) : nothing}
        ${this.unread ? html`<button type="button" class="news" @click=${() => this.#show("chat")}>${text.launcherUnread()}</button>` : nothing}
      </div>
      ${chatting ? progressLine(progress) : nothing} ${this.#content()}
      ${chatting ? this.#composer(waits ? null : openQuestion(messages)) : nothing}`;
  }

  #content(): TemplateResult {
    const { phase, draft, kept, resumeCode, receipt } = this.chat;
    const back = () => this.#show("chat");
    if (phase === "gone") return goneView(this.chat, () => this.#startAnew());
    const extras = this.#loaded;
    if (this.view === "chat" && phase !== "forgotten") {
      const later: Later = {
        summary: (summary, id) => extras?.summaryContent(summary, id) ?? nothing,
        listen: (id) => this.#aids?.listen(id) ?? nothing,
      };
      return chatView(this.chat, this.greeting, later, this.#question(), () => void this.#conversation.wake());
    }
    if (!extras) return extrasLine(this.extras === "failed", phase === "forgotten" ? null : back, () => void this.#loadExtras());
    if (phase === "forgotten") return extras.receiptView(receipt, () => this.#startAnew());
    if (this.view === "summary") {
      return (this.#summaryPage ??= new extras.SummaryPage(this.#api, this)).render(draft, back);
    }
    return extras.dataView({
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

  #question(): TemplateResult | typeof nothing {
    const { messages, outbox } = this.chat;
    const question = openQuestion(messages);
    if (!question) return nothing;
    if (waitsForStaff(messages)) return html`<p class="note waits">${text.withStaff()}</p>`;
    return questionChoices({
      question,
      labelledBy: messageId(messages.indexOf(question)),
      ticks: this.ticks,
      busy: outbox.length > 0,
      error: this.error,
      outline: this.#aids?.bodyOutline(question, this.ticks, (ticks, said) => this.#setTicks(question, ticks, said)) ?? nothing,
      tick: ({ id }, on) => this.#setTicks(question, toggle(this.ticks, id, on)),
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
    if (this.isOpen || current !== this) return;
    this.isOpen = true;
    this.unread = false;
    this.announcement = "";
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
    setContentLanguage(this.#api.language);
    if (openQuestion(before.messages)?.id !== openQuestion(state.messages)?.id) {
      const draft = this.#vault.loadDraft();
      this.ticks = draft?.question === openQuestion(state.messages)?.id ? (draft?.ticks ?? []) : [];
      this.error = null;
    }
    const first = before.messages.length;
    const fresh = state.messages.slice(first);
    if (fresh.some(({ author }) => author === "staff") && !(this.isOpen && this.view === "chat")) {
      this.unread = true;
      this.announcement = text.launcherUnread();
    }
    const held = this.renderRoot?.querySelector(".question :focus");
    if (state.messages.length) void this.#loadExtras();
    if (!this.isOpen || this.#after) return;
    if (state.phase !== before.phase && (state.phase === "gone" || state.phase === "forgotten")) {
      this.#after = () => this.#focus("view-title");
    } else if (fresh.length && !first) {
      this.#after = () => this.#arrive();
    } else if (fresh.some(isUrgent)) {
      // Whatever the person is doing, this comes first.
      this.view = "chat";
      this.menuOpen = this.unread = this.#expecting = false;
      this.#after = () => {
        this.#scrollTo(first);
        this.#focus("banner");
      };
    } else if (fresh.length && this.view === "chat") {
      const from = first + Math.max(fresh.findIndex(({ author }) => author !== "person"), 0);
      this.#after = () => {
        this.#moveOn(from);
        // What had the focus waits, and is gone, while staff have the chat.
        if (held?.isConnected === false && !this.shadowRoot?.activeElement) this.#focus(messageId(from));
      };
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

  /** `said` is announced, unless the ticks themselves have more to say. */
  #setTicks(question: Message, ticks: readonly string[], said = ""): void {
    const before = this.ticks;
    this.ticks = ticks;
    this.error = null;
    const none = answers(question).find(({ id }) => id === NONE);
    const others = (some: readonly string[]) => answers(question).some(({ id }) => id !== NONE && some.includes(id));
    this.announcement = said;
    if (none && before.includes(NONE) !== ticks.includes(NONE)) {
      if (ticks.includes(NONE)) {
        if (others(before)) this.announcement = text.noneClearedOthers(none.label);
      } else if (others(ticks)) this.announcement = text.otherClearedNone(none.label);
    }
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
    if (words || ticked.length) {
      const places = question ? pointed(question, this.ticks).map(({ id }) => id) : [];
      return this.#send(question, [...ticked, ...places], words, true);
    }
    // The second tap of a double one.
    if (this.chat.outbox.length) return;
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
    // Words too: written under this question, they are no answer to the next one, however late they arrive.
    if (question?.step) answer.step = question.step;
    if (choices.length) answer.choices = choices;
    if (words) answer.text = words;
    if (clear) this.draftText = "";
    // Those of a question that waits are kept.
    if (question) this.ticks = [];
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

  get #loaded(): Extras | null {
    return typeof this.extras === "object" ? this.extras : null;
  }

  /** The words of the views that `extras.js` draws; asked for only by what can be pressed there. */
  get #words(): Extras["text"] {
    return (this.extras as Extras).text;
  }

  /** Fetches what is not needed up to the first question; called again it tries again. */
  async #loadExtras(): Promise<void> {
    if (this.#loaded || this.extras === "loading") return;
    this.extras = "loading";
    try {
      // They are for a panel that is drawn, and for words that are there.
      const [extras] = await Promise.all([fetchExtras(this.#extrasTries++), fetchExtraWords(this.#language), this.updateComplete]);
      extras.checkSettings(this);
      this.#aids = new extras.Aids(this.renderRoot as ShadowRoot, () => this.requestUpdate());
      this.extras = extras;
    } catch {
      this.extras = "failed";
    }
  }

  #show(view: View): void {
    this.view = view;
    if (view !== "chat") void this.#loadExtras();
    this.menuOpen = this.sure = false;
    if (view === "chat") this.unread = false;
    this.dataErrors = {};
    this.#after = () => {
      this.#focus(view === "chat" ? "menu-button" : "view-title");
      if (view === "chat") this.#toEnd();
      else if (this.#scroller) this.#scroller.scrollTop = 0;
    };
  }

  #showSummary(): void {
    this.#summaryPage = null;
    this.#show("summary");
  }

  #showCard(message: Message): void {
    this.view = "chat";
    this.menuOpen = this.unread = false;
    this.#after = () => {
      const index = this.chat.messages.indexOf(message);
      this.#scrollTo(index);
      this.#focus(cardId(index));
    };
    this.requestUpdate();
  }

  #keep(keep: boolean): void {
    this.dataErrors = {};
    this.#conversation.keep(keep).catch(() => {
      this.dataErrors = { keep: this.#words.keepFailed() };
      // The browser has ticked the box already.
      const box = this.renderRoot.querySelector<HTMLInputElement>("#keep");
      if (box) box.checked = this.chat.kept;
    });
  }

  #resume(code: string): void {
    if (!code) {
      this.dataErrors = { code: this.#words.codeMissing() };
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
        const refusal = error instanceof ApiError && error.message;
        const own = error instanceof ApiError ? this.#words.codeWrong() : text.unreached();
        this.dataErrors = { code: refusal ? html`<span lang=${theirs()}>${refusal}</span>` : own };
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
      () => (this.dataErrors = { forget: this.#words.forgetFailed() }),
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
    // Nothing is drawn before the words are there.
    return this.renderRoot?.querySelector("dialog");
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
