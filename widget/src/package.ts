/** What `import "signpost-chat"` gets: the element, defined. Its types stand in types/signpost-chat.d.ts. */
import "./signpost-chat.js";

export { SignpostChat } from "./element.js";
