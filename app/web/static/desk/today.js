// The civil day of the government's offices, whatever the clock of this computer is set to.

import { dayIn } from "../ui/words.js";

export const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone || "Asia/Makassar";

/** Today as `2026-11-24`. */
export const today = () => dayIn(new Date().toISOString(), ZONE);

/** This month as `2026-11`. */
export const thisMonth = () => today().slice(0, 7);
