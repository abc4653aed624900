/** Milliseconds for which the browser may still read the file; some phones open it late. */
const READABLE = 60_000;

/** Hands `blob` to the person as a file. */
export function saveFile(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), READABLE);
}
