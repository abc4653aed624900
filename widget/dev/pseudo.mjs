/**
 * Two languages that nobody speaks, made from the source for tests: what does not look like them on the page does not
 * come from the catalogue, and what breaks with them would break with a real translation.
 *
 * `en-XA` has accents, brackets at both ends, and 40 % more length. `ar-XB` is written from right to left.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { buildInto } from "../build.mjs";
import { PARTS, sourceWords } from "./catalogue.mjs";

const PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const ACCENTED = "åƀçđéƒĝĥîĵķļɱñöþǫŕšţûṽŵẋýžÅƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽ";
const FILLING = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
/** Right-to-left override, and its end. */
const [OVERRIDE, END] = ["\u202e", "\u202c"];

/** What each language makes of words, and how to know that words went through it. */
export const PSEUDO = {
  "en-XA": { of: accented, marks: /[[\]]/ },
  "ar-XB": { of: mirrored, marks: new RegExp(OVERRIDE) },
};

/** Values in words, `${0}`, stay what they are. */
const apart = (words, change) => words.split(/(\$\{\d\})/).map((part, i) => (i % 2 ? part : change(part))).join("");

function accented(words) {
  const long = Math.ceil(words.replace(/\$\{\d\}/g, "").length * 1.4);
  let made = apart(words, (part) => part.replace(/[a-z]/gi, (letter) => ACCENTED[PLAIN.indexOf(letter)]));
  for (let i = 0; made.replace(/\$\{\d\}/g, "").length < long; i++) made += ` ${FILLING[i % FILLING.length]}`;
  return `[${made}]`;
}

/** Each word with its letters turned around, as Arabic would stand; lines break between words as they do there. */
function mirrored(words) {
  return apart(words, (part) => part.replace(/[^\s]+/g, (word) => `\u200f${OVERRIDE}${word}${END}\u200f`));
}

/** Builds the widget into `outdir` with these two languages beside the source's. */
export async function buildPseudo(outdir) {
  await buildInto(outdir, [pseudoLanguages]);
  await writePseudoLocales(join(outdir, "locales"));
}

/** Makes the build know both languages: to the widget, and to the loader's few words. */
const pseudoLanguages = {
  name: "pseudo-languages",
  setup({ onLoad }) {
    onLoad({ filter: /text\/languages\.ts$/ }, () => ({
      contents: `export const LANGUAGES = ${JSON.stringify(["en-GB", ...Object.keys(PSEUDO)])};`,
    }));
    onLoad({ filter: /text\/launcher\.en-GB\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, "utf8")).replace(/"([^"]+)"/g, (_, words) => JSON.stringify(accented(words))),
      loader: "ts",
    }));
  },
};

/** Writes the words of both languages as modules, as the build makes them of a real one. */
async function writePseudoLocales(folder) {
  for (const [locale, { of }] of Object.entries(PSEUDO)) {
    for (const part of PARTS) {
      const lines = [...(await sourceWords(part))].map(([id, words]) => `${JSON.stringify(id)}: ${literal(of(words))}`);
      const code = `import { str } from "../signpost-chat.js";\nexport const templates = {\n${lines.join(",\n")}\n};\n`;
      await writeFile(join(folder, `${locale}${part}.js`), code);
    }
  }
}

const literal = (words) => (/\$\{\d\}/.test(words) ? `str\`${words}\`` : JSON.stringify(words));
