// What an outline would have changed in the last thirty days, told before it is kept.

import { badge, h, notice } from "../ui/elements.js";
import { ask } from "../ui/session.js";
import { dayIn, dayName, number, say } from "../ui/words.js";

const TONES = { accepted: "good", doubtful: "warn", rejected: "bad" };
const verdict = (outcome) => badge(say(`desk_verdict_${outcome}`), TONES[outcome]);

/** The effect of a geometry on a site, as an element. */
export async function effectOf(site, geometry) {
  const told = await ask("POST", `/v1/sites/${encodeURIComponent(site.code)}/effect`, { geometry });
  const day = dayName(dayIn(told.since, site.zone), false);
  return h("div", { class: "stack" },
    h("p", {}, say("desk_effect_of", { n: number(told.checkins), people: number(told.people), day })),
    told.changes.length ? h("ul", { class: "list lines" }, told.changes.map(change)) : notice("good", say("desk_effect_none")),
    told.unjudged > 0 && h("p", { class: "soft small" }, say("desk_effect_unjudged", { n: number(told.unjudged) })),
    told.is_part && h("p", { class: "soft small" }, say("desk_effect_part", { n: number(told.checkins) })));
}

const change = ({ before, after, checkins, people }) =>
  h("li", { class: "stack tight" }, h("div", { class: "row" }, verdict(before), h("span", {}, "→"), verdict(after)), h("p", {}, say("desk_effect_change", { n: number(checkins), people: number(people) })));
