import type { LocaleModule } from "../text/locale.js";

/** As `own-files.ts`, but in a form that a site's own build can follow. */
export const OWN_ADDRESS = location.origin;

export const fetchExtras = (_tries: number) => import("../extras.js");
export const fetchGreeting = () => import("../greeting.js");
/** The package's build makes one module of each file that fits. */
export const fetchLocale = (name: string): Promise<LocaleModule> => import(`../text/locales/${name}.ts`);
