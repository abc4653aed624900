import { unsafeCSS } from "lit";

import base from "./base.css";
import panel from "./panel.css";
import parts from "./parts.css";

/** "Unsafe" only in name: these are our own files. They become constructed sheets, which strict policies allow. */
export const styles = [unsafeCSS(base), unsafeCSS(panel), unsafeCSS(parts)];
