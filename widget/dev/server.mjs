/**
 * A stand-in for the bot's server: the widget channel's contract over a fixture conversation, the demo pages,
 * and the policies they are served with. For developing and testing the widget only; it keeps everything in
 * memory and checks nothing clinical.
 *
 * `node dev/server.mjs [port]` starts it; tests call `startServer()`.
 */
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

import { CARD, CARE_TEAM, ORDER, STEPS, WELCOME, emergency, ending, notMeant, staffNotice, summaryOf } from "./fixture.mjs";

const here = fileURLToPath(new URL("..", import.meta.url));
const BASE = "/webhooks/widget";
const LANGUAGES = ["en-GB", "en-US"];
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".txt": "text/plain; charset=utf-8" };
export const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types lit-html",
].join("; ");

/**
 * @param {{port?: number, draft?: boolean, numbers?: boolean, dist?: string, language?: string}} options
 *   `numbers: false` is the demo: contacts without a number. `dist` is another folder with the built files, `language`
 *   the one that the channel calls its words.
 * @returns the server, its `url`, `close()`, its conversations, and `faults`: `down` answers 503, `drop` cuts the connection after the
 *   work is done, `slow` waits as many milliseconds, `expired` refuses each token until it is renewed, `files` refuses
 *   the files of the summary. `staffJoins(name)`, `staffSays(text, name)` and `staffLeaves()` act in the newest chat.
 */
