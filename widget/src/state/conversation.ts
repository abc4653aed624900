import type { Api } from "../transport/api.js";
import type { Answer, Contact, Level, Message, Progress, Receipt, Reply, Session } from "../transport/contract.js";
import { ApiError, NoAnswer } from "../transport/errors.js";
import type { Vault } from "./storage.js";
import { claim } from "./tab-lock.js";
import { append, merge } from "./transcript.js";

/** Milliseconds without an answer after which the person is told that it takes longer. */
const SLOW = 1_800;
/** Waits between tries, the last one repeated. With a request's time-out, below ten seconds. */
const WAITS = [500, 1_000, 2_000, 3_000] as const;
/** Milliseconds before the stream of staff messages is opened again. */
const LISTEN_AGAIN = 5_000;

/** An answer that was not delivered yet, with the line that the person sees for it. */
export interface Outgoing {
  answer: Answer;
  line: Message;
}

/**
 * What stands in the way. `unreached`: no network or no server, retried. `server`: the server is in trouble,
 * retried. `refused`: the server will not take this answer; the person must change it.
 */
export interface Trouble {
  kind: "unreached" | "server" | "refused";
  message: string;
  contacts: readonly Contact[];
}

/** `gone`: the server no longer knows the check. `forgotten`: deleted by the person, with a receipt. */
export type Phase = "idle" | "starting" | "ready" | "gone" | "forgotten";

export interface ChatState {
  readonly phase: Phase;
  /** What server and person have both said; only ever appended to. */
  readonly messages: readonly Message[];
  readonly outbox: readonly Outgoing[];
  readonly progress: Progress | null;
  readonly level: Level | null;
  readonly contacts: readonly Contact[];
  readonly draft: boolean;
  readonly kept: boolean;
  readonly resumeCode: string | null;
  readonly trouble: Trouble | null;
  readonly slow: boolean;
  /** Staff are typing. */
  readonly typing: boolean;
  readonly receipt: Receipt | null;
}

const EMPTY: ChatState = {
  phase: "idle",
  messages: [],
  outbox: [],
  progress: null,
  level: null,
  contacts: [],
  draft: false,
  kept: false,
  resumeCode: null,
  trouble: null,
  slow: false,
  typing: false,
  receipt: null,
};

export interface Listener {
  changed(state: ChatState): void;
  /** The server will not take this answer: its text goes back into the box. */
  refused(answer: Answer): void;
}

/**
 * One check: its transcript, and answers on their way. Knows nothing of the page.
 *
 * An answer stays in the outbox, also over a reload, until the server has replied to its id; it is sent again
 * with the same id, so that it counts once however often it arrives.
 */
export class Conversation {
  state: ChatState = EMPTY;
  #key = "";
  /** Counts the checks of this page; what comes back late for an earlier one is dropped. */
  #run = 0;
  #flushing = false;
  #tries = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #listening: AbortController | null = null;

  constructor(
    private readonly api: Api,
    private readonly vault: Vault,
    private readonly locale: string,
    private readonly listener: Listener,
  ) {
    api.onToken = () => this.#save();
  }

  /** Takes up the stored check, or starts one. Called again it does nothing but look for news. */
  async open(): Promise<void> {
    if (this.state.phase !== "idle") return this.wake();
    this.#set({ phase: "starting" });
    const saved = this.vault.load();
    if (saved && (await claim(saved.key, this.vault.loadTab() !== null))) {
      const { key, token, ...rest } = saved;
      this.#key = key;
      this.api.token = token;
      this.#set({ ...rest, phase: "ready" });
      void this.#listen();
      return this.wake();
    }
    // Another tab is busy with it.
    if (saved) this.vault.clearTab();
    return this.#start();
  }

  /** Queues an answer; it is delivered now, or as soon as that is possible. */
  send(outgoing: Outgoing): void {
    this.#set({ outbox: [...this.state.outbox, outgoing] });
    void this.wake();
  }

