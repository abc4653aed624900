/**
 * The languages of the widget's own words. The first is the one of the sources, and stands in for a language that has
 * no relative here; of several that are equally near, the earlier one is taken.
 */
export const LANGUAGES: readonly string[] = ["en-GB", "en-US"];
