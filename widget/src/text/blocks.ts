/** One part of a plain text: a paragraph, or a list of bullets. */
export type Block = { kind: "paragraph"; text: string } | { kind: "list"; items: readonly string[] };

/**
 * Parts a server's plain text into paragraphs and bullets: "\n\n" parts paragraphs, a line that starts with
 * "- " is a bullet. Every other character is kept as it is.
 */
export function blocks(text: string): readonly Block[] {
  const found: Block[] = [];
  for (const part of text.split(/\n{2,}/)) {
    let lines: string[] = [];
    let items: string[] = [];
    const close = () => {
      if (lines.length) found.push({ kind: "paragraph", text: lines.join("\n") });
      if (items.length) found.push({ kind: "list", items });
      lines = [];
      items = [];
    };
    for (const line of part.split("\n")) {
      if (line.startsWith("- ")) {
        items.push(line.slice(2));
      } else if (line.trim()) {
        if (items.length) close();
        lines.push(line);
      }
    }
    close();
  }
  return found;
}
