/**
 * Photographs every state of the tour into a folder: `<state>-<size>-<colours>.png`, with names that stay the same.
 *
 *   node tests/screenshots.mjs FOLDER
 *
 * `make screenshots` calls it, and then makes the pictures small.
 */
import { mkdir } from "node:fs/promises";

import { launch } from "./support/browser.mjs";
import { startRealServer } from "./support/real-server.mjs";
import { TOUR } from "./support/states.mjs";
import { startWorld } from "./support/world.mjs";

const [folder] = process.argv.slice(2);
const SIZES = { phone: [320, 640], desktop: [1280, 800] };
const COLOURS = {
  light: { colorScheme: "light", forcedColors: "none" },
  dark: { colorScheme: "dark", forcedColors: "none" },
  forced: { colorScheme: "light", forcedColors: "active" },
};

await mkdir(folder, { recursive: true });
const browser = await launch();
const server = await startRealServer();
try {
  for (const [size, [width, height]] of Object.entries(SIZES)) {
    const world = await startWorld(browser, server, { width, height });
    const { page } = world;
    for (const { name, go, leave } of TOUR) {
      await go(world);
      for (const [colour, media] of Object.entries(COLOURS)) {
        await page.emulateMedia(media);
        await page.mouse.move(0, 0);
        // On a wide screen the panel stands in the corner: the page around it is the same on every picture.
        const clip = size === "desktop" ? { x: 760, y: 0, width: 520, height } : undefined;
        await page.screenshot({ path: `${folder}/${name}-${width}-${colour}.png`, clip, animations: "disabled" });
      }
      await page.emulateMedia(COLOURS.light);
      await leave?.(world);
    }
    await world.close();
  }
} finally {
  await browser.close();
  await server.close();
}
