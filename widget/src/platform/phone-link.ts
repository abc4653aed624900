/**
 * Puts a plain link to the care team's number into `host`, from its attribute `phone`, unless the page wrote one.
 * In the page itself, so that it is there whatever becomes of the widget.
 */
export function addPhoneLink(host: Element, words: string): void {
  const phone = host.getAttribute("phone") ?? "";
  const digits = phone.replace(/[^\d+*#]/g, "");
  if (!digits || host.querySelector("a[href^='tel:']")) return;
  const link = host.appendChild(document.createElement("a"));
  link.href = "tel:" + digits;
  // The two marks keep the number in its order on a page that is read from the right.
  link.textContent = `${host.getAttribute("phone-name") ?? words}: \u2066${phone}\u2069`;
}
