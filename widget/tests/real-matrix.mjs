/**
 * Every state of the tour in every size, colour and direction, on the real server.
 *
 *   node tests/real-matrix.mjs [--only 320x640-rtl] [--state summary]
 *
 * One line of JSON for each size and direction: {name, faults, states}. Colours are changed in place, state by state.
 */
import { launch, misfits } from "./support/browser.mjs";
import { audit, hostFaults, hostPage, isolation, smallType, spacing, stops } from "./support/measure.mjs";
import { startRealServer } from "./support/real-server.mjs";
import { TOUR } from "./support/states.mjs";
import { args, report, startWorld } from "./support/world.mjs";

const SIZES = [
  [320, 640],
  [320, 256],
  [1280, 800],
];
const COLOURS = {
  light: { colorScheme: "light", forcedColors: "none" },
  dark: { colorScheme: "dark", forcedColors: "none" },
  forced: { colorScheme: "light", forcedColors: "active" },
};
const named = args();
const variants = SIZES.flatMap(([width, height]) => ["ltr", "rtl"].map((dir) => ({ name: `${width}x${height}-${dir}`, width, height, dir })));

const browser = await launch();
const lab = await (await browser.newContext()).newPage();
const server = await startRealServer();
try {
  for (const variant of variants.filter(({ name }) => !named.only || named.only.includes(name))) {
    const found = { faults: [], states: 0 };
    try {
      await tour(variant, found);
    } catch (error) {
      found.faults.push(`stopped: ${error.message}`);
    }
    report(variant.name, found);
  }
} finally {
  await browser.close();
  await server.close();
}

async function tour({ name, width, height, dir }, found) {
  const world = await startWorld(browser, server, { width, height, address: `/host?dir=${dir}` });
  const { page } = world;
  const judged = Object.fromEntries(Object.keys(COLOURS).map((colour) => [colour, new Set()]));
  try {
    const host = await hostPage(page);
    for (const { name: state, go, leave } of TOUR) {
      try {
        await go(world);
      } catch (error) {
        throw new Error(`${state}: ${error.message}`);
      }
      if (!named.state || named.state.includes(state)) {
        for (const fault of await look(page, name, judged)) found.faults.push(`${state}: ${fault}`);
        found.states++;
      }
      await leave?.(world);
    }
    found.faults.push(...(await hostFaults(page, host)));
  } finally {
    found.faults.push(...(await world.faults()));
    await world.close();
  }
}

async function look(page, variant, judged) {
  const faults = [];
  for (const [colour, media] of Object.entries(COLOURS)) {
    await page.emulateMedia(media);
    await toTop(page);
    const here = [...(await audit(page, lab)), ...(await misfits(page)), ...(await smallType(page))];
    // A ring's look hangs on the colours, not on the size: photographed at one, and stepped through in all.
    const photograph = variant === "320x640-ltr";
    if (photograph || colour === "light") here.push(...(await stops(page, photograph ? lab : null, judged[colour])));
    faults.push(...here.map((fault) => `${colour}: ${fault}`));
  }
  await page.emulateMedia(COLOURS.light);
  faults.push(...(await spacing(page)), ...(await isolation(page)));
  return faults;
}

/** On a low screen the panel scrolls beneath the call bar; what lies there just now is no target, and is not judged. */
function toTop(page) {
  return page.evaluate(() => {
    const panel = document.querySelector("signpost-chat").shadowRoot.querySelector(".panel");
    if (panel && getComputedStyle(panel).overflowY === "auto") panel.scrollTop = 0;
  });
}
