/** Milliseconds to wait for a page that is just being left to let go of its lock. */
const PATIENCE = 800;

/**
 * Claims the stored check `key` for this tab. Two tabs are two checks, but a duplicated tab starts with a
 * copy of the first one's storage, and a kept check is visible to every tab.
 *
 * After a reload what this tab has stored is its `own`, however long the page before takes to go on a slow phone.
 *
 * Resolves to whether this tab is alone with it. Where the browser has no locks the answer is yes.
 */
export async function claim(key: string, own: boolean): Promise<boolean> {
  if (!navigator.locks) return true;
  const [arrival] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  const options = own && arrival?.type === "reload" ? { steal: true } : { signal: AbortSignal.timeout(PATIENCE) };
  return new Promise((resolve) => {
    const hold = () => {
      resolve(true);
      // Never settles: the lock is held until the page is gone.
      return new Promise<void>(() => undefined);
    };
    navigator.locks.request(`signpost:${key}`, options, hold).catch(() => resolve(false));
  });
}
