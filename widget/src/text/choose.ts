/**
 * The language of `known` for the first of `wishes` that has one: the same tag, then the tag with its last parts left
 * out, then any relative of the same language. Without any it is the first of `known`.
 */
export function nearest(wishes: readonly (string | null | undefined)[], known: readonly string[]): string {
  for (const wish of wishes) {
    const parts = (wish ?? "").toLowerCase().split(/[-_]/);
    for (let kept = parts.length; kept; kept--) {
      const tag = parts.slice(0, kept).join("-");
      const found = known.find((one) => one.toLowerCase() === tag) ?? (kept > 1 ? null : known.find((one) => one.startsWith(`${tag}-`)));
      if (tag && found) return found;
    }
  }
  return known[0] as string;
}

/** The direction of the script that a language is written in. */
export function writingDirection(language: string): "ltr" | "rtl" {
  return /^(ar|ckb|dv|fa|he|ps|sd|ug|ur|yi)\b/.test(language) ? "rtl" : "ltr";
}
