/**
 * Where the places of the body outline are, in units of its drawing. Each is at least 48 wide and high, so that it
 * stays above 44 px where a screen of 320 px leaves the drawing the least room.
 */
export const WIDTH = 300;
export const HEIGHT = 572;

export interface Spot {
  /** As the server names it, after "at:". */
  id: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

type Rect = readonly [x: number, y: number, width: number, height: number];

/** On the left of the drawing. The other side is its mirror image. */
const LIMBS: Record<string, Rect> = {
  shoulder: [50, 112, 48, 50],
  upper_arm: [0, 150, 50, 50],
  elbow: [0, 200, 50, 48],
  forearm: [0, 248, 50, 50],
  hand: [0, 298, 50, 58],
  thigh: [84, 352, 62, 58],
  knee: [84, 410, 62, 50],
  lower_leg: [84, 460, 62, 56],
  foot: [76, 516, 70, 52],
};
const FRONT: Record<string, Rect> = {
  chest: [98, 148, 52, 56],
  armpit: [50, 162, 48, 50],
  ribs: [98, 204, 52, 48],
  belly: [98, 252, 52, 50],
  hip: [70, 302, 54, 50],
};
const BACK: Record<string, Rect> = { buttock: [70, 302, 54, 50] };
const MIDDLE_FRONT: Record<string, Rect> = {
  head: [108, 2, 84, 48],
  eyes: [108, 50, 84, 48],
  neck: [116, 98, 68, 50],
  groin: [124, 302, 52, 50],
};
const MIDDLE_BACK: Record<string, Rect> = {
  head: [108, 2, 84, 96],
  neck: [116, 98, 68, 50],
  upper_back: [98, 148, 104, 52],
  middle_back: [98, 200, 104, 50],
  lower_back: [98, 250, 104, 52],
  tailbone: [124, 302, 52, 50],
};

/** The places of one side of the body, from head to foot, and on each height from left to right. */
export function spots(back: boolean): readonly Spot[] {
  // Face to face, somebody's right is on our left.
  const [here, there] = back ? ["left", "right"] : ["right", "left"];
  const middle = Object.entries(back ? MIDDLE_BACK : MIDDLE_FRONT).map(([id, rect]) => spot(id, rect));
  const sides = Object.entries({ ...LIMBS, ...(back ? BACK : FRONT) }).flatMap(([name, [x, y, width, height]]) => [
    spot(`${here}_${name}`, [x, y, width, height]),
    spot(`${there}_${name}`, [WIDTH - x - width, y, width, height]),
  ]);
  return [...middle, ...sides].sort((a, b) => a.y - b.y || a.x - b.x);
}

function spot(id: string, [x, y, width, height]: Rect): Spot {
  return { id, x, y, width, height };
}

const DIRECTIONS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The place that a key moves to from another; null when the key moves nowhere. */
export function neighbour(all: readonly Spot[], from: Spot, key: string): Spot | null {
  if (key === "Home") return all[0] ?? null;
  if (key === "End") return all[all.length - 1] ?? null;
  const direction = DIRECTIONS[key];
  if (!direction) return null;
  const [across, down] = direction;
  let best: Spot | null = null;
  let least = Infinity;
  for (const to of all) {
    const x = to.x + to.width / 2 - from.x - from.width / 2;
    const y = to.y + to.height / 2 - from.y - from.height / 2;
    const ahead = x * across + y * down;
    // What lies aside is farther than what lies ahead, so that a row is followed to its end.
    const far = ahead + 2 * Math.abs(x * down + y * across);
    if (ahead > 4 && far < least) {
      best = to;
      least = far;
    }
  }
  return best;
}

const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(2)}%`;
const rule = (view: string, { id, x, y, width, height }: Spot) =>
  `.${view}-${id}{inset-inline-start:${percent(x, WIDTH)};inset-block-start:${percent(y, HEIGHT)};` +
  `inline-size:${percent(width, WIDTH)};block-size:${percent(height, HEIGHT)}}`;

/** The place of each place: in a sheet, since strict policies allow no `style` attribute. */
export const PLACES_CSS =
  `.figure{aspect-ratio:${WIDTH}/${HEIGHT}}` +
  [...spots(false).map((one) => rule("front", one)), ...spots(true).map((one) => rule("back", one))].join("");
