import type {
  Answer,
  Contact,
  History,
  Message,
  Receipt,
  Reply,
  Session,
  Summary,
  SummaryFile,
  Token,
  Typing,
} from "./contract.js";
import { ApiError, NoAnswer } from "./errors.js";
import { readEvents } from "./event-stream.js";

/**
 * Milliseconds after which a request counts as lost. Together with the longest wait between two tries it is below
 * the ten seconds within which a check goes on when the network is back: nothing tells a page that what it sent into
 * a dead cell is gone. A file may take longer: it is made when it is asked for, and asked for again by hand.
 */
const TIME_OUT = 6_000;
/** The same for a file, and for a server that has left two requests without an answer: it may only be slow. */
const LONG_TIME_OUT = 20_000;

/**
 * The widget channel over fetch. Sends nothing but the token in the Authorization header: no cookies, no
 * referrer, nothing cached.
 *
 * Every method rejects with `ApiError` when the server refuses, and with `NoAnswer` when nothing came back.
 */
export class Api {
  token: string | null = null;
  /** The language of the server's words, as its last answer named it. */
  language = "en-GB";
  /** Called with each renewed token, so that it can be stored. */
  onToken: (token: Token) => void = () => undefined;
  #refreshing: Promise<void> | null = null;
  /** Requests without an answer since the last one that had one. */
  #unanswered = 0;

  constructor(private readonly base: string) {}

  async start(options: { locale?: string; resume_code?: string }): Promise<Session> {
    const session = await this.#json<Session>("POST", "/session", options);
    this.token = session.token;
    return session;
  }

  send(answer: Answer): Promise<Reply> {
    return this.#authorised(() => this.#json("POST", "/messages", answer));
  }

  history(): Promise<History> {
    return this.#authorised(() => this.#json("GET", "/history"));
  }

  keep(keep: boolean): Promise<{ resume_code?: string | null }> {
    return this.#authorised(() => this.#json("POST", "/keep", { keep }));
  }

  summary(): Promise<Summary> {
    return this.#authorised(() => this.#json("GET", "/summary"));
  }

  /** The summary as a file. Fetched, not linked: a link would need the token in its address. */
  file(kind: SummaryFile): Promise<Blob> {
    return this.#authorised(async () => (await this.#fetch("GET", `/summary.${kind}`)).blob());
  }

  forget(): Promise<{ receipt: Receipt }> {
    return this.#authorised(() => this.#json("DELETE", "/conversation"));
  }

  /** Messages of staff as they come, and whether they are typing, until the server or `signal` ends the stream. */
  async *events(signal: AbortSignal): AsyncGenerator<Message | Typing> {
    // A stream has no time-out, but its opening has.
    const opening = new AbortController();
    const late = setTimeout(() => opening.abort(), TIME_OUT);
    signal.addEventListener("abort", () => opening.abort());
    const response = await this.#authorised(() => this.#fetch("GET", "/events", undefined, opening.signal)).finally(() => clearTimeout(late));
    if (!response.body) return;
    try {
      for await (const data of readEvents(response.body)) {
        const news: unknown = JSON.parse(data);
        if (isMessage(news) || isTyping(news)) yield news;
      }
    } catch (error) {
      throw new NoAnswer(String(error));
    }
  }

  /** Runs `request`; with an expired token, renews it once and runs it again. */
  async #authorised<T>(request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      // Requests that fail together share one renewal.
      this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = null));
      await this.#refreshing;
      return request();
    }
  }

  async #refresh(): Promise<void> {
    const token = await this.#json<Token>("POST", "/session/refresh");
    this.token = token.token;
    this.onToken(token);
  }

  async #json<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await this.#fetch(method, path, body);
    try {
      return (await response.json()) as T;
    } catch (error) {
      // A body that was cut off, or a proxy's page in its place.
      throw new NoAnswer(String(error));
    }
  }

  async #fetch(method: string, path: string, body?: object, signal?: AbortSignal): Promise<Response> {
    const headers: Record<string, string> = { Accept: "*/*" };
    if (this.token) headers["Authorization"] = `Bearer ${this.token}`;
    if (body) headers["Content-Type"] = "application/json";
    let response: Response;
    try {
      response = await fetch(this.base + path, {
        method,
        headers,
        body: body ? JSON.stringify(body) : null,
        signal: signal ?? AbortSignal.timeout(path.includes(".") || this.#unanswered > 1 ? LONG_TIME_OUT : TIME_OUT),
        cache: "no-store",
        credentials: "omit",
        referrerPolicy: "no-referrer",
        redirect: "error",
      });
    } catch (error) {
      // A stream of staff messages that cannot be opened says nothing of the rest.
      if (!signal) this.#unanswered++;
      throw new NoAnswer(String(error));
    }
    this.#unanswered = 0;
    this.language = response.headers.get("Content-Language") ?? this.language;
    if (!response.ok) throw await refusal(response);
    return response;
  }
}

async function refusal(response: Response): Promise<ApiError> {
  const body = (await response.json().catch(() => null)) as {
    error?: { code?: string; message?: string; contacts?: readonly Contact[] };
  } | null;
  const { code = "unknown", message = "", contacts } = body?.error ?? {};
  return new ApiError(response.status, code, message, contacts ?? []);
}

function isTyping(value: unknown): value is Typing {
  return typeof value === "object" && value !== null && "typing" in value;
}

function isMessage(value: unknown): value is Message {
  return typeof value === "object" && value !== null && "id" in value && "text" in value;
}
