/**
 * The loader's few words. Apart from the catalogue, whose translation runtime would double the loader's size;
 * `launcher` and `region` are the catalogue's own.
 */
export const launcherText = {
  launcher: "Check warning signs",
  region: "Warning signs chat",
  opening: "Opening…",
  failed: "The chat did not open. Press to try again, or call your care team.",
};
