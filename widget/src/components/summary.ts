import { html, nothing, type TemplateResult } from "lit";

import { text } from "../text/en-GB.extras.js";
import { day, dayAndTime } from "../text/format.extras.js";
import type { NotedSign, Summary } from "../transport/contract.js";
import { theirs } from "./content-language.js";
import { directionCard } from "./direction.js";
import { plainText } from "./plain-text.js";
import { readingItem } from "./readings.js";
import { said } from "./said.js";
import { timelinePart } from "./timeline.js";

/**
 * Everything that was noted, and the directions first: a page for the person, or for the one they show it to.
 * `id` tells its elements from those of another summary on the page.
 */
export function summaryContent(summary: Summary, id: string): TemplateResult {
  // An id may mean different things in two answers, so a label may stand under both names.
  const name = (id: string, of = "sign") =>
    summary.labels?.[`${of}.${id}`] ?? summary.labels?.[id] ?? id.replaceAll("_", " ");
  const names = (ids: readonly string[], of?: string) => ids.map((id) => said(name(id, of)));
  const { present, not_sure, not_answered, past, absent } = summary.signs;
  const noted = present.length + summary.red_flags.length + not_sure.length;
  return html`<div class="summary">
    ${summary.directions.map((direction, i) => directionCard(direction, direction.text ?? "", `${id}-card-${i}`))}
    ${facts(summary, name)} ${list(text.summaryRedFlags(), names(summary.red_flags, "red_flag"))}
    ${noted || summary.notes?.length ? nothing : html`<p>${text.summaryNothing()}</p>`}
    ${present.length
      ? html`<h3>${text.summaryPresent()}</h3>
          <ul>
            ${present.map((sign) => signItem(sign, name))}
          </ul>`
      : nothing}
    ${timelinePart(summary, id)} ${list(text.summaryNotSure(), names(not_sure))}
    ${list(text.summaryTemperatures(), (summary.temperatures ?? []).map((reading) => readingItem(reading, name)))}
    ${list(text.summaryMedicines(), listOf(summary.medicines).map((id) => said(name(id, "medicines"))))} ${notes(summary)}
    ${list(text.summaryPast(), names(past))} ${list(text.summaryNotAnswered(), names(not_answered))}
    ${list(text.summaryAbsent(), names(absent))}
    <p class="note">${text.summaryNotDiagnosis()}</p>
  </div>`;
}

/** The words for an id of the field `of`. */
type Name = (id: string, of: string) => string;

function facts(summary: Summary, name: Name): TemplateResult {
  const rows: [string, string, string | null | undefined][] = [
    [text.summaryAbout(), "about", summary.about],
    [text.summaryCondition(), "condition", summary.condition],
    [text.summaryTreatment(), "recent_treatment", summary.recent_treatment],
    [text.summaryWorry(), "worry", summary.worry == null ? null : String(summary.worry)],
  ];
  return html`<p class="note">${text.summaryStarted(dayAndTime(summary.started_at))}</p>
    <dl>
      ${rows.map(([term, of, value]) => (value ? html`<div><dt>${term}</dt><dd lang=${theirs()}>${name(value, of)}</dd></div>` : nothing))}
    </dl>`;
}

function signItem(sign: NotedSign, name: Name): TemplateResult {
  const { words, date, precision } = sign.since ?? {};
  return html`<li>
    <strong lang=${theirs()}>${sign.label}</strong>
    ${words ? html`<br />${text.since()} ${said(words)}` : nothing}
    ${!words && date ? html`<br />${text.since()} ${day(date, precision)}` : nothing}
    ${sign.change ? html`<br />${text.change()} ${said(name(sign.change, "change"))}` : nothing}
    ${listOf(sign.detail).map((line) => html`<br />${said(line)}`)}
    ${listOf(sign.words).map((words) => html`<br /><q lang=${theirs()}>${words}</q>`)}
  </li>`;
}

function notes(summary: Summary): TemplateResult | typeof nothing {
  if (!summary.notes?.length) return nothing;
  return html`<h3>${text.summaryNotes()}</h3>
    ${summary.notes.map((note) => html`<blockquote>${plainText(typeof note === "string" ? note : note.text)}</blockquote>`)}`;
}

function list(title: string, items: readonly TemplateResult[]): TemplateResult | typeof nothing {
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
