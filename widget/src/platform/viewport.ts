/** Below this width or height the panel covers the page, and keeps the focus. */
export const SMALL = "(max-width: 600px), (max-height: 500px)";

/**
 * Keeps the panel within what can be seen: a phone's keyboard covers the lower part of the page without
 * changing its height. Sets `--visible-height` and `--visible-top` on `target`; returns how to stop.
 */
export function followViewport(target: HTMLElement): () => void {
  const view = window.visualViewport;
  if (!view) return () => undefined;
  const follow = () => {
    // When the person has zoomed in, the part they look at is theirs to choose.
    if (view.scale > 1.05) return;
    target.style.setProperty("--visible-height", `${view.height}px`);
    target.style.setProperty("--visible-top", `${view.offsetTop}px`);
  };
  follow();
  view.addEventListener("resize", follow);
  view.addEventListener("scroll", follow);
  return () => {
    view.removeEventListener("resize", follow);
    view.removeEventListener("scroll", follow);
  };
}
