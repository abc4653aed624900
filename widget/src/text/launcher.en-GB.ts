/**
 * The loader's few words. Apart from the catalogue, whose translation runtime would double the loader's size, and
 * not one object, since names cost bytes too. The first two are the catalogue's own.
 */
export const LAUNCHER = "Check warning signs";
export const CALL = "Call your care team";
export const OPENING = "Opening…";
export const FAILED = "Did not open. Press again, or call your care team.";
/** For the greeting beside the launcher. */
export const PUT_AWAY = "Close this message";
