/** The real server, in a process of its own: `tests/support/serving.py` starts, kills and moves it in time. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/**
 * @param {{model?: string}} options `model`: a trained one; else that of `var/`, trained if it is old.
 * @returns its `url`, `kill()`, `start()` (same port, same files), `clock(seconds)`, `staff(...words)`, `close()`
 */
export async function startRealServer({ model = process.env.SIGNPOST_TEST_MODEL } = {}) {
  const python = process.env.SIGNPOST_TEST_PYTHON ?? `${root}.venv/bin/python`;
  const args = ["-m", "tests.support.serving", ...(model ? ["--model", model] : [])];
  const child = spawn(python, args, { cwd: root, stdio: ["pipe", "pipe", "inherit"], env: { ...process.env, RASA_TELEMETRY_ENABLED: "false", SQLALCHEMY_SILENCE_UBER_WARNING: "1" } });
  const waiting = [];
  const gone = new Promise((_, reject) => child.once("exit", (code) => reject(new Error(`the server's keeper ended with ${code}`))));
  gone.catch(() => undefined);
  createInterface({ input: child.stdout }).on("line", (line) => waiting.shift()(JSON.parse(line)));
  const reply = () => Promise.race([new Promise((resolve) => waiting.push(resolve)), gone]);
  const order = (line) => {
    const answered = reply();
    child.stdin.write(`${line}\n`);
    return answered;
  };
  const { url } = await reply();
  return {
    url,
    kill: () => order("kill"),
    start: () => order("start"),
    clock: (seconds) => order(`clock ${seconds}`),
    staff: async (...words) => (await order(`staff ${JSON.stringify(words)}`)).printed,
    close: async () => {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.stdin.end();
      await ended;
    },
  };
}
