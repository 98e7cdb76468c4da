// A month: everybody's days as codes with their sums, and the same as files.

import { badge, button, card, field, h, notice, nothing } from "../ui/elements.js";
import { download, failed } from "./files.js";
import { dayName, monthName, number, say } from "../ui/words.js";
import { asked, page } from "./collection.js";
import { unitField } from "./scope.js";
import { thisMonth } from "./today.js";

const MOST = 200;
const TONES = { A: "bad", C: "info", L: "soft" };

export async function show(place, { args, go }) {
  const state = { month: args[0] ?? thisMonth(), unit: args[1] ?? "" };
  const grid = h("div", { class: "stack", "aria-live": "polite" });
  const draw = () => {
    history.replaceState(null, "", `#/months/${state.month}/${encodeURIComponent(state.unit)}`);
    grid.replaceChildren();
    return read(grid, state);
  };
  const unit = await unitField((code) => ((state.unit = code), draw()), state.unit);
  const month = field(say("desk_month"), { type: "month", value: state.month, max: thisMonth(), onchange: (event) => event.target.value && ((state.month = event.target.value), draw()) });
  const files = ["xlsx", "csv", "pdf"].map((form) => button(say(`desk_file_${form}`), () => download(asked(`/v1/recaps/${state.month}.${form}`, { unit: state.unit })).catch(failed)));
  place.append(h("div", { class: "grid" }, month, unit), h("div", { class: "row" }, files), grid);
  await draw();
}

async function read(grid, { month, unit }) {
  let after = null;
  const rows = h("tbody");
  const more = h("div", { class: "row" });
  const grow = async () => {
    const found = await page(`/v1/recaps/${month}`, { unit, limit: MOST, after });
    if (!after && !found.items.length) return grid.replaceChildren(nothing(say("desk_no_month", { month: monthName(month) })));
    rows.append(...found.items.map((recap) => line(recap, month)));
    after = found.next;
    more.replaceChildren(...(after ? [button(say("desk_more"), grow)] : []));
  };
  const [year, number_] = month.split("-").map(Number);
  const days = Array.from({ length: new Date(Date.UTC(year, number_, 0)).getUTCDate() }, (_, at) => at + 1);
  const head = h("tr", {}, h("th", { scope: "col" }, say("ui_name")), days.map((day) => h("th", { scope: "col", class: isWeekend(month, day) && "rest" }, String(day))), SUMS.map(({ title }) => h("th", { scope: "col", class: "number" }, say(title))));
  const sheet = h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": say("desk_months") }, h("table", { class: "matrix" }, h("caption", {}, say("desk_recap_of", { month: monthName(month) })), h("thead", {}, head), rows));
  grid.append(sheet, more);
  await grow();
}

const isWeekend = (month, day) => [0, 6].includes(new Date(`${month}-${String(day).padStart(2, "0")}T00:00:00Z`).getUTCDay());

const SUMS = [
  { title: "desk_sum_present", of: ({ counts }) => number(counts.present) },
  { title: "desk_sum_late", of: ({ counts }) => (counts.late_days ? `${number(counts.late_days)} · ${number(counts.late_min)}′` : "–") },
  { title: "desk_sum_early", of: ({ counts }) => (counts.early_days ? `${number(counts.early_days)} · ${number(counts.early_min)}′` : "–") },
  { title: "desk_sum_absent", of: ({ counts }) => number(counts.absent) },
  { title: "desk_sum_leave", of: ({ counts }) => number(counts.leave) },
  { title: "desk_sum_deduction", of: ({ counts }) => `${number(counts.deduction_pct, 2)} %` },
  { title: "desk_sum_tpp", of: ({ rating }) => (rating?.tpp_pct != null ? `${number(rating.tpp_pct, 2)} %` : "–") },
];

function line(recap, month) {
  const name = h("th", { scope: "row" }, recap.name, h("div", { class: "soft small" }, h("span", { class: "number" }, recap.nip), " · ", recap.unit), !recap.provisional && badge(say("desk_final"), "good"));
  const days = recap.codes.map((code, at) => h("td", { class: `code-${code.replace(/\W/g, "") || "none"}`, title: `${dayName(`${month}-${String(at + 1).padStart(2, "0")}`, false)}: ${code || "–"}` }, code));
  return h("tr", {}, name, days, SUMS.map(({ of }) => h("td", { class: "number" }, of(recap))));
}
