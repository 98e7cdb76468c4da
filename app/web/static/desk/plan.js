// What is planned: rosters, calendars and letters, each for those who may write it.

import { h } from "../ui/elements.js";
import { say } from "../ui/words.js";
import { show as showCalendars } from "./calendars.js";
import { show as showLetters } from "./letters.js";
import { show as showRosters } from "./rosters.js";

const TABS = [
  { id: "rosters", roles: ["hr", "admin"], show: showRosters },
  { id: "calendars", roles: ["hr", "admin"], show: showCalendars },
  { id: "letters", roles: ["supervisor", "hr"], show: showLetters },
];

export async function show(place, context) {
  const held = new Set(context.me.grants.map(({ role }) => role));
  const tabs = TABS.filter(({ roles }) => roles.some((role) => held.has(role)));
  const [chosen, ...args] = context.args;
  const tab = tabs.find(({ id }) => id === chosen) ?? tabs[0];
  const inside = h("div", { class: "stack" });
  place.append(h("nav", { class: "row", "aria-label": say("desk_plan") }, tabs.map(({ id }) => h("a", { class: `button ${id === tab.id ? "main" : ""}`, href: `#/plan/${id}`, "aria-current": id === tab.id && "page" }, say(`desk_plan_${id}`)))), inside);
  return tab.show(inside, { ...context, args });
}
