// Files of the server as downloads, and what is said when one cannot be had.

import { toast } from "../ui/elements.js";
import { Problem, Silence } from "../ui/session.js";

export { download } from "../ui/session.js";

/** Say why there is no file; what nobody foresaw is not hidden. */
export function failed(problem) {
  if (!(problem instanceof Problem || problem instanceof Silence)) throw problem;
  toast(problem.detail);
}
