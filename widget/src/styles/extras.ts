import { PLACES_CSS } from "../components/body-map.js";
import aids from "./aids.css";
import summary from "./summary.css";
import views from "./views.css";

/** The sheet of what comes with `extras.js`. */
export const EXTRAS_CSS = views + summary + aids + PLACES_CSS;
