import print from "./print.css";
import summary from "./summary.css";

/** For the frame that is printed, a document of its own. */
export const PRINT_CSS = print + summary;
