/** One page on a clinic's site, with the proxy and the real server behind it, watched the whole time. */
import { newPage } from "./browser.mjs";
import { startProxy } from "./fault-proxy.mjs";
import { Hand } from "./ui.mjs";
import { seen, watch } from "./watch.mjs";

/**
 * @param options of the browser's context, and `by`, who acts (`Hand` or `Keys`), and `address` below the proxy
 * @returns what a state of the tour is given: `page`, `ui`, `proxy`, `server`; and `faults()`, `close()`
 */
export async function startWorld(browser, server, { by = Hand, address = "/host", ...options } = {}) {
  const proxy = await startProxy(server);
  const page = await newPage(browser, proxy, options);
  await watch(page);
  await page.goto(proxy.url + address);
  return {
    page,
    proxy,
    server,
    ui: new by(page),
    faults: async () => [...page.faults, ...watched(page), ...(await page.context().cookies()).map(({ name }) => `cookie: ${name}`)],
    close: async () => {
      await page.context().close();
      await proxy.close();
    },
  };
}

/** What must never be seen. */
export function watched(page) {
  return [
    ...seen(page, "no-call-link").map(({ what }) => `no number to call in sight: ${what}`),
    ...seen(page, "removed").map(({ what }) => `taken out of the log: ${what}`),
    ...seen(page, "emergency").filter(({ role }) => role !== "alert").map(() => "an emergency that is not an alert"),
  ];
}

/** Arguments of a script: `--name value`, several of a name allowed; and the rest. */
export function args(argv = process.argv.slice(2)) {
  const named = {};
  for (let at = 0; at < argv.length; at += 2) (named[argv[at].replace(/^--/, "")] ??= []).push(argv[at + 1]);
  return named;
}

/** One result of a script, for the test that started it. */
export function report(name, result) {
  console.log(JSON.stringify({ name, ...result }));
}
