// The live parts of the desk. Every page works without them: forms are forms, and a reload shows what is new.

const policy = window.trustedTypes?.createPolicy("desk", {
  // Only what this server drew for this page, in which whatever people typed is escaped.
  createHTML: (html) => html,
});
const desk = document.body.dataset.desk ?? "/desk";
// What only a script can do is shown, and what stands in for it is not.
document.documentElement.classList.add("scripted");
const me = document.body.dataset.name ?? "";
const parse = (html) => new DOMParser().parseFromString(policy ? policy.createHTML(html) : html, "text/html");
const say = (words) => {
  const status = document.getElementById("said");
  if (status) status.textContent = words;
};

/** Events of the server; comes back by itself, and leads to the sign-in once the session has ended. */
function listen(path, handlers, connected = () => {}) {
  const source = new EventSource(path);
  source.addEventListener("open", () => connected(true));
  source.addEventListener("error", async () => {
    connected(false);
    // A refusal ends the stream for good, and does not say why.
    if (source.readyState === EventSource.CLOSED) {
      const answer = await fetch(`${desk}/`, { headers: { "X-Desk-Live": "1" }, redirect: "manual" }).catch(() => null);
      if (answer && answer.status === 401) return leave();
      setTimeout(() => listen(path, handlers, connected), 3000);
    }
  });
  source.addEventListener("signed-out", () => {
    source.close();
    leave();
  });
  for (const [name, handle] of Object.entries(handlers)) {
    source.addEventListener(name, (event) => handle(JSON.parse(event.data)));
  }
  return source;
}

function leave() {
  // What stood on the page is somebody's health; whoever comes to this screen next must not read it.
  document.getElementById("main")?.replaceChildren();
  location.assign("/desk/sign-in");
}

// the queue -----------------------------------------------------------------------------------------------------------

function queue(table) {
  const body = table.tBodies[0];
  const sound = document.getElementById("sound");
  const offline = document.getElementById("offline");
  sound.checked = localStorage.getItem("desk-sound") === "on";
  sound.addEventListener("change", () => {
    localStorage.setItem("desk-sound", sound.checked ? "on" : "off");
    if (sound.checked) beep();
  });
  let first = true;
  const mark = () => {
    for (const row of body.rows) row.classList.toggle("mine", row.dataset.owner !== "" && row.dataset.owner === me);
  };
  const update = ({ order, rows, late }) => {
    const before = new Map([...body.rows].map((row) => [row.dataset.id, row]));
    const focused = document.activeElement?.closest("tr")?.dataset.id;
    const news = [];
    const drawn = new Map();
    for (const [id, html] of Object.entries(rows)) {
      const row = parse(`<table><tbody>${html}</tbody></table>`).querySelector("tr");
      drawn.set(id, document.importNode(row, true));
    }
    for (const [id, row] of drawn) {
      const old = before.get(id);
      const urgent = "urgent" in row.dataset && !(old && "urgent" in old.dataset);
      const nowLate = "lateRow" in row.dataset && !(old && "lateRow" in old.dataset);
      if (!first && !old) row.classList.add("fresh");
      if (!first && (urgent || nowLate)) {
        news.push(`${urgent ? table.dataset.new : table.dataset.late}: ${id}, ${row.cells[0].textContent}`);
      }
      old?.replaceWith(row);
      before.set(id, row);
    }
    for (const [id, row] of before) if (!order.includes(id)) row.remove();
    order.forEach((id, place) => {
      const row = before.get(id);
      if (body.rows[place] !== row) body.insertBefore(row, body.rows[place] ?? null);
    });
    if (focused) body.querySelector(`#case-${focused} a`)?.focus({ preventScroll: true });
    document.getElementById("empty").hidden = order.length > 0;
    showLate(late);
    mark();
    if (news.length) {
      say(news.join(". "));
      if (sound.checked) beep();
    }
    first = false;
  };
  mark();
  listen(`${desk}/events`, { queue: update }, (up) => {
    offline.hidden = up;
  });
}

function showLate(number) {
  for (const place of document.querySelectorAll("[data-word]")) {
    place.hidden = number === 0;
    place.textContent = number ? `${number} ${place.dataset.word}` : "";
  }
}

function beep() {
  const audio = new AudioContext();
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = 880;
  volume.gain.setValueAtTime(0.2, audio.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.5);
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 0.5);
  tone.addEventListener("ended", () => audio.close());
}

// a case --------------------------------------------------------------------------------------------------------------

function caseOf(page) {
  const path = `${desk}/cases/${page.dataset.case}`;
  const chat = document.getElementById("transcript");
  if (chat) chat.scrollTop = chat.scrollHeight;
  let busy = false;
  let again = false;
  const refresh = async () => {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    do {
      again = false;
      const answer = await fetch(`${path}/live`, { headers: { "X-Desk-Live": "1" } }).catch(() => null);
      if (answer?.status === 401) return leave();
      if (answer?.ok) exchange(parse(await answer.text()));
    } while (again);
    busy = false;
  };
  // The first event comes at once, and again after each break of the line: something may have changed until then.
  listen(`${path}/events`, { changed: refresh });
}