export async function startServer({ port = 0, draft = true, numbers = true, dist = join(here, "dist"), language = "en-GB" } = {}) {
  const faults = { down: false, drop: 0, slow: 0, expired: false, files: false };
  const chats = new Map();
  const server = createServer((request, response) => {
    handle(request, response).catch((error) => {
      console.error(error);
      response.destroy();
    });
  });

  async function handle(request, response) {
    const { pathname, searchParams } = new URL(request.url, "http://127.0.0.1");
    // Every site may try the widget of this stand-in; the real server answers only those of `allowed_origins`.
    response.setHeader("access-control-allow-origin", "*");
    if (request.method === "OPTIONS") {
      return void response
        .writeHead(204, { "access-control-allow-methods": "GET, POST, DELETE", "access-control-allow-headers": "authorization, content-type, last-event-id" })
        .end();
    }
    if (pathname.startsWith(BASE)) return channel(request, response, pathname.slice(BASE.length));
    return page(response, pathname, LANGUAGES.find((one) => one === searchParams.get("language")) ?? LANGUAGES[0]);
  }

  async function page(response, pathname, language) {
    const path = { "/": "demo/index.html", "/demo": "demo/index.html", "/chat": "demo/chat.html" }[pathname] ?? pathname.slice(1);
    const file = pathname.startsWith("/widget/") ? normalize(join(dist, pathname.slice(8))) : normalize(join(here, path));
    if (![join(here, "demo/"), join(dist, "/")].some((folder) => file.startsWith(folder))) return void response.writeHead(404).end();
    let body = await readFile(file).catch(() => null);
    if (!body) return void response.writeHead(404).end();
    if (pathname === "/chat") body = String(body).replaceAll('"en-GB"', `"${language}"`);
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "text/plain", "content-security-policy": POLICY }).end(body);
  }

  async function channel(request, response, path) {
    const body = await read(request);
    if (faults.slow) await new Promise((resolve) => setTimeout(resolve, faults.slow));
    if (faults.down) return fail(response, 503, "unavailable", "The checklist cannot answer just now. Call your care team.");
    const result = route(request, path, body);
    if (result === "events") return stream(request, response);
    if (faults.drop) {
      faults.drop--;
      return void request.socket.destroy();
    }
    const { status = 200, type = "application/json", value } = result;
    response.writeHead(status, { "content-type": type, "cache-control": "no-store", "content-language": language });
    response.end(type === "application/json" ? JSON.stringify(value) : value);
  }

  function route(request, path, body) {
    const what = `${request.method} ${path}`;
    if (what === "POST /session") return start(body);
    const token = (request.headers.authorization ?? "").replace("Bearer ", "");
    const chat = [...chats.values()].find((one) => one.tokens.includes(token));
    if (!chat) return refusal(401, "unknown_token", "This check is not known here.");
    if (what === "POST /session/refresh") {
      chat.tokens.push(randomUUID());
      faults.expired = false;
      return { value: { token: chat.tokens.at(-1), expires_at: soon() } };
    }
    if (faults.expired) return refusal(401, "expired", "The token has expired.");
    if (faults.files && path.startsWith("/summary.")) return refusal(503, "unavailable", "The file cannot be made.");
    switch (what) {
      case "POST /messages":
        return answer(chat, body);
      case "GET /history":
        return { value: { messages: chat.messages, progress: progress(chat), level: chat.level, contacts: contacts() } };
      case "GET /events":
        return "events";
      case "POST /keep":
        return { value: { resume_code: body.keep ? chat.code : null } };
      case "GET /summary":
        return { value: summaryOf(chat) };
      case "GET /summary.txt":
        return { type: "text/plain", value: `Summary\r\n\r\n${summaryOf(chat).signs.present.map(({ label }) => `- ${label}\r\n`).join("")}` };
      case "GET /summary.pdf":
        return { type: "application/pdf", value: "%PDF-1.4\n" };
      case "GET /summary.ics":
        return { type: "text/calendar", value: "BEGIN:VCALENDAR\nEND:VCALENDAR\n" };
      case "GET /summary.fhir.json":
        return { type: "application/fhir+json", value: "{}" };
      case "DELETE /conversation":
        chats.delete(chat.id);
        return { value: { receipt: { id: "R-1", at: new Date().toISOString(), what: ["conversation", "The answers you gave"] } } };
      default:
        return refusal(404, "not_found", "There is nothing here.");
    }
  }

  function start(body) {
    const known = body?.resume_code && [...chats.values()].find((one) => one.code === body.resume_code);
    if (body?.resume_code && !known) return refusal(404, "unknown_code", "No check was found for this code.");
    const chat = known ?? {
      id: randomUUID(),
      tokens: [],
      code: `TEST-${chats.size + 1}`,
      messages: [],
      answers: new Map(),
      listeners: new Set(),
      step: 0,
      level: null,
      started: new Date().toISOString(),
      noted: [],
      words: [],
      flags: [],
      unsure: false,
      withStaff: false,
      toldQuiet: false,
    };
    chats.set(chat.id, chat);
    chat.tokens.push(randomUUID());
    const messages = known ? [] : add(chat, [...WELCOME, STEPS.welcome]);
    return {
      status: 201,
      value: { token: chat.tokens.at(-1), expires_at: soon(), messages, progress: progress(chat), level: chat.level, contacts: contacts(), draft, resume_code: null },
    };
  }

  function answer(chat, body) {
    if (chat.answers.has(body.id)) return { value: chat.answers.get(body.id) };
    if ((body.text ?? "").length > 2000) return refusal(413, "too_long", "That is too long. Please say it in fewer words.");
    const labels = (body.choices ?? []).map((id) => Object.values(STEPS).flatMap(({ choices, places = [] }) => [...choices, ...places]).find((choice) => choice.id === id)?.label ?? id);
    const person = add(chat, [{ kind: "statement", text: [labels.join("; "), body.text].filter(Boolean).join("\n") }], "person");
    if (body.text) chat.words.push(body.text);
    const value = { messages: [...person, ...add(chat, reply(chat, body))], progress: progress(chat), level: chat.level };
    chat.answers.set(body.id, value);
    return { value };
  }

  function reply(chat, { step, choices = [], text = "" }) {
    if (chat.withStaff && step !== "red_flag" && !/won't stop/.test(text)) return quiet(chat);
    if (step === "red_flag") {
      chat.level = "today";
      return choices.includes("not_meant") ? [notMeant(), current(chat)] : [{ kind: "statement", text: "Thank you. Let us go on when you can." }, current(chat)];
    }
    if (/won't stop|does not stop/.test(text) || choices.includes("uncontrolled_bleeding")) {
      chat.level = "emergency";
      chat.flags.push("uncontrolled_bleeding");
      return [emergency(), STEPS.red_flag];
    }
    if (/lump/.test(text)) return [STEPS.where];
    if (step === "where") return [{ kind: "statement", text: "Thank you. I have noted that." }, current(chat)];
    if (choices.includes("back")) chat.step = Math.max(0, chat.step - 2);
    if (step === "page_body") {
      chat.noted = choices.filter((id) => !["none", "unsure", "skip", "back"].includes(id));
      chat.unsure = choices.includes("unsure");
    }
    chat.step++;
    if (chat.step < ORDER.length) return [{ kind: "statement", text: "Thank you. I have noted that." }, current(chat)];
    chat.level ??= "today";
    return ending(summaryOf(chat));
  }

  function quiet(chat) {
    if (chat.toldQuiet) return [];
    chat.toldQuiet = true;
    return [{ kind: "notice", utterance: "human_quiet", text: staffNotice.human_quiet() }];
  }

  const current = (chat) => STEPS[ORDER[Math.min(chat.step, ORDER.length - 1)]];
  const contacts = () => [numbers ? CARE_TEAM : CARD];
  /** As on the real server, the welcome is no page. */
  const progress = (chat) => ({ step: ORDER[chat.step] ?? "summary", done: Math.max(chat.step - 1, 0), of: ORDER.length - 1 });
  const soon = () => new Date(Date.now() + 3_600_000).toISOString();

  function add(chat, messages, author = "bot") {
    const full = messages.map((message) => ({
      id: randomUUID(),
      at: new Date().toISOString(),
      author,
      utterance: null,
      step: null,
      choices: [],
      multiple: false,
      direction: null,
      ...message,
    }));
    chat.messages.push(...full);
    return full;
  }

  function stream(request, response) {
    const token = request.headers.authorization.replace("Bearer ", "");
    const chat = [...chats.values()].find((one) => one.tokens.includes(token));
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.write(": open\n\n");
    chat.listeners.add(response);
    response.on("close", () => chat.listeners.delete(response));
  }

  const newest = () => [...chats.values()].at(-1);

  function staffSays(text, name = undefined) {
    byStaff(newest(), { kind: "statement", text, name });
  }

  function staffTypes(typing) {
    for (const listener of newest().listeners) listener.write(`event: typing\ndata: ${JSON.stringify({ typing })}\n\n`);
  }

  function staffJoins(name) {
    Object.assign(newest(), { withStaff: true, toldQuiet: false });
    byStaff(newest(), { kind: "notice", utterance: "human_joined", text: staffNotice.human_joined(name) });
  }

  function staffLeaves() {
    newest().withStaff = false;
    byStaff(newest(), { kind: "notice", utterance: "human_left", text: staffNotice.human_left() });
  }

  /** As the server does it: notices about staff come with what they write. */
  function byStaff(chat, said) {
    const [message] = add(chat, [said], "staff");
    for (const listener of chat.listeners) listener.write(`event: message\nid: ${message.id}\ndata: ${JSON.stringify(message)}\n\n`);
  }

  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    faults,
    chats,
    staffSays,
    staffTypes,
    staffJoins,
    staffLeaves,
    close: () => (server.closeAllConnections(), new Promise((resolve) => server.close(resolve))),
  };
}

function refusal(status, code, message) {
  return { status, value: { error: { code, message, contacts: [CARE_TEAM] } } };
}

function fail(response, status, code, message) {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(refusal(status, code, message).value));
}

async function read(request) {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text ? JSON.parse(text) : null;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await startServer({ port: Number(process.argv[2] ?? 5006), numbers: false });
  console.log(`${url}/demo and ${url}/chat`);
}
