// The team today: who is here, who is late, on leave or not yet seen. Refreshes itself while it is looked at.

import { badge, button, dialog, field, h, notice, table } from "../ui/elements.js";
import { ask } from "../ui/session.js";
import { clock, dayName, number, say } from "../ui/words.js";
import { asked, page } from "./collection.js";
import { unitField, zoneOf } from "./scope.js";
import { today } from "./today.js";

const REFRESH_MS = 60_000;
const MOST = 1000;
const TONES = { present: "good", late: "warn", absent: "bad", not_yet: "info", leave: "", incident: "info" };
export const standing = ({ status, late_min }) => (status === "present" && late_min > 0 ? "late" : status);

export async function show(place) {
  const state = { unit: "", day: today(), only: null };
  const board = h("div", { class: "stack", "aria-live": "polite" });
  const draw = async () => {
    const people = await read(state);
    const zone = await zoneOf(state.unit);
    if (board.isConnected) board.replaceChildren(...parts(people, zone, state, draw));
  };
  const unit = await unitField((code) => ((state.unit = code), draw()));
  const day = field(say("desk_day"), { type: "date", value: state.day, max: state.day, onchange: (event) => event.target.value && ((state.day = event.target.value), draw()) });
  place.append(h("div", { class: "grid" }, unit, day), board);
  await draw();
  const timer = setInterval(() => !document.hidden && state.day === today() && !document.querySelector("dialog") && draw().catch(() => null), REFRESH_MS);
  return () => clearInterval(timer);
}

async function read({ unit, day }) {
  const path = day === today() ? "/v1/team" : "/v1/attendance";
  const people = [];
  let after = null;
  do {
    const found = await page(path, { unit, day: path === "/v1/team" ? null : day, limit: 200, after });
    people.push(...found.items);
    after = found.next;
  } while (after && people.length < MOST);
  return Object.assign(people, { isCut: Boolean(after) });
}

function parts(people, zone, state, draw) {
  const counts = new Map();
  for (const one of people) counts.set(standing(one), (counts.get(standing(one)) ?? 0) + 1);
  const chip = (kind, count) =>
    h("button", { type: "button", class: `button ${state.only === kind ? "main" : ""}`, "aria-pressed": String(state.only === kind), onclick: () => ((state.only = state.only === kind ? null : kind), draw()) },
      h("span", { class: "figure" }, number(count)), h("span", {}, say(`desk_standing_${kind}`)));
  const shown = state.only ? people.filter((one) => standing(one) === state.only) : people;
  return [
    h("p", { class: "soft" }, say("desk_team_of", { day: dayName(state.day), n: number(people.length), at: clock(new Date().toISOString(), zone, true) })),
    h("div", { class: "row" }, [...counts].sort().map(([kind, count]) => chip(kind, count))),
    people.isCut && notice("warn", say("desk_team_cut", { n: number(MOST) })),
    table(say("desk_team"), columns(zone), shown),
  ].filter(Boolean);
}

const columns = (zone) => [
  { title: say("ui_name"), cell: (one) => h("div", {}, h("strong", {}, one.name), h("div", { class: "soft small" }, one.unit)) },
  { title: say("desk_status"), cell: (one) => badge(say(`desk_standing_${standing(one)}`), TONES[standing(one)] ?? "") },
  { title: say("desk_hours"), cell: ({ start_at, end_at }) => start_at && `${clock(start_at, zone)}–${clock(end_at, zone)}` },
  { title: say("desk_direction_in"), cell: ({ in_at }) => in_at && clock(in_at, zone) },
  { title: say("desk_direction_out"), cell: ({ out_at }) => out_at && clock(out_at, zone) },
  { title: say("desk_late_min"), cell: ({ late_min }) => late_min || null, isNumber: true },
  { title: say("desk_why"), cell: (one) => one.lines.length > 0 && button(say("desk_explain"), () => explain(one), "plain") },
];

const explain = (one) =>
  dialog(`${one.name} · ${dayName(one.day)}`, () =>
    h("ul", { class: "list lines" }, one.lines.map((line) =>
      h("li", {}, line.message, line.clause && h("div", { class: "soft small" }, [line.clause, line.source].filter(Boolean).join(" · "))))));

/** How many of a scope stand how today, for the first page of it. */
export async function glance() {
  const { items, next } = await ask("GET", asked("/v1/team", { limit: 200 }));
  const counts = new Map();
  for (const one of items) counts.set(standing(one), (counts.get(standing(one)) ?? 0) + 1);
  return { counts, isPart: Boolean(next) };
}
