import { html, nothing, svg, type TemplateResult } from "lit";

import { text } from "../text/en-GB.extras.js";
import { ago, calendarDay, calendarDays } from "../text/format-time.js";
import type { NotedSign, Summary, TimelineRow } from "../transport/contract.js";
import { theirs } from "./content-language.js";
import { said } from "./said.js";

/** In parts of the line: a bar is never so short that it looks like a dot. */
const SHORTEST = 0.04;

/**
 * The noted signs by when they began: a list in the person's words, each with a mark where the server has placed it.
 *
 * The words stand in the page, not in the drawing, so that they wrap, grow and are read like all others. `id` tells
 * its elements from those of another summary.
 */
export function timelinePart(summary: Summary, id: string): TemplateResult | typeof nothing {
  const { timeline } = summary;
  if (!timeline) return nothing;
  const sign = (row: TimelineRow) => summary.signs.present.find(({ sign }) => sign === row.sign);
  const known = timeline.rows.filter(({ kind }) => kind !== "unknown");
  const unknown = timeline.rows.filter(({ kind }) => kind === "unknown");
  const { count, unit } = timeline;
  return html`<section class="timeline" aria-labelledby="${id}-timeline">
    <h3 id="${id}-timeline">${text.timeline()}</h3>
    <p class="note">${key(known)}</p>
    <div class="axis" aria-hidden="true">
      ${[ago(count, unit), ago(count / 2, unit), ago(0, "day")].map((words) => html`<span><bdi>${words}</bdi></span>`)}
    </div>
    <ul class="rows">
      ${known.map((row) => html`<li>${words(sign(row), row)} ${strip(row)}</li>`)}
    </ul>
    ${unknown.length
      ? html`<h4>${text.timelineUnknown()}</h4>
          <ul>
            ${unknown.map((row) => html`<li>${words(sign(row), row)}</li>`)}
          </ul>`
      : nothing}
  </section>`;
}

/** What the shapes mean: of those that are there. */
function key(rows: readonly TimelineRow[]): string {
  const meanings = { day: text.timelineDay, span: text.timelineSpan, before: text.timelineBefore };
  return (["day", "span", "before"] as const)
    .filter((kind) => rows.some((row) => row.kind === kind))
    .map((kind) => meanings[kind]())
    .join(" ");
}

function words(sign: NotedSign | undefined, row: TimelineRow): TemplateResult {
  const since = sign?.since?.words;
  return html`<strong lang=${theirs()}>${sign?.label ?? row.sign}</strong>${since ? html`<br />${said(since)}` : nothing}`;
}

/**
 * One mark on its line: a dot for a day, a bar for a span, a bar with an arrow where only its end is known. Told apart
 * by shape, in the colour of the text. Lengths across are parts of the width; all others grow with the letters.
 */
function strip(row: TimelineRow): TemplateResult {
  const to = percent(row.to ?? 1);
  const from = percent(Math.max(0, Math.min(row.from ?? 0, (row.to ?? 1) - SHORTEST)));
  const bar = (start: string) =>
    svg`<line class="bar" x1=${start} x2=${to} y1="50%" y2="50%"/><line class="bar inner" x1=${start} x2=${to} y1="50%" y2="50%"/>`;
  const marks = {
    day: () => svg`<circle cx=${to} cy="50%" r="0.4em"/>`,
    span: () => bar(from),
    before: () =>
      svg`${bar("0.7em")}<svg width="1em" height="1.4em" viewBox="0 0 10 14"><path d="M0 7 10 0V14z"/></svg>`,
    unknown: () => nothing,
  };
  return html`<svg class="strip" role="img" aria-label=${whenInDays(row)} focusable="false">
    ${["0", "50%", "100%"].map((x) => svg`<line class="tick" x1=${x} x2=${x} y1="0" y2="100%"/>`)}
    <line class="tick" x1="0" x2="100%" y1="50%" y2="50%" />
    ${marks[row.kind]()}
  </svg>`;
}

/** The mark in words: as days of the calendar. */
function whenInDays({ kind, first, last }: TimelineRow): string {
  if (!last) return text.timelineUnknown();
  if (kind === "day") return text.onDay(calendarDay(last));
  return first ? text.inSpan(calendarDays(first, last)) : text.beforeDay(calendarDay(last));
}

function percent(part: number): string {
  return `${Math.round(part * 1000) / 10}%`;
}
