import { unsafeCSS } from "lit";

import base from "./base.css";
import panel from "./panel.css";
import parts from "./parts.css";
import print from "./print.css";

/** "Unsafe" only in name: these are our own files. They become constructed sheets, which strict policies allow. */
export const styles = [unsafeCSS(base), unsafeCSS(panel), unsafeCSS(parts)];

/** For the frame that is printed, a document of its own. */
export const PRINT_CSS = print;
