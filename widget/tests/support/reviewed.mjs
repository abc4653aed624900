/**
 * What axe cannot decide by itself ("incomplete"), looked at by a person and found right, with the reason.
 * `rule` and `target` must both fit; anything else that axe leaves open fails the test.
 */
export const REVIEWED = [];
