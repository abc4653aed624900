import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "./support/load.mjs";

const { blocks } = await load("text/blocks.ts");
const { toggle, openQuestion } = await load("state/choices.ts");
const { urgentMessage } = await load("state/urgent.ts");
const { careTeam, phoneHref } = await load("state/contacts.ts");
const { merge, spoken } = await load("state/transcript.ts");
const { readEvents } = await load("transport/event-stream.ts");

const message = (id, rest = {}) => ({ id, at: "", author: "bot", kind: "statement", text: id, ...rest });
const directed = (id, level, crisis = false) => message(id, { kind: "direction", direction: { level, crisis, say: null, contacts: [] } });

test("a text is parted into paragraphs and bullets, and keeps every character", () => {
  assert.deepEqual(blocks("One\ntwo\n\nThen:\n- a <b>\n- b\nlast"), [
    { kind: "paragraph", text: "One\ntwo" },
    { kind: "paragraph", text: "Then:" },
    { kind: "list", items: ["a <b>", "b"] },
    { kind: "paragraph", text: "last" },
  ]);
});

test("none stands alone, and not sure may stand beside ticks", () => {
  assert.deepEqual(toggle(["a", "unsure"], "none", true), ["none"]);
  assert.deepEqual(toggle(["none"], "a", true), ["a"]);
  assert.deepEqual(toggle(["none"], "unsure", true), ["unsure"]);
  assert.deepEqual(toggle(["a"], "unsure", true), ["a", "unsure"]);
  assert.deepEqual(toggle(["a", "b"], "a", false), ["b"]);
});

test("the open question is the last that asks for something, also with staff messages after it", () => {
  const question = message("q2", { kind: "question" });
  assert.equal(openQuestion([message("q1", { kind: "question" }), question, message("s", { author: "staff" })]), question);
  assert.equal(openQuestion([message("a")]), null);
});

test("an urgent direction stays until a newer one, or the level, says less", () => {
  const urgent = directed("e", "emergency");
  assert.equal(urgentMessage([urgent, message("later")], "emergency"), urgent);
  assert.equal(urgentMessage([urgent, message("later")], null), urgent);
  assert.equal(urgentMessage([urgent, message("later")], "today"), null);
  assert.equal(urgentMessage([urgent, directed("t", "today")], "today"), null);
});

test("a crisis stays in sight whatever the level beside it", () => {
  const crisis = directed("c", "soon", true);
  assert.equal(urgentMessage([crisis], "soon"), crisis);
});

test("the care team that is open now is kept in sight, never another line in its place", () => {
  const day = { role: "care_team", name: "day", phone: "1", open_now: false };
  const night = { role: "out_of_hours", name: "night", phone: "2", open_now: true };
  const emergency = { role: "emergency", name: "emergency", phone: "999" };
  assert.equal(careTeam([], [emergency, day, night]), night);
  assert.equal(careTeam([], [emergency]), null);
  const said = message("d", { direction: { level: "today", crisis: false, say: null, contacts: [emergency, day] } });
  assert.equal(careTeam([said], [night]), day);
});

test("a number is dialled by its digits; a text line, and one without digits, is not dialled", () => {
  assert.equal(phoneHref({ role: "care_team", name: "", phone: "+44 (0)20 7946 0000" }), "tel:+4402079460000");
  assert.equal(phoneHref({ role: "emergency_text", name: "", phone: "999" }), null);
  assert.equal(phoneHref({ role: "care_team", name: "card", phone: null }), null);
  assert.equal(phoneHref({ role: "care_team", name: "card", phone: "javascript:alert" }), null);
});

test("the history adds what is missing and doubles nothing, also when the server names our messages anew", () => {
  const mine = message("local", { author: "person" });
  const history = [message("a"), message("server", { author: "person" }), message("b"), message("other", { author: "person" }), message("c")];
  assert.deepEqual(
    merge([message("a"), mine], history).map(({ id }) => id),
    ["a", "local", "b", "other", "c"],
  );
});

test("an answer stands in the transcript as its labels, then the person's own words", () => {
  const question = message("q", { choices: [{ id: "x", label: "Ex" }, { id: "y", label: "Why" }] });
  assert.equal(spoken({ id: "1", choices: ["x", "y"], text: "and more" }, question, new Date(0)).text, "- Ex\n- Why\n\nand more");
  assert.equal(spoken({ id: "1", choices: ["x"] }, question, new Date(0)).text, "Ex");
});

test("events are read from a stream that is cut anywhere, and keep-alives are skipped", async () => {
  const bytes = new TextEncoder().encode(": ping\n\nevent: message\ndata: {\"a\":\ndata: \"é\"}\n\ndata: two\n\n");
  const stream = new ReadableStream({
    start(controller) {
      for (const byte of bytes) controller.enqueue(new Uint8Array([byte]));
      controller.close();
    },
  });
  const found = [];
  for await (const event of readEvents(stream)) found.push(event);
  assert.deepEqual(found, ['{"a":\n"é"}', "two"]);
});
