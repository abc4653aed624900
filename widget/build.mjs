/**
 * Builds dist/ from src/. `--check` builds into a temporary folder instead and fails when dist/ differs by a
 * byte, so that the checked-in files are proven to come from the sources. `--package` builds lib/, the form of the
 * same code that other projects' builds can take up; `npm pack` runs it.
 */
import { copyFile, mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { build, transform } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const target = ["es2022", "safari16.4", "chrome100", "firefox102"];

/** Drops indentation: in code it means nothing, and in templates it would be sent to every reader. */
const templates = {
  name: "templates",
  setup({ onLoad }) {
    onLoad({ filter: /src\/.*\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, "utf8")).replace(/\n[ \t]+/g, "\n"),
      loader: "ts",
    }));
  },
};

/** Leaves out the code that makes up ids for messages without one: every message has its own (see dev/catalogue.mjs). */
const ids = {
  name: "ids",
  setup({ onLoad }) {
    onLoad({ filter: /@lit\/localize\/internal\/id-generation\.js$/ }, () => ({ contents: "export const generateMsgId = () => undefined;" }));
  },
};

/**
 * The modules that `signpost-chat.js` lends to what is fetched after it (see src/lent.ts): their code stands in the one
 * file, and the others import it from there, under the name `lender`.
 */
const lent = (lender) => ({
  name: "lent",
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ path, kind, resolveDir }) => {
      if (kind !== "import-statement") return undefined;
      const source = path.startsWith(".") ? relative(join(here, "src"), join(resolveDir, path)).replace(/\.js$/, "") : path;
      return LENT.has(source) ? { path: lender, external: true } : undefined;
    });
  },
});
const LENT = new Set(
  [...(await readFile(join(here, "src/lent.ts"), "utf8")).matchAll(/ from "(?:\.\/)?([^"]+?)(?:\.js)?"/g)].map(([, name]) => name),
);

/** Style sheets become minified strings: a script may construct a sheet where a page may not inline one. */
const sheets = {
  name: "sheets",
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, "utf8"), { loader: "css", minify: true, target });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

/** In the package, files find each other as modules do, not by their addresses. */
const packaged = {
  name: "packaged",
  setup({ onResolve }) {
    onResolve({ filter: /\/own-files\.js$/ }, () => ({ path: join(here, "src/platform/own-files.package.ts") }));
  },
};

const common = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  target,
  charset: "utf8",
  logLevel: "warning",
  plugins: [sheets, templates, ids],
  // Lit's licence stands in a file of its own beside the code, named in its last line.
  legalComments: "linked",
};

/** Builds all files into `outdir`; `more` are plugins that come first. */
export async function buildInto(outdir, more = []) {
  const plugins = [...more, ...common.plugins];
  await build({ ...common, plugins, outdir, entryPoints: ["src/loader.ts"], format: "iife" });
  const modules = { ...common, plugins, outdir, format: "esm", conditions: ["production"] };
  await build({ ...modules, entryPoints: ["src/signpost-chat.ts"] });
  await build({ ...modules, entryPoints: ["src/greeting.ts"] });
  await build({ ...modules, entryPoints: ["src/extras.ts"], plugins: [lent("./signpost-chat.js"), ...plugins] });
  const locales = await readdir(join(here, "src/text/locales"));
  await build({
    ...modules,
    entryPoints: locales.map((name) => `src/text/locales/${name}`),
    outdir: join(outdir, "locales"),
    plugins: [lent("../signpost-chat.js"), ...plugins],
  });
}

async function buildPackage() {
  const outdir = join(here, "lib");
  await rm(outdir, { recursive: true, force: true });
  await build({
    ...common,
    outdir,
    entryPoints: { "signpost-chat": "src/package.ts" },
    format: "esm",
    conditions: ["production"],
    splitting: true,
    plugins: [packaged, ...common.plugins],
  });
  for (const name of ["LICENSE", "NOTICE"]) await copyFile(join(here, "..", name), join(outdir, name));
}

async function check() {
  const fresh = await mkdtemp(join(tmpdir(), "signpost-widget-"));
  try {
    await buildInto(fresh);
    const names = await filesBelow(fresh);
    const dist = join(here, "dist");
    const stale = (await filesBelow(dist)).filter((name) => !names.includes(name));
    for (const name of names) {
      const built = await readFile(join(fresh, name));
      const kept = await readFile(join(dist, name)).catch(() => null);
      if (!kept || !built.equals(kept)) stale.push(name);
    }
    if (stale.length) {
      console.error(`widget/dist is not what the sources build: ${stale.join(", ")}. Run "npm run build" in widget/.`);
      process.exitCode = 1;
    }
  } finally {
    await rm(fresh, { recursive: true });
  }
}

/** The names of all files below `folder`, from there. */
async function filesBelow(folder) {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found.filter((one) => one.isFile()).map((one) => relative(folder, join(one.parentPath ?? one.path, one.name)));
}

if (process.argv[1] !== fileURLToPath(import.meta.url)) {
  // Imported for its functions.
} else if (process.argv.includes("--check")) {
  await check();
} else if (process.argv.includes("--package")) {
  await buildPackage();
} else {
  await rm(join(here, "dist"), { recursive: true, force: true });
  await buildInto(join(here, "dist"));
  for (const name of (await filesBelow(join(here, "dist"))).filter((one) => one.endsWith(".js"))) {
    const { length } = gzipSync(await readFile(join(here, "dist", name)), { level: 9 });
    console.log(`${name.padEnd(24)} ${String(length).padStart(6)} bytes gzipped`);
  }
}
