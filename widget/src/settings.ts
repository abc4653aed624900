/** Where the widget's channel is on a Signpost server. */
export const CHANNEL = "/webhooks/widget";

/** The address of the channel that the setting `server` means, without a slash at its end; null if it means none. */
export function channelAddress(server: string, page: string): string | null {
  try {
    // Without this, "chat.example.org" would be a file beside the page.
    if (!/^(https?:\/)?\//.test(server)) return null;
    const url = new URL(server, page);
    if (url.pathname === "/") url.pathname = CHANNEL;
    return url.href.replace(/\/+$/, "");
  } catch {
    return null;
  }
}
