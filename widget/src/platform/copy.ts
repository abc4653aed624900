/** Puts `text` on the clipboard. Resolves to whether the browser let us. */
export async function copyText(text: Promise<string>): Promise<boolean> {
  try {
    // Safari allows it only while the press is handled, so it gets the promise and not what comes of it.
    const blob = text.then((words) => new Blob([words], { type: "text/plain" }));
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
    return true;
  } catch {
    // Older browsers know no promises, or no items.
  }
  try {
    await navigator.clipboard.writeText(await text);
    return true;
  } catch {
    return false;
  }
}
