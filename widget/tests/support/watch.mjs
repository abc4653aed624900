/**
 * Looks at the widget from inside the page the whole time, and tells the test what must never be: a moment without
 * the number to call, a message taken out of the log; and what is counted: alerts, waits without a word.
 */
export async function watch(page) {
  page.seen = [];
  await page.exposeFunction("__seen", (kind, detail) => page.seen.push({ kind, ...detail }));
  await page.addInitScript(inPage);
}

/** What was seen of a kind. */
export const seen = (page, kind) => page.seen.filter((one) => one.kind === kind);

function inPage() {
  const tell = (kind, detail) => void window.__seen(kind, detail);
  let root = null;
  let waiting = null;
  let missing = false;
  let last = performance.now();
  let stall = 0;
  let checking = false;

  // How much later than asked this page's own clock comes: a busy machine's part of every wait.
  setInterval(() => {
    const now = performance.now();
    stall += Math.max(0, now - last - 60);
    last = now;
    check();
  }, 50);
  window.__stall = () => stall;

  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (options) {
    const made = attach.call(this, options);
    if (this.localName === "signpost-chat") {
      root = made;
      new MutationObserver(changed).observe(root, { childList: true, subtree: true, attributes: true, characterData: true });
    }
    return made;
  };

  function changed(records) {
    for (const { target, removedNodes, addedNodes, type } of records) {
      if (type !== "childList") continue;
      const inLog = target.nodeType === 1 && target.closest('[role="log"]');
      for (const node of removedNodes) if (inLog && node.nodeType === 1) tell("removed", { what: node.textContent.slice(0, 60) });
      for (const node of addedNodes) if (node.id === "banner") tell("emergency", { role: node.getAttribute("role") });
    }
    timing();
    if (!checking) {
      checking = true;
      requestAnimationFrame(check);
    }
  }

  /** From an answer on its way to its delivery, or to a word that it takes longer. */
  function timing() {
    const pending = root.querySelector(".pending");
    const starting = !root.querySelector(".messages > li") && root.querySelector(".status:not(:empty)");
    const notice = root.querySelector(".trouble, .pending .note") || (starting && /longer/.test(starting.textContent));
    const now = performance.now();
    if ((pending || starting) && !waiting) waiting = { at: now, stall, told: false };
    if (!waiting) return;
    const over = !pending && !starting;
    if ((notice || over) && !waiting.told) {
      waiting.told = true;
      tell("wait", { ms: Math.round(now - waiting.at), stall: Math.round(stall - waiting.stall), notice: !over });
    }
    if (over) waiting = null;
  }

  function check() {
    checking = false;
    const host = document.querySelector("signpost-chat");
    if (!host || document.readyState === "loading" || document.hidden || window.__hostile) return;
    const panel = host.shadowRoot?.querySelector("dialog[open].panel, .panel.page");
    const link = panel
      ? [...panel.querySelectorAll('a.call-bar[href^="tel:"], #banner a[href^="tel:"]')].find(inSight)
      : [...host.querySelectorAll('a[href^="tel:"]')].find((one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true }));
    if (!link && !missing) tell("no-call-link", { what: (panel ?? host).innerText.slice(0, 200) });
    missing = !link;
  }

  /** Within the window, not see-through, and not covered by something else. */
  function inSight(link) {
    const box = link.getBoundingClientRect();
    if (!link.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || link.closest("[inert]")) return false;
    const x = box.left + box.width / 2;
    const y = box.top + box.height / 2;
    if (box.width < 44 || box.height < 24 || box.top < -1 || box.bottom > innerHeight + 1) return false;
    const top = link.getRootNode().elementFromPoint(x, y);
    return top === link || link.contains(top);
  }
}
