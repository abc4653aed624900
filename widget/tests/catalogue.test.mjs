/** The catalogue: complete in each language, used, and the only place for words. And how a language is chosen. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { faults, faultsOfLocales, localeWords, sourceWords, templateWords } from "../dev/catalogue.mjs";
import { PSEUDO } from "../dev/pseudo.mjs";
import { load } from "./support/load.mjs";

const { nearest, writingDirection } = await load("text/choose.ts");
const { temperature, day } = await load("text/format.extras.ts");
const { LANGUAGES } = await load("text/languages.ts");

test("each locale has the ids of the source, each word is used, and none stands in a template", async () => {
  assert.deepEqual(await faults(), []);
});

test("a word that is missing, unknown, or without its value is found", async () => {
  const broken = async (locale, part) => {
    const words = await localeWords(locale, part);
    if (part) return words;
    words.delete("title");
    return words.set("page", "Page ${0}").set("new", "new");
  };
  assert.deepEqual(await faultsOfLocales(broken), [
    "en-US: title is missing",
    "en-US: page has other values than the source",
    "en-US: new is unknown to the source",
  ]);
});

test("words in a template, and in an attribute that is read out, are found; code and comments are not", () => {
  const code = 'const a = html`<p class="big" title="Hello">${b ? html`<i>there</i>` : `not ${c}`} </p>`; // html`<p>no</p>`\nconst r = /[`"]/; const d = html`<b aria-label=${e}>: &nbsp;</b>`;';
  assert.deepEqual(templateWords(code.replace("&nbsp;", "")), ["there", "Hello"]);
});

test("the launcher says the same before and after the widget is there", async () => {
  const words = Object.values(await load("text/launcher.en-GB.ts")).flatMap((one) => (typeof one === "string" ? one : Object.values(one)));
  assert.ok(words.includes((await sourceWords("")).get("launcher")));
});

test("the first wish that has a relative is met, as nearly as can be", () => {
  const known = ["en-GB", "en-US", "pt-BR"];
  for (const [wishes, language] of [
    [["en-US"], "en-US"],
    [["EN_us"], "en-US"],
    [["en-US-x-clinic"], "en-US"],
    [["en"], "en-GB"],
    [["en-AU"], "en-GB"],
    [["pt-PT"], "pt-BR"],
    [["cy", "en-US"], "en-US"],
    [[null, "", undefined, "en-US"], "en-US"],
    [["cy", "e", "-"], "en-GB"],
    [[], "en-GB"],
  ]) {
    assert.equal(nearest(wishes, known), language, String(wishes));
  }
  assert.equal(nearest(["english"], known), "en-GB");
});

test("the direction of writing is the language's", () => {
  assert.deepEqual(["ar", "ar-XB", "he-IL", "fa", "ur"].map(writingDirection), Array(5).fill("rtl"));
  assert.deepEqual([...LANGUAGES, "arn", "en-XA"].map(writingDirection), Array(LANGUAGES.length + 2).fill("ltr"));
});

test("a temperature keeps what the thermometer showed, and a date is not more exact than what was said", () => {
  assert.equal(temperature(38), "38.0 °C");
  assert.equal(temperature(37.96), "37.96 °C");
  assert.equal(day("2026-11-03", "day"), "3 November 2026");
  assert.equal(day("2026-11-03", "weeks"), "November 2026");
  assert.equal(day("soon"), "soon");
});

test("the pseudo-languages are marked, longer, and keep their values", () => {
  const accented = PSEUDO["en-XA"].of("All ${0} pages done");
  assert.equal(accented, "[Åļļ ${0} þåĝéš đöñé one two]");
  assert.equal(PSEUDO["ar-XB"].of("to ${0}"), "\u200f\u202eto\u202c\u200f ${0}");
});
