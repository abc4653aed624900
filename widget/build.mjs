/**
 * Builds dist/ from src/. `--check` builds into a temporary folder instead and fails when dist/ differs by a
 * byte, so that the checked-in files are proven to come from the sources.
 */
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { build, transform } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const target = ["es2021", "safari16.4", "chrome100", "firefox102"];

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

export async function buildInto(outdir) {
  const common = {
    absWorkingDir: here,
    bundle: true,
    minify: true,
    target,
    charset: "utf8",
    logLevel: "warning",
    plugins: [sheets, templates],
    // Lit's licence stands in a file of its own beside the code, named in its last line.
    legalComments: "linked",
    outdir,
  };
  await build({ ...common, entryPoints: ["src/loader.ts"], format: "iife" });
  await build({ ...common, entryPoints: ["src/signpost-chat.ts"], format: "esm", conditions: ["production"] });
}

async function check() {
  const fresh = await mkdtemp(join(tmpdir(), "signpost-widget-"));
  try {
    await buildInto(fresh);
    const names = await readdir(fresh);
    const dist = join(here, "dist");
    const stale = (await readdir(dist)).filter((name) => !names.includes(name));
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

if (process.argv.includes("--check")) {
  await check();
} else {
  await rm(join(here, "dist"), { recursive: true, force: true });
  await buildInto(join(here, "dist"));
}
