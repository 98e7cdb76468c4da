// The month: every day with what it came to, why, and by which clause; check-ins of the day, and a way to put it right.

import { badge, button, calendar, card, facts, h, notice, nothing } from "../../ui/elements.js";
import { clock as face, dayIn, dayName, metres, monthName, number, say, weekdays } from "../../ui/words.js";
import { kept, seen } from "../phone.js";
import { find } from "../store.js";
import { feedCard } from "./feed.js";

const LOOKS = {
  present: ["good", "●"], absent: ["bad", "✗"], leave: ["info", "C"], holiday: ["info", "★"], joint_leave: ["info", "★"],
  dispensation: ["info", "D"], off: ["", "–"], incident: ["info", "!"], not_yet: ["", "…"],
};
const TONES = { accepted: "good", doubtful: "warn", rejected: "bad" };

/** Show a month, this one unless another is asked for. */
export async function show(place, { args, go }) {
  const zone = (await find(kept(), "today"))?.found.sites[0]?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const today = dayIn(Date.now(), zone);
  const month = /^\d{4}-\d\d$/.test(args[0] ?? "") ? args[0] : today.slice(0, 7);
  const step = (by) => {
    const [year, number] = month.split("-").map(Number);
    return new Date(Date.UTC(year, number - 1 + by, 1)).toISOString().slice(0, 7);
  };
  const turn = h("div", { class: "row apart" }, button("←", () => go("days", step(-1)), "", { "aria-label": monthName(step(-1)) }), h("h2", {}, monthName(month)),
    button("→", () => go("days", step(1)), "", { "aria-label": monthName(step(1)), disabled: step(1) > today.slice(0, 7) && true }));
  const detail = h("div", { "aria-live": "polite", class: "stack" });
  place.replaceChildren(turn, nothing(say("ui_loading")));
  const [days, checkins, ratings] = await Promise.all([
    seen(`days-${month}`, `/v1/me/attendance?month=${month}`),
    seen(`checkins-${month}`, `/v1/me/checkins?month=${month}`),
    seen("ratings", "/v1/me/ratings?limit=12"),
  ]);
  const byDay = new Map(days.found.items.map((day) => [day.day, day]));
  const made = Map.groupBy ? Map.groupBy(checkins.found.items, (one) => one.work_date) : grouped(checkins.found.items);
  const cell = (day) => cellOf(byDay.get(day), made.get(day), day);
  const chosen = (day) => detail.replaceChildren(dayCard(day, byDay.get(day), made.get(day) ?? [], zone, go));
  const old = days.at && notice("info", say("app_seen_at", { at: face(days.at, zone) }));
  const rating = ratings.found.items.find((one) => one.month === month);
  place.replaceChildren(turn, old || "", calendar(month, weekdays(), cell, chosen, today), legend(), detail, rating ? ratingCard(rating) : "", statementCard(month, go), feedCard(zone));
  const shown = args[1] ?? (byDay.has(today) || made.has(today) ? today : null);
  if (shown) chosen(shown);
}

function grouped(items) {
  const made = new Map();
  for (const one of items) made.set(one.work_date, [...(made.get(one.work_date) ?? []), one]);
  return made;
}

function cellOf(day, checkins, iso) {
  if (!day && !checkins) return null;
  const [tone, mark] = day ? LOOKS[day.status] : ["", "…"];
  const costs = day && Number(day.deduction_pct) > 0;
  const words = day ? say(`app_day_${day.status}`) : say("app_day_not_yet");
  return { tone: costs && tone === "good" ? "warn" : tone, mark: costs && tone === "good" ? "◐" : mark, label: `${dayName(iso)}: ${words}${costs ? `, ${say("app_costs", { pct: number(day.deduction_pct, 2) })}` : ""}` };
}

const legend = () =>
  h("p", { class: "small soft" }, [["●", "app_day_present"], ["◐", "app_day_cut"], ["✗", "app_day_absent"], ["C", "app_day_leave"], ["★", "app_day_holiday"]].map(([mark, code]) => `${mark} ${say(code)}`).join("  ·  "));

function dayCard(iso, day, checkins, zone, go) {
  const title = h("header", {}, h("h2", {}, dayName(iso)), day && badge(say(`app_day_${day.status}`), LOOKS[day.status][0] === "info" ? "info" : ""));
  const costs = day && Number(day.deduction_pct) > 0 && h("p", { class: "figure" }, say("app_costs", { pct: number(day.deduction_pct, 2) }));
  const lines = day?.lines.map((line) => h("li", {}, h("p", {}, line.message, line.pct && Number(line.pct) ? h("strong", { class: "number" }, ` ${number(line.pct, 2)} %`) : ""), line.clause && h("p", { class: "small soft" }, source(line))));
  const made = checkins.map((one) => h("li", { class: "row apart" }, h("span", {}, `${say(`app_${one.direction}`)} `, h("time", {}, face(one.taken_at, zone)), one.distance_m > 0 ? ` · ${metres(one.distance_m)}` : "", ` · ± ${metres(one.accuracy_m)}`), badge(say(`app_verdict_${one.verdict}`), TONES[one.verdict])));
  return h("section", { class: "card" }, title, costs, day && h("p", { class: "small soft" }, day.standing_message), lines?.length ? h("ul", { class: "list" }, lines) : nothing(say("app_no_lines")),
    made.length > 0 && h("ul", { class: "list lines" }, made), day && h("details", {}, h("summary", {}, say("app_judged_by")), h("ul", { class: "small" }, day.trace.map((one) => h("li", {}, one.message)))), h("div", {}, button(say("app_correct_day"), () => go("requests", "correction", iso))));
}

const source = ({ clause, source, quality }) => [clause, source, quality === "G" && say("app_unverified_source")].filter(Boolean).join(" · ");

const statementCard = (month, go) => card(say("app_statement"), h("p", { class: "soft" }, say("app_statement_what")), h("div", {}, button(say("app_statement_open"), () => go("statement", month))));

function ratingCard(rating) {
  const lines = rating.breakdown.map((line) => h("li", {}, line.message, line.pct ? h("strong", { class: "number" }, ` ${number(line.pct, 2)} %`) : "", line.quality === "G" && h("span", { class: "small soft" }, ` (${say("app_unverified_source")})`)));
  const told = facts([
    [say("app_discipline"), `${number(rating.discipline_pct, 2)} %`],
    [say("app_score"), rating.score && number(rating.score, 2)],
    [say("app_predicate"), rating.predicate],
    [say("app_tpp"), rating.tpp_pct && `${number(rating.tpp_pct, 2)} %`],
  ]);
  return card(say("app_rating"), rating.provisional && notice("info", say("app_provisional")), told, h("details", {}, h("summary", {}, say("app_breakdown")), h("ul", {}, lines)));
}
