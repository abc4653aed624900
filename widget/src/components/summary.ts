import { html, nothing, type TemplateResult } from "lit";

import { text } from "../text/en-GB.js";
import { dayAndTime, degrees } from "../text/format.js";
import type { NotedSign, Summary } from "../transport/contract.js";
import { directionCard } from "./direction.js";
import { plainText } from "./plain-text.js";

/**
 * Everything that was noted, and the directions first: a page for the person, or for the one they show it to.
 * `id` tells its elements from those of another summary on the page.
 */
export function summaryContent(summary: Summary, id: string): TemplateResult {
  // An id may mean different things in two answers, so a label may stand under both names.
  const name = (id: string, of = "sign") =>
    summary.labels?.[`${of}.${id}`] ?? summary.labels?.[id] ?? id.replaceAll("_", " ");
  const names = (ids: readonly string[]) => ids.map((id) => name(id));
  const { present, not_sure, not_answered, past, absent } = summary.signs;
  const noted = present.length + summary.red_flags.length + not_sure.length;
  return html`<div class="summary">
    ${summary.directions.map((direction, i) => directionCard(direction, direction.text ?? "", `${id}-card-${i}`))}
    ${facts(summary, name)} ${list(text.summaryRedFlags(), names(summary.red_flags))}
    ${noted || summary.notes?.length ? nothing : html`<p>${text.summaryNothing()}</p>`}
    ${present.length
      ? html`<h3>${text.summaryPresent()}</h3>
          <ul>
            ${present.map(signItem)}
          </ul>`
      : nothing}
    ${list(text.summaryNotSure(), names(not_sure))} ${list(text.summaryTemperatures(), temperatures(summary))}
    ${list(text.summaryMedicines(), listOf(summary.medicines).map((id) => name(id, "medicines")))} ${notes(summary)}
    ${list(text.summaryPast(), names(past))} ${list(text.summaryNotAnswered(), names(not_answered))}
    ${list(text.summaryAbsent(), names(absent))}
    <p class="note">${text.summaryNotDiagnosis()}</p>
  </div>`;
}

function facts(summary: Summary, name: (id: string, of: string) => string): TemplateResult {
  const rows: [string, string, string | null | undefined][] = [
    [text.summaryAbout(), "about", summary.about],
    [text.summaryCondition(), "condition", summary.condition],
    [text.summaryTreatment(), "recent_treatment", summary.recent_treatment],
    [text.summaryWorry(), "worry", summary.worry == null ? null : String(summary.worry)],
  ];
  return html`<p class="note">${text.summaryStarted(dayAndTime(summary.started_at))}</p>
    <dl>
      ${rows.map(([term, of, value]) => (value ? html`<div><dt>${term}</dt><dd>${name(value, of)}</dd></div>` : nothing))}
    </dl>`;
}

function signItem(sign: NotedSign): TemplateResult {
  const since = sign.since?.words ?? sign.since?.date;
  return html`<li>
    <strong>${sign.label}</strong>
    ${since ? html`<br />${text.since(since)}` : nothing}
    ${sign.change ? html`<br />${text.change(sign.change)}` : nothing}
    ${listOf(sign.detail).map((line) => html`<br />${line}`)}
    ${listOf(sign.words).map((words) => html`<br /><q>${words}</q>`)}
  </li>`;
}

function temperatures(summary: Summary): string[] {
  return (summary.temperatures ?? []).map(({ c, when, words }) =>
    [c == null ? words : text.degrees(degrees(c)), when].filter(Boolean).join(", "),
  );
}

function notes(summary: Summary): TemplateResult | typeof nothing {
  if (!summary.notes?.length) return nothing;
  return html`<h3>${text.summaryNotes()}</h3>
    ${summary.notes.map((note) => html`<blockquote>${plainText(typeof note === "string" ? note : note.text)}</blockquote>`)}`;
}

function list(title: string, items: readonly string[]): TemplateResult | typeof nothing {
  if (!items.length) return nothing;
  return html`<h3>${title}</h3>
    <ul>
      ${items.map((item) => html`<li>${item}</li>`)}
    </ul>`;
}

function listOf(value: string | readonly string[] | null | undefined): readonly string[] {
  if (value == null) return [];
  return typeof value === "string" ? [value] : value;
}
