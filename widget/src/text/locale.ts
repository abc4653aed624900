import { configureLocalization } from "@lit/localize";

/**
 * The languages of the widget's own words. What the server says comes in the language of the session.
 *
 * A language is added by a file of templates beside this one, named in `targetLocales` and loaded here.
 */
export const { getLocale } = configureLocalization({
  sourceLocale: "en-GB",
  targetLocales: [],
  loadLocale: () => Promise.reject(new Error("en-GB is the only language so far")),
});
