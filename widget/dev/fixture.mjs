/**
 * A short conversation for developing the widget: one of each thing that the channel can say. Its words are
 * placeholders; the reviewed ones live in content/.
 */
export const CARE_TEAM = {
  role: "care_team",
  name: "your care team",
  phone: "020 7946 0000",
  hours: "Monday to Friday, 9 am to 5 pm",
  open_now: true,
  if_no_answer: "If nobody answers within a few minutes, call 999.",
};
export const CARD = {
  role: "care_team",
  name: "the number on your treatment card",
  phone: null,
  hours: null,
  open_now: null,
  if_no_answer: null,
};
const EMERGENCY = { role: "emergency", name: "the emergency number", phone: "999", hours: "Day and night", open_now: true, if_no_answer: null };
const EMERGENCY_TEXT = { role: "emergency_text", name: "the emergency number", phone: "999", hours: null, open_now: null, if_no_answer: null };

const choice = (id, label, help = null) => ({ id, label, help });
const BACK = choice("back", "Back");
const SKIP = choice("skip", "Skip this");
const NONE = choice("none", "None of these");
const UNSURE = choice("unsure", "Not sure");

const place = (id, ticks = null) => ({ id: `at:${id}`, label: id[0].toUpperCase() + id.slice(1).replaceAll("_", " "), choice: ticks });
const both = (name, ticks) => [place(`left_${name}`, ticks), place(`right_${name}`, ticks)];

const say = (text, rest = {}) => ({ kind: "statement", text, ...rest });
const ask = (step, text, choices, multiple = false) => ({ kind: "question", step, text, choices, multiple });

export const STEPS = {
  welcome: ask("welcome", "Shall we start?", [choice("start", "Start the check"), choice("ask", "Ask a question"), choice("person", "Talk to a person")]),
  right_now_1: ask(
    "right_now_1",
    "Is any of these there right now?",
    [
      choice(
        "uncontrolled_bleeding",
        "Bleeding that does not stop",
        "It goes on after 10 minutes of firm pressure. Or the blood runs, soaks a cloth, or fills a cup. On black and brown skin look at the gums and inside the lips too.",
      ),
      choice("severe_breathlessness", "Too short of breath to say a sentence", "Also when sitting still"),
      NONE,
      UNSURE,
      BACK,
    ],
    true,
  ),
  who: ask("who", "Who is this check for?", [choice("self", "Me"), choice("child", "My child"), choice("adult", "Someone I care for"), SKIP, BACK]),
  page_body: ask(
    "page_body",
    "Have you noticed any of these?\n\nThink of the last two weeks.",
    [
      choice("fatigue", "Much more tired than usual"),
      choice("fever", "Fever, or feeling hot"),
      choice("night_sweats", "Sweats at night", "So that the sheets are wet"),
      choice("weight_loss", "Losing weight without trying"),
      NONE,
      UNSURE,
      SKIP,
      BACK,
    ],
    true,
  ),
  anything_else: ask("anything_else", "Is there anything else? Say it in your own words.", [SKIP, BACK]),
  where: {
    ...ask(
      "where",
      "Where is the lump, and is it like any of these?",
      [choice("growing", "It has grown over a few days"), choice("neck", "In the neck"), choice("armpit", "In an armpit"), NONE, UNSURE, SKIP, BACK],
      true,
    ),
    places: [
      ...["head", "eyes", "groin", "upper_back", "middle_back", "lower_back", "tailbone"].map((id) => place(id)),
      place("neck", "neck"),
      ...both("armpit", "armpit"),
      ...["shoulder", "chest", "ribs", "belly", "upper_arm", "elbow", "forearm", "hand"].flatMap((name) => both(name)),
      ...["hip", "buttock", "thigh", "knee", "lower_leg", "foot"].flatMap((name) => both(name)),
    ],
  },
  red_flag: ask("red_flag", "What happens now?", [
    choice("called", "I have called"),
    choice("cannot_call", "I can't call"),
    choice("not_meant", "That is not what I meant"),
  ]),
};
export const ORDER = ["welcome", "right_now_1", "who", "page_body", "anything_else"];

