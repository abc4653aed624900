import type { Contact, Level, Message, Progress } from "../transport/contract.js";
import type { Outgoing } from "./conversation.js";

/** What is put aside so that a reload, or a lost network, loses nothing. */
export interface Saved {
  /** A random name of this check on this device, for the lock between tabs. Never sent. */
  key: string;
  token: string;
  messages: readonly Message[];
  progress: Progress | null;
  level: Level | null;
  contacts: readonly Contact[];
  draft: boolean;
  kept: boolean;
  resumeCode: string | null;
  outbox: readonly Outgoing[];
}

/** An answer that is being prepared: the text in the box and the ticks of one question message. */
export interface Draft {
  text: string;
  question: string | null;
  ticks: readonly string[];
}

/**
 * The browser's storage. The tab's own by default, since many people read on a shared computer; the device's
 * only after the person ticked "keep on this device".
 *
 * Storage may be blocked or full. Then everything works until the page is left, so failures are swallowed.
 */
export class Vault {
  readonly #chat: string;
  readonly #draft: string;

  constructor(base: string) {
    this.#chat = `signpost:chat:${base}`;
    this.#draft = `signpost:draft:${base}`;
  }

  /** What this tab, else this device, has put aside. */
  load(): Saved | null {
    return this.loadTab() ?? this.#read<Saved>("localStorage", this.#chat);
  }

  loadTab(): Saved | null {
    return this.#read<Saved>("sessionStorage", this.#chat);
  }

  /** The tab keeps a copy also when the device does: another tab may put its own check on the device later. */
  save(saved: Saved): void {
    this.#write("sessionStorage", this.#chat, saved);
    if (saved.kept) this.#write("localStorage", this.#chat, saved);
  }

  loadDraft(): Draft | null {
    return this.#read<Draft>("sessionStorage", this.#draft);
  }

  saveDraft(draft: Draft): void {
    this.#write("sessionStorage", this.#draft, draft);
  }

  /** Forgets this tab's check. The device's copy may belong to another tab: see `clearDevice`. */
  clearTab(): void {
    this.#remove("sessionStorage", this.#chat);
    this.#remove("sessionStorage", this.#draft);
  }

  clearDevice(): void {
    this.#remove("localStorage", this.#chat);
  }

  #read<T>(where: "sessionStorage" | "localStorage", key: string): T | null {
    try {
      const value: unknown = JSON.parse(window[where].getItem(key) ?? "null");
      return typeof value === "object" ? (value as T | null) : null;
    } catch {
      return null;
    }
  }

  #write(where: "sessionStorage" | "localStorage", key: string, value: object): void {
    try {
      window[where].setItem(key, JSON.stringify(value));
    } catch {
      // Blocked or full: see the class comment.
    }
  }

  #remove(where: "sessionStorage" | "localStorage", key: string): void {
    try {
      window[where].removeItem(key);
    } catch {
      // Blocked: nothing was stored either.
    }
  }
}
