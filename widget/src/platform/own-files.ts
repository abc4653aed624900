import type { LocaleModule } from "../text/locale.js";

/**
 * The widget's own files, which are served beside each other. The npm package has `own-files.package.ts` in place of
 * this: there the site's own build decides where files are.
 */
export const OWN_ADDRESS = import.meta.url;

/** A module that once failed to load is not asked for again under the same address: hence the number of the try. */
export function fetchExtras(tries: number): Promise<typeof import("../extras.js")> {
  const address = new URL("extras.js", OWN_ADDRESS);
  if (tries) address.search = String(tries);
  return import(address.href);
}

export function fetchGreeting(): Promise<typeof import("../greeting.js")> {
  return import(new URL("greeting.js", OWN_ADDRESS).href);
}

/** The words of a file in `src/text/locales`: `en-US`, or `en-US.extras`. */
export function fetchLocale(name: string): Promise<LocaleModule> {
  return import(new URL(`locales/${name}.js`, OWN_ADDRESS).href);
}