  /** Tries at once whatever waits: called when the network or the page comes back, and by the retry clock. */
  async wake(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.state.phase === "starting") return this.#start();
    if (this.state.phase !== "ready") return;
    await this.#flush();
    // Without a token the check has ended meanwhile.
    if (!this.state.outbox.length && this.api.token) await this.#sync();
  }

  /** Puts the check on this device, or takes it off again. Rejects as `Api` does. */
  async keep(keep: boolean): Promise<void> {
    const { resume_code } = await this.api.keep(keep);
    if (!keep) this.vault.clearDevice();
    this.#set({ kept: keep, resumeCode: keep ? (resume_code ?? this.state.resumeCode) : null });
  }

  /** Takes up an earlier check by its code, in place of this one. Rejects as `Api` does. */
  async resume(code: string): Promise<void> {
    const before = this.api.token;
    try {
      const session = await this.api.start({ locale: this.locale, resume_code: code });
      const history = await this.api.history();
      const { token } = this.api;
      this.#leave();
      this.api.token = token;
      this.#begin({ ...session, ...history, messages: append(history.messages, session.messages) });
    } catch (error) {
      this.api.token = before;
      throw error;
    }
  }

  /** Deletes the check on the server, then here. Rejects as `Api` does, and then nothing is deleted here. */
  async forget(): Promise<void> {
    const { receipt } = await this.api.forget();
    this.#leave();
    this.#set({ phase: "forgotten", receipt, contacts: this.state.contacts });
  }

  /** Leaves a check that is gone or forgotten, and starts a new one. */
  async startAnew(): Promise<void> {
    this.#leave();
    this.#set({ phase: "starting" });
    await this.#start();
  }

  /** Lets go of the network. What was stored stays. */
  dispose(): void {
    clearTimeout(this.#timer);
    this.#listening?.abort();
  }

  async #start(): Promise<void> {
    const run = this.#run;
    if (this.#flushing) return;
    this.#flushing = true;
    const slow = setTimeout(() => this.#set({ slow: true }), SLOW);
    try {
      const session = await this.api.start({ locale: this.locale });
      if (run === this.#run) this.#begin(session);
    } catch (error) {
      if (run === this.#run) this.#failed(error);
    } finally {
      clearTimeout(slow);
      this.#flushing = false;
    }
    // Something may have been typed while there was no session to send it to.
    if (this.state.phase === "ready" && this.state.outbox.length) await this.#flush();
  }

  #begin(session: Session): void {
    this.#key = newId();
    void claim(this.#key, false);
    this.#tries = 0;
    this.#set({
      phase: "ready",
      messages: session.messages,
      progress: session.progress ?? null,
      level: session.level ?? null,
      contacts: session.contacts ?? [],
      draft: session.draft ?? false,
      resumeCode: session.resume_code ?? null,
      trouble: null,
      slow: false,
    });
    void this.#listen();
  }

  async #flush(): Promise<void> {
    if (this.#flushing) return;
    this.#flushing = true;
    // For all that waits together: the second answer has waited for the first.
    const slow = setTimeout(() => this.#set({ slow: true }), SLOW);
    try {
      for (let next = this.state.outbox[0]; next; next = this.state.outbox[0]) {
        if (!(await this.#deliver(next))) return;
      }
    } finally {
      clearTimeout(slow);
      this.#flushing = false;
    }
  }

  /** Sends one answer. Resolves to whether the next one may go. */
  async #deliver({ answer, line }: Outgoing): Promise<boolean> {
    const run = this.#run;
    try {
      const reply = await this.api.send(answer);
      if (run !== this.#run) return false;
      this.#tries = 0;
      // The server's own record of the answer, where the reply holds one.
      const recorded = reply.messages.some(({ author }) => author === "person");
      const said = recorded ? this.state.messages : append(this.state.messages, [line]);
      this.#set({
        ...this.#standing(reply),
        messages: append(said, reply.messages),
        outbox: this.state.outbox.slice(1),
        trouble: null,
        slow: this.state.slow && this.state.outbox.length > 1,
      });
      return true;
    } catch (error) {
      return run === this.#run && this.#failed(error, answer);
    }
  }

  /** Fetches what this page has missed. Failing is no fault as long as nothing waits to be sent. */
  async #sync(): Promise<void> {
    const run = this.#run;
    try {
      const history = await this.api.history();
      // An answer sent meanwhile brings its own reply; matching by order would be wrong now.
      if (run !== this.#run || this.state.outbox.length) return;
      this.#tries = 0;
      this.#set({
        ...this.#standing(history),
        messages: merge(this.state.messages, history.messages),
        contacts: history.contacts ?? this.state.contacts,
        trouble: this.state.trouble?.kind === "refused" ? this.state.trouble : null,
        slow: false,
      });
    } catch (error) {
      if (run === this.#run) this.#failed(error);
    }
  }

  /** Appends what staff write, and says while they are typing, as long as the check lasts. */
  async #listen(): Promise<void> {
    this.#listening?.abort();
    const controller = (this.#listening = new AbortController());
    const { signal } = controller;
    while (!signal.aborted) {
      try {
        for await (const news of this.api.events(signal)) {
          if (signal.aborted) return;
          this.#set("typing" in news ? { typing: news.typing } : { messages: append(this.state.messages, [news]), typing: false });
        }
      } catch (error) {
        // Without such a stream, or with one that is refused, staff messages come with the history.
        if (error instanceof ApiError && !error.passing) return;
        if (!(error instanceof ApiError || error instanceof NoAnswer)) throw error;
      }
      // Whether they still type is not known without the stream.
      if (!signal.aborted && this.state.typing) this.#set({ typing: false });
      await new Promise((resolve) => setTimeout(resolve, LISTEN_AGAIN));
      if (!signal.aborted && !this.state.outbox.length && !document.hidden) await this.#sync();
    }
  }

  /** Says what went wrong and what follows. Returns whether the next answer may go. */
  #failed(error: unknown, answer?: Answer): boolean {
    if (error instanceof NoAnswer) {
      this.#retry({ kind: "unreached", message: "", contacts: [] });
      return false;
    }
    if (!(error instanceof ApiError)) throw error;
    const { message, contacts } = error;
    if (error.passing) {
      this.#retry({ kind: "server", message, contacts });
      return false;
    }
    if (error.gone && this.state.phase === "ready") {
      for (const { answer } of this.state.outbox) this.listener.refused(answer);
      this.#leave();
      this.#set({ phase: "gone", contacts });
      return false;
    }
    this.#set({ trouble: { kind: "refused", message, contacts }, slow: false });
    if (!answer) return false;
    this.#set({ outbox: this.state.outbox.slice(1) });
    this.listener.refused(answer);
    return true;
  }

  #retry(trouble: Trouble): void {
    const wait = WAITS[Math.min(this.#tries++, WAITS.length - 1)];
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.wake(), wait);
    this.#set({ trouble, slow: false });
  }

  #standing(reply: Reply): Pick<ChatState, "progress" | "level"> {
    return { progress: reply.progress ?? this.state.progress, level: reply.level ?? this.state.level };
  }

  /** Ends the present check on this device. */
  #leave(): void {
    this.#run++;
    clearTimeout(this.#timer);
    this.#listening?.abort();
    this.vault.clearTab();
    if (this.state.kept) this.vault.clearDevice();
    this.api.token = null;
    this.state = { ...EMPTY, contacts: this.state.contacts };
  }

  #set(change: Partial<ChatState>): void {
    this.state = { ...this.state, ...change };
    this.#save();
    this.listener.changed(this.state);
  }

  #save(): void {
    const { token } = this.api;
    if (this.state.phase !== "ready" || !token) return;
    const { messages, outbox, progress, level, contacts, draft, kept, resumeCode } = this.state;
    this.vault.save({ key: this.#key, token, messages, outbox, progress, level, contacts, draft, kept, resumeCode });
  }
}

/** A random id. `randomUUID` is missing on plain HTTP, which a clinic's test site may use. */
export function newId(): string {
  if (crypto.randomUUID) return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
