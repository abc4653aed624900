/** Milliseconds without a byte after which a stream is dead: the server gives a sign of life every 15 seconds. */
const SILENCE = 40_000;

/**
 * Reads server-sent events from a fetch body. `EventSource` cannot be used: it sends no Authorization
 * header, and a token must never stand in an address.
 *
 * Yields the data of each event; comments (keep-alives), ids and names are skipped.
 */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  let data: string[] = [];
  try {
    for (;;) {
      // A cell that was left, or a laptop that was closed, breaks no connection: it only falls silent.
      const silence = setTimeout(() => void reader.cancel(), SILENCE);
      const { value, done } = await reader.read().finally(() => clearTimeout(silence));
      if (done) return;
      const lines = (rest + decoder.decode(value, { stream: true })).split(/\r\n|\n|\r/);
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (line === "") {
          if (data.length) yield data.join("\n");
          data = [];
        } else if (line.startsWith("data:")) {
          data.push(line.slice(5).replace(/^ /, ""));
        }
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