/** What a reader can stand on, by what tells it from the others of its part: most buttons have no id. */
const FIELDS = "input, textarea, select";
const STOPS = `a[href], button, summary, ${FIELDS}`;
const keyOf = (stop) => stop.id || [stop.localName, stop.name, stop.form?.getAttribute("action"), stop.textContent.trim()].join(" ");
const stopsOf = (part, which) => new Map([...part.querySelectorAll(which)].map((stop) => [keyOf(stop), stop]));

/** Put the parts of a newer page in the place of those that have changed; what is being typed stays, and where. */
function exchange(newer) {
  const heard = [];
  for (const fresh of newer.querySelectorAll("[data-live]")) {
    const old = document.querySelector(`[data-live="${fresh.dataset.live}"]`);
    if (!old || old.dataset.key === fresh.dataset.key) continue;
    const part = document.importNode(fresh, true);
    carry(old, part);
    const folds = stopsOf(part, "summary");
    for (const open of old.querySelectorAll("details[open] > summary")) {
      const same = folds.get(keyOf(open));
      if (same) same.parentElement.open = true;
    }
    if (fresh.dataset.live === "chat") heard.push(...news(old, part));
    if (fresh.dataset.live === "head") heard.push(part.querySelector("h1")?.textContent.replace(/\s+/g, " ").trim());
    const stop = old.contains(document.activeElement) ? document.activeElement : null;
    const caret = stop?.matches("input, textarea") ? [stop.selectionStart, stop.selectionEnd, stop.selectionDirection] : null;
    old.replaceWith(part);
    if (stop) stand(part, stop === old ? part : stopsOf(part, STOPS).get(keyOf(stop)), caret);
    if (fresh.dataset.live === "chat") part.scrollTop = part.scrollHeight;
  }
  if (heard.length) say(heard.filter(Boolean).map((one) => (/[.!?…]$/.test(one) ? one : `${one}.`)).join(" "));
}

/** What was typed or ticked goes into the newer part; a text that has no field there any more stays to be copied. */
function carry(old, part) {
  const fields = stopsOf(part, FIELDS);
  for (const [key, typed] of stopsOf(old, FIELDS)) {
    const field = fields.get(key);
    if (!field) {
      if (typed.localName === "textarea" && typed.value.trim()) part.append(...unsent(typed));
    } else if (field.type === "checkbox") {
      field.checked = typed.checked;
    } else if (field.type !== "hidden") {
      const given = field.value;
      field.value = typed.value;
      // A choice that is no longer offered.
      if (field.selectedIndex === -1) field.value = given;
    }
  }
}

function unsent(typed) {
  const label = document.createElement("label");
  const text = document.createElement("textarea");
  label.textContent = document.getElementById("case").dataset.notSent;
  label.htmlFor = text.id = typed.readOnly ? typed.id : `unsent-${typed.id}`;
  text.readOnly = true;
  text.rows = 4;
  text.value = typed.value;
  return [label, text];
}

/** The focus again where it was; where that is gone, on the part, so that Tab does not begin at the top of the page. */
function stand(part, stop, caret) {
  if (!stop) part.tabIndex = -1;
  (stop ?? part).focus({ preventScroll: true });
  if (stop && caret?.[0] != null) stop.setSelectionRange(...caret);
}

const news = (old, part) =>
  [...part.children].slice(old.children.length).map((item) => item.textContent.replace(/\s+/g, " ").trim());

// That somebody is typing is shown to the person; the server forgets it after 8 seconds.
let typed = 0;
document.addEventListener("input", ({ target }) => {
  const page = document.getElementById("case");
  if (!page || target.id !== "reply" || !target.value.trim() || Date.now() - typed < 4000) return;
  typed = Date.now();
  const body = new URLSearchParams({ csrf: target.form.elements.csrf.value });
  // It matters to nobody when it is lost.
  fetch(`${desk}/cases/${page.dataset.case}/typing`, { method: "POST", body }).catch(() => {});
});

// snippets ------------------------------------------------------------------------------------------------------------

// By delegation: the form of a reply is exchanged for a newer one while the page is open.
const chosen = () => document.querySelector("[data-snippets]")?.value;
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-snippets]")) return;
  // Where it comes from and until when it holds is read before it is put anywhere.
  document.getElementById("snippet-about").textContent = document.getElementById(`about-${chosen()}`)?.textContent ?? "";
});
document.addEventListener("click", (event) => {
  const field = document.getElementById(event.target.closest("[data-insert]")?.dataset.insert);
  const text = document.getElementById(`snippet-${chosen()}`)?.textContent;
  if (!field || !text) return;
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  field.focus();
});

// all pages -----------------------------------------------------------------------------------------------------------

// A fault, or what an action has brought about, is heard before the rest of the page.
(document.getElementById("fault") ?? document.getElementById("done"))?.focus();
for (const form of document.querySelectorAll("form")) {
  // A second press of a slow button sends nothing more; the server would take the form once in any case.
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent && !form.action.includes("/export/")) event.preventDefault();
    form.dataset.sent = "yes";
  });
}
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form")) delete form.dataset.sent;
});
const table = document.getElementById("queue");
if (table) queue(table);
const page = document.getElementById("case");
if (page) caseOf(page);

export { leave, parse, say };
