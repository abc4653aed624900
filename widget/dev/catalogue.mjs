/** Reads the catalogue: its words by id, as they stand in the sources. */
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { transform } from "esbuild";

const folder = fileURLToPath(new URL("../src/text/", import.meta.url));
/** The two parts of each catalogue: what the first question needs, and what comes after it. */
export const PARTS = ["", ".extras"];

/**
 * The words of one part of the source, by id. Values are `${0}`, `${1}` in the order of the source.
 *
 * @returns {Promise<Map<string, string>>}
 */
export async function sourceWords(part) {
  const code = await javascript(`en-GB${part}.ts`);
  const found = [...code.matchAll(/\bmsg\(\s*(str`[^`]*`|"(?:[^"\\]|\\.)*"),\s*\{\s*id: "([^"]+)"\s*\}\s*\)/g)];
  if (found.length !== code.match(/\bmsg\(/g)?.length) throw new Error(`en-GB${part}.ts: not every msg() has fixed words and an id`);
  const words = new Map();
  for (const [, said, id] of found) {
    if (words.has(id)) throw new Error(`en-GB${part}.ts: the id ${id} stands twice`);
    let value = 0;
    words.set(id, said.startsWith("str`") ? said.slice(4, -1).replace(/\$\{[^}]*\}/g, () => `\${${value++}}`) : JSON.parse(said));
  }
  return words;
}

/** The languages beside the source that have files of their own. */
export async function locales() {
  const names = await readdir(`${folder}locales`);
  return [...new Set(names.map((name) => name.split(".")[0]))];
}

/** The words of one part of a locale, by id, in the same form as those of the source. */
export async function localeWords(locale, part) {
  const code = await javascript(`locales/${locale}${part}.ts`);
  const tag = "const str = (strings, ...values) => String.raw({ raw: strings }, ...values.map((value) => `\\${${value}}`));";
  const module = `${tag}\n${code.replace(/^import .*$/m, "")}`;
  const { templates } = await import(`data:text/javascript;base64,${Buffer.from(module).toString("base64")}`);
  return new Map(Object.entries(templates));
}

async function javascript(name) {
  const { code } = await transform(await readFile(folder + name, "utf8"), { loader: "ts", charset: "utf8" });
  return code;
}

/** What is wrong with the catalogue and its use, one line each; nothing when all is well. */
export async function faults() {
  return [...(await faultsOfLocales()), ...(await unused()), ...(await strayWords())];
}

/** Each locale says exactly what the source says, in the same part, with the same values. */
export async function faultsOfLocales(read = localeWords) {
  const found = [];
  const listed = /\[([^\]]*)\]/.exec(await javascript("languages.ts"))[1].match(/[\w-]+/g);
  if (listed.join() !== ["en-GB", ...(await locales())].join()) found.push(`languages.ts names ${listed}: not the files in locales/`);
  const seen = new Set();
  for (const part of PARTS) {
    const source = await sourceWords(part);
    for (const id of source.keys()) {
      if (seen.has(id)) found.push(`the id ${id} stands in both parts`);
      seen.add(id);
    }
    for (const locale of await locales()) {
      const words = await read(locale, part);
      for (const [id, said] of source) {
        if (!words.has(id)) found.push(`${locale}${part}: ${id} is missing`);
        else if (values(words.get(id)) !== values(said)) found.push(`${locale}${part}: ${id} has other values than the source`);
      }
      for (const id of words.keys()) if (!source.has(id)) found.push(`${locale}${part}: ${id} is unknown to the source`);
    }
  }
  return found;
}

const values = (words) => [...new Set(words.match(/\$\{\d\}/g))].sort().join();

/** Every word of the catalogue is used by the code beside it. */
async function unused() {
  const code = (await sources()).map(({ text }) => text).join("\n");
  const found = [];
  for (const part of PARTS) {
    for (const [, key] of (await javascript(`en-GB${part}.ts`)).matchAll(/^ {2}(\w+): \(/gm)) {
      if (!new RegExp(`\\b(text|words)\\.${key}\\b`).test(code)) found.push(`en-GB${part}.ts: ${key} is not used`);
    }
  }
  return found;
}

/** No words stand in a template, and no other module makes messages. */
async function strayWords() {
  const found = [];
  for (const { name, text } of await sources()) {
    if (/@lit\/localize/.test(text) && name !== "lent.ts" && name !== "text/locale.ts") found.push(`${name}: messages are made in src/text only`);
    for (const words of templateWords(text)) found.push(`${name}: "${words}" stands outside the catalogue`);
  }
  return found;
}

/** The modules that use the catalogue. */
async function sources() {
  const root = join(folder, "..");
  const names = (await readdir(root, { recursive: true })).filter((name) => name.endsWith(".ts") && !/^text\/(en-GB|launcher|locales)/.test(name));
  return Promise.all(names.map(async (name) => ({ name, text: await readFile(join(root, name), "utf8") })));
}

/** The words that stand in the `html` and `svg` templates of `code`: between tags, or in an attribute that is read out. */
export function templateWords(code) {
  const found = [];
  for (const markup of markups(code)) {
    for (const [, words] of markup.matchAll(/\b(?:aria-label|aria-description|aria-roledescription|title|placeholder|alt|label)="([^"]*)"/g)) {
      if (/\p{L}/u.test(words)) found.push(words);
    }
    for (const words of markup.replace(/<!--.*?-->/gs, "").replace(/<[^>]*>/g, "\0").split(/\0+/)) {
      if (/\p{L}/u.test(words)) found.push(words.trim());
    }
  }
  return found;
}

/** The fixed text of each `html` and `svg` template, with a NUL for each expression. */
function markups(code) {
  const found = [];
  /** What encloses the place: a template with its text, or code in braces with their depth. */
  const around = [{ depth: 0 }];
  const skip = /\/\/.*|\/\*[^]*?\*\/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|(?<=[(,=:[!&|?{};]\s*)\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\]|\\.)*\])+\//y;
  for (let i = 0; i < code.length; i++) {
    const here = around.at(-1);
    if ("text" in here) {
      if (code[i] === "\\") here.text += code[++i];
      else if (code[i] === "`") {
        if (here.markup) found.push(here.text);
        around.pop();
      } else if (code.startsWith("${", i)) {
        here.text += "\0";
        around.push({ depth: 0 });
        i++;
      } else here.text += code[i];
      continue;
    }
    skip.lastIndex = i;
    const skipped = skip.exec(code)?.[0].length;
    if (skipped) i += skipped - 1;
    else if (code[i] === "`") around.push({ text: "", markup: /\b(html|svg)$/.test(code.slice(0, i)) });
    else if (code[i] === "{") here.depth++;
    else if (code[i] === "}" && --here.depth < 0) around.pop();
  }
  return found;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = await faults();
  for (const fault of found) console.error(fault);
  process.exitCode = found.length ? 1 : 0;
}