export const WELCOME = [
  say(
    "This is a checklist of warning signs. It helps you tell your care team what you notice.\n\nIt does not:\n- say what the cause is\n- replace your care team",
  ),
  say("In an emergency, do not wait for this chat. Call your emergency number.", { kind: "notice" }),
];

export const direction = (level, contacts) => ({ level, crisis: false, say: "Say: I have had treatment for a blood cancer. I was told to call about this.", contacts });
export const emergency = () => ({
  kind: "direction",
  text: "Call 999 now. Tell them about the bleeding.\n\nWhile you wait:\n- press on the place\n- sit or lie down",
  direction: direction("emergency", [EMERGENCY, EMERGENCY_TEXT, CARE_TEAM]),
});
export const notMeant = () => ({
  kind: "direction",
  text: "Thank you for saying so. Please still call your care team today.",
  direction: direction("today", [CARE_TEAM]),
});
export const ending = (summary) => [
  { kind: "summary", text: "Here is what you told me.", summary },
  { kind: "direction", text: "Call your care team today and read them your summary.", direction: direction("today", [CARE_TEAM]) },
];

/** When each sign of the fixture began, and where the server would put it on a line of eight weeks. */
const BEGAN = {
  weight_loss: [{ words: "Longer ago", date: null, precision: "months" }, { kind: "before", first: null, last: "2026-10-26", from: 0, to: 0.5 }],
  fatigue: [{ words: "about three weeks", date: "2026-11-02", precision: "weeks" }, { kind: "span", first: "2026-10-29", last: "2026-11-06", from: 0.5536, to: 0.6964 }],
  fever: [{ words: "since Friday", date: "2026-11-20", precision: "day" }, { kind: "day", first: "2026-11-20", last: "2026-11-20", from: 0.9464, to: 0.9464 }],
  night_sweats: [{ words: "since my last clinic", date: null, precision: null }, { kind: "unknown", first: null, last: null, from: null, to: null }],
};

function timelineOf(noted) {
  const rows = Object.keys(BEGAN).filter((sign) => noted.includes(sign)).map((sign) => ({ sign, ...BEGAN[sign][1] }));
  return rows.some(({ kind }) => kind !== "unknown") ? { today: "2026-11-23", unit: "week", count: 8, rows } : null;
}

/** What the checklist says when staff come, while they are there, and when they leave. */
export const staffNotice = {
  human_joined: (name) =>
    `You are now writing with ${name}, who is a person. The checklist keeps quiet while they are here. It still looks out for signs of an emergency.`,
  human_quiet: () => "A person is answering here, so the checklist waits. I still look out for signs of an emergency.",
  human_left: () => "The person has left this chat. You are back with the checklist. It goes on where it stopped.",
};

export function summaryOf(state) {
  return {
    content_version: "dev",
    started_at: state.started,
    about: "self",
    condition: null,
    recent_treatment: null,
    signs: {
      present: state.noted.map((sign) => ({
        sign,
        label: STEPS.page_body.choices.find(({ id }) => id === sign)?.label ?? sign,
        since: BEGAN[sign]?.[0] ?? null,
        change: "worse",
        detail: null,
        words: state.words[0] ?? null,
      })),
      absent: ["weight_loss"],
      not_sure: state.unsure ? ["night_sweats"] : [],
      not_answered: [],
      past: [],
    },
    timeline: timelineOf(state.noted),
    temperatures: state.noted.includes("fever") ? [{ c: 38.2, when: "now", at: "2026-11-23T09:30:00+00:00", words: "38.2" }] : [],
    medicines: null,
    worry: null,
    red_flags: state.flags,
    level: state.level,
    crisis: false,
    directions: [{ title: "Call your care team today", text: "Read them this summary.", ...direction(state.level ?? "keep", [CARE_TEAM]) }],
    notes: state.words,
    labels: { "temperature_when.now": "Just now", weight_loss: "losing weight", night_sweats: "sweats at night", self: "Me", uncontrolled_bleeding: "bleeding that does not stop" },
  };
}
