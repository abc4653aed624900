/** Where the tab keeps the size of the text, as a factor. */
const KEY = "signpost:text";
const NAME = "--text-size";

/** Gives the text of `host` the size that was chosen before in this tab. */
export function restoreTextSize(host: HTMLElement): void {
  try {
    host.style.setProperty(NAME, sessionStorage.getItem(KEY));
  } catch {
    // Storage is blocked: the size lasts until the page is left.
  }
}

/** The factor by which the text of `host` is enlarged. */
export function textSize(host: HTMLElement): number {
  return Number(host.style.getPropertyValue(NAME)) || 1;
}

export function setTextSize(host: HTMLElement, size: number): void {
  host.style.setProperty(NAME, String(size));
  try {
    sessionStorage.setItem(KEY, String(size));
  } catch {
    // See above.
  }
}
