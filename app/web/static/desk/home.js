// What waits for whoever is at the desk, and the way to it.

import { badge, card, h, notice } from "../ui/elements.js";
import { at, number, say } from "../ui/words.js";
import { ask } from "../ui/session.js";
import { page } from "./collection.js";
import { glance } from "./team.js";

const has = (me, ...roles) => me.grants.some(({ role }) => roles.includes(role));
const linked = (title, href, ...inside) => h("a", { class: "card", href }, h("h2", {}, title), ...inside);

export async function show(place, { me }) {
  if (!me.grants.length) {
    place.append(notice("info", say("desk_no_role"), h("p", {}, h("a", { href: at("/app/") }, say("desk_to_app")))));
    return;
  }
  const grid = h("div", { class: "grid" });
  place.append(grid);
  const asks = [];
  if (has(me, "supervisor", "hr", "auditor")) asks.push(team());
  if (has(me, "supervisor", "hr", "auditor")) asks.push(findings());
  if (has(me, "supervisor", "hr")) {
    asks.push(waiting("desk_kind_leaves", "#/requests/leaves", [["/v1/leaves", { status: "requested" }], ["/v1/leaves", { status: "agree" }]]));
    asks.push(waiting("desk_kind_devices", "#/requests/devices", [["/v1/devices", { status: "pending" }]]));
  }
  if (has(me, "hr", "admin", "auditor")) asks.push(jobs());
  for (const made of await Promise.allSettled(asks)) if (made.status === "fulfilled") grid.append(made.value);
}

async function team() {
  const { counts, isPart } = await glance();
  const lines = [...counts].sort().map(([kind, count]) => h("li", { class: "row apart" }, h("span", {}, say(`desk_standing_${kind}`)), h("strong", { class: "number" }, number(count))));
  return linked(say("desk_team"), "#/team", h("ul", { class: "list lines" }, lines), isPart && h("p", { class: "soft small" }, say("desk_first_200")));
}

async function findings() {
  const { waiting: count, overdue } = await ask("GET", "/v1/findings/summary");
  return linked(say("desk_findings"), "#/review", h("p", { class: "figure" }, number(count)), h("p", { class: "soft" }, say(count ? "desk_wait" : "desk_nothing_waits")), overdue > 0 && h("p", {}, badge(say("desk_overdue_n", { n: number(overdue) }), "bad")));
}

async function waiting(title, href, asked) {
  const found = await Promise.all(asked.map(([path, given]) => page(path, { ...given, limit: 100 })));
  const count = found.reduce((sum, { items }) => sum + items.length, 0);
  const more = found.some(({ next }) => next) ? "+" : "";
  return linked(say(title), href, h("p", { class: "figure" }, number(count) + more), h("p", { class: "soft" }, say(count ? "desk_wait" : "desk_nothing_waits")));
}

async function jobs() {
  const { items } = await ask("GET", "/v1/jobs");
  const late = items.filter((job) => job.is_late);
  return linked(say("desk_jobs"), "#/jobs", h("p", {}, late.length ? badge(say("desk_jobs_late", { n: late.length }), "bad") : badge(say("desk_jobs_fine"), "good")));
}
