/** Milliseconds to wait for the page before a reload to let go of its lock. */
const PATIENCE = 800;

/**
 * Claims the stored check `key` for this tab. Two tabs are two checks, but a duplicated tab starts with a
 * copy of the first one's storage, and a kept check is visible to every tab.
 *
 * Resolves to whether this tab is alone with it. Where the browser has no locks the answer is yes.
 */
export async function claim(key: string): Promise<boolean> {
  if (!navigator.locks) return true;
  return new Promise((resolve) => {
    const hold = () => {
      resolve(true);
      // Never settles: the lock is held until the page is gone.
      return new Promise<void>(() => undefined);
    };
    navigator.locks
      .request(`signpost:${key}`, { signal: AbortSignal.timeout(PATIENCE) }, hold)
      .catch(() => resolve(false));
  });
}
