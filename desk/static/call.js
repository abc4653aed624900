// A call: one key for each answer, and each answer without a new page. Every form works without this file.

import { leave, parse, say } from "./desk.js";

const call = document.getElementById("call");
const fault = document.getElementById("call-fault");
const byKey = document.getElementById("single-keys");
const live = () => document.getElementById("call-live");
const text = (element) => element?.textContent.replace(/\s+/g, " ").trim() ?? "";

// keys ----------------------------------------------------------------------------------------------------------------

byKey.checked = localStorage.getItem("desk-keys") !== "off";
byKey.addEventListener("change", () => localStorage.setItem("desk-keys", byKey.checked ? "on" : "off"));

const isField = (element) =>
  element?.matches?.("textarea, select, input:not([type=checkbox], [type=radio], [type=submit], [type=button])") || element?.isContentEditable;

/** The name of a pressed key; figures are the same with Shift, as on a French keyboard. */
function nameOf({ key, shiftKey }) {
  if (/^[0-9]$/.test(key)) return key;
  return /^[a-z]$/i.test(key) ? (shiftKey ? "Shift+" : "") + key.toLowerCase() : null;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (isField(event.target)) {
    if (event.key === "Escape") {
      event.target.blur();
      (document.getElementById("ask") ?? document.getElementById("main")).focus();
    }
    return;
  }
  if (!byKey.checked || event.repeat) return;
  if (event.key === "Enter" && !event.target.closest("a, button, summary, input")) {
    event.preventDefault();
    document.getElementById("go")?.click();
    return;
  }
  const name = nameOf(event);
  const meant = name && call.querySelector(`[data-key="${name}"]`);
  if (!meant) return;
  // Else the letter would be written into the field that it leads to.
  event.preventDefault();
  meant.focus();
  if (!isField(meant)) meant.click();
});

// "None of these" and a tick beside it cannot both be meant; the later one is.
call.addEventListener("change", ({ target }) => {
  if (target.name !== "choice" || !target.checked) return;
  for (const other of call.querySelectorAll("input[name=choice]:checked")) {
    if (other !== target && (target.value === "none" || other.value === "none")) other.checked = false;
  }
});

// time ----------------------------------------------------------------------------------------------------------------

const timer = call.querySelector("[role=timer][data-seconds]");
if (timer) {
  // Counted from what the server says, by this machine's own steps: its time of day may be wrong.
  const begun = performance.now() - Number(timer.dataset.seconds) * 1000;
  const two = (number) => String(number).padStart(2, "0");
  setInterval(() => {
    const seconds = Math.floor((performance.now() - begun) / 1000);
    const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
    timer.textContent = hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
  }, 1000);
}

// sending -------------------------------------------------------------------------------------------------------------

/** One thing after the other: a note that is being saved is saved before the next answer is sent. */
let last = Promise.resolve();
const inTurn = (job) => (last = last.then(job, job));

call.addEventListener("submit", (event) => {
  const form = event.target;
  if (!live()?.contains(form)) return;
  event.preventDefault();
  if (form.id === "notes") return void inTurn(() => save(form));
  if (form.dataset.going) return;
  form.dataset.going = "yes";
  const typed = new FormData(form);
  if (event.submitter?.name) typed.append(event.submitter.name, event.submitter.value);
  inTurn(() => answer(form, typed));
});
call.addEventListener("change", ({ target }) => {
  if (target.form?.id === "notes") inTurn(() => save(target.form));
});

/** What the server answers to a form; null when nothing came back, which is said. */
async function post(form, typed) {
  fault.hidden = true;
  const sent = { method: "POST", body: new URLSearchParams(typed), headers: { "X-Desk-Part": "1" } };
  const response = await fetch(form.action, sent).catch(() => null);
  if (response?.status === 401 || (response?.redirected && response.url.endsWith("/desk/sign-in"))) {
    leave();
    return null;
  }
  if (!response) tell(call.dataset.lost);
  return response;
}

function tell(words) {
  fault.textContent = words;
  fault.hidden = false;
}

async function answer(form, typed) {
  const response = await post(form, typed);
  delete form.dataset.going;
  if (!response) return;
  const newer = parse(await response.text());
  if (newer.getElementById("call-live")) exchange(newer, form);
  else if (response.redirected && response.ok) location.assign(response.url);
  else tell(text(newer.querySelector("[role=alert]")) || call.dataset.lost);
}

/** The next question in the place of this one. The focus goes to what matters most; what changed is said. */
function exchange(newer, sent) {
  const fresh = document.importNode(newer.getElementById("call-live"), true);
  if (sent.id !== "reading") {
    for (const field of live().querySelectorAll("#reading input:not([type=hidden])")) {
      fresh.querySelector(`#${field.id}`).value = field.value;
    }
  }
  live().replaceWith(fresh);
  const question = [text(fresh.querySelector(".said")), text(fresh.querySelector("#question"))];
  say(question.filter(Boolean).join(" "));
  (fresh.querySelector("#fault") ?? fresh.querySelector("#urgent") ?? fresh.querySelector("#ask")).focus();
}

/** Notes are saved as they are left; the page stays as it is. */
async function save(form) {
  // The question may have been answered since, and with it another form stands here.
  if (!form.isConnected) return;
  const typed = new FormData(form);
  const response = await post(form, typed);
  if (!response) return;
  const newer = parse(await response.text());
  const renewed = newer.getElementById("notes");
  if (!response.ok || !renewed) {
    tell(text(newer.querySelector("[role=alert]")) || call.dataset.lost);
    if (renewed) form.elements.once.value = renewed.elements.once.value;
    return;
  }
  form.elements.once.value = renewed.elements.once.value;
  for (const [name, value] of typed) if (form.elements[`was:${name}`]) form.elements[`was:${name}`].value = value;
  if (form.elements.case_note.value === typed.get("case_note")) form.elements.case_note.value = "";
  say(call.dataset.saved);
}

// the first look ------------------------------------------------------------------------------------------------------

(document.getElementById("fault") ?? document.getElementById("urgent") ?? document.getElementById("ask") ?? document.getElementById("end-title"))?.focus();
