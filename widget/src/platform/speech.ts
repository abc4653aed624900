import { contentLanguage } from "../components/content-language.js";
import { spelled } from "../text/spelled.js";

/**
 * Reads messages aloud with the voices of the device. Never with those that a browser fetches from its maker: they
 * would be sent what the person reads. Where the device has none for the language there is nothing to press.
 */
export class Reader {
  /** The element that is being read, by id. */
  reading: string | null = null;
  /** Held: some browsers drop words that nothing refers to in mid-sentence, and the end is never told. */
  #words: SpeechSynthesisUtterance[] = [];
  #urgent: Element | null = null;

  constructor(
    private readonly root: ShadowRoot,
    private readonly changed: () => void,
  ) {
    if (!("speechSynthesis" in window)) return;
    speechSynthesis.addEventListener("voiceschanged", changed);
    window.addEventListener("pagehide", () => this.stop());
  }

  /** Whether there is a voice for the language of the messages. */
  get able(): boolean {
    return "speechSynthesis" in window && !!this.#voice(contentLanguage());
  }

  /** Starts to read the element `id`, or stops when it is being read. One at a time. */
  toggle(id: string): void {
    const again = this.reading === id;
    this.stop();
    const element = this.root.getElementById(id);
    if (again || !element) return;
    const lang = contentLanguage();
    const voice = this.#voice(lang);
    const numbers = [...this.root.querySelectorAll(".number")].map((number) => number.textContent ?? "");
    this.#words = spelled(element.innerText, numbers).map((line) => {
      const words = new SpeechSynthesisUtterance(line);
      words.lang = voice?.lang ?? lang;
      words.voice = voice ?? null;
      words.onerror = () => this.#ended(words);
      return words;
    });
    const last = this.#words[this.#words.length - 1];
    if (!last) return;
    last.onend = () => this.#ended(last);
    this.reading = id;
    this.#urgent = this.root.querySelector("#banner");
    for (const words of this.#words) speechSynthesis.speak(words);
    this.changed();
  }

  stop(): void {
    if (!this.reading) return;
    this.reading = null;
    this.#words = [];
    speechSynthesis.cancel();
    this.changed();
  }

  /** Stops when what is read has left the page, and when an emergency has come since. */
  check(): void {
    if (!this.reading) return;
    const urgent = this.root.querySelector("#banner");
    if (!this.root.getElementById(this.reading) || (urgent && urgent !== this.#urgent)) this.stop();
  }

  /** A word of an earlier reading that ends late changes nothing. */
  #ended(words: SpeechSynthesisUtterance): void {
    if (this.#words.includes(words)) this.stop();
  }

  #voice(lang: string): SpeechSynthesisVoice | undefined {
    const wanted = lang.toLowerCase();
    const own = speechSynthesis.getVoices().filter((voice) => voice.localService);
    const speaks = (voice: SpeechSynthesisVoice) => voice.lang.replace("_", "-").toLowerCase();
    return (
      own.find((voice) => speaks(voice) === wanted) ??
      own.find((voice) => speaks(voice).split("-")[0] === wanted.split("-")[0])
    );
  }
}
