// Which days are free, for whom, and who says so: declared days of a year, calendar groups and who belongs to them.

import { badge, button, card, choice, dialog, field, form, h, notice, nothing, table, toast } from "../ui/elements.js";
import { ask, askNewer, edit } from "../ui/session.js";
import { at, dayName, say } from "../ui/words.js";
import { all, asked, growing } from "./collection.js";
import { failed } from "./files.js";
import { units } from "./scope.js";
import { today } from "./today.js";

const KINDS = ["national", "joint_leave", "dispensation", "workday"];
const TONES = { national: "good", joint_leave: "info", dispensation: "info", workday: "warn" };

export async function show(place, { args, go, me }) {
  const year = /^\d{4}$/.test(args[0] ?? "") ? args[0] : today().slice(0, 4);
  const [{ items: days }, groups, known] = await Promise.all([ask("GET", asked("/v1/holidays", { year })), all("/v1/calendar-groups"), units()]);
  const again = () => go("plan", "calendars", year, String(Date.now()));
  const agencies = [...new Set(known.map(({ path }) => path.split(".")[0]))];
  const act = (work) => async () => {
    try {
      if (await work()) (toast(say("desk_saved")), again());
    } catch (problem) {
      failed(problem);
    }
  };
  place.append(
    h("div", { class: "row" }, field(say("desk_year"), { type: "number", min: 2000, max: 2100, value: year, onchange: (event) => event.target.value && go("plan", "calendars", event.target.value) }), button(say("desk_day_declare"), act(() => declare(known, groups, year)), "main")),
    table(say("desk_calendar_of", { year }), [
      { title: say("desk_day"), cell: ({ day }) => dayName(day) },
      { title: say("desk_kind"), cell: ({ kind }) => badge(say(`desk_day_${kind}`), TONES[kind]) },
      { title: say("ui_name"), cell: ({ name }) => name },
      { title: say("desk_for"), cell: ({ unit, group }) => [unit ?? say("desk_for_all"), group].filter(Boolean).join(" · ") },
      { title: say("desk_source"), cell: ({ source }) => source },
      { title: say("desk_action"), cell: (one) => one.id && h("div", { class: "row" }, button(say("desk_edit"), act(() => change(one)), "plain"), button(say("desk_day_back"), act(() => takeBack(one)), "plain")) },
    ], days),
    card(say("desk_groups"), h("p", { class: "soft" }, say("desk_groups_what")), groups.length ? h("ul", { class: "list lines" }, groups.map((group) => groupLine(group, agencies, me, act))) : nothing(say("desk_groups_none")), h("div", { class: "row" }, button(say("desk_group_new"), act(() => newGroup(agencies))))),
    card(say("desk_feeds"), h("p", { class: "soft" }, say("desk_feeds_what")), h("ul", { class: "list" }, agencies.map((agency) => h("li", {}, h("a", { href: at(`/v1/feeds/agencies/${encodeURIComponent(agency)}.ics`) }, `${agency}.ics`))))),
  );
}

const kindField = (value) => field(say("desk_kind"), choice(KINDS.map((kind) => [kind, say(`desk_day_${kind}`)]), { value }));
const wordFields = (given = {}) => ({ kind: kindField(given.kind ?? "national"), name: field(say("ui_name"), { required: true, maxlength: 200, value: given.name ?? "" }), source: field(say("desk_source"), { required: true, maxlength: 500, value: given.source ?? "" }, say("desk_source_help")) });

const declare = (known, groups, year) =>
  dialog(say("desk_day_declare"), (close) =>
    form({
      day: field(say("desk_day"), { type: "date", required: true, value: today().startsWith(year) ? today() : `${year}-01-01` }),
      unit: field(say("desk_day_unit"), choice(known.map(({ code, name, path }) => [code, `${"  ".repeat(path.split(".").length - 1)}${name}`]))),
      group: field(say("desk_day_group"), choice([["", say("desk_for_all")], ...groups.map(({ code, name }) => [code, name])])),
      ...wordFields(),
    }, say("desk_save"), async (given) => close(await ask("POST", "/v1/holidays", { ...given, group: given.group || null }))));

async function change(one) {
  const { found, etag } = await askNewer(`/v1/holidays/${one.id}`);
  return dialog(`${say("desk_edit")}: ${dayName(one.day)}`, (close) => form(wordFields(found), say("desk_save"), async (given) => (await edit("PUT", `/v1/holidays/${one.id}`, given, etag), close(true))));
}

const takeBack = (one) =>
  dialog(say("desk_day_back"), (close) => [h("p", {}, say("desk_day_back_what", { name: one.name, day: dayName(one.day) })), button(say("desk_day_back"), async () => {
    try {
      await ask("DELETE", `/v1/holidays/${one.id}`);
      close(true);
    } catch (problem) {
      failed(problem);
    }
  }, "danger")]);

function groupLine(group, agencies, me, act) {
  const agency = group.agency ?? agencies[0];
  const keeps = me.grants.some(({ role, unit }) => role === "hr" && unit === agency);
  const path = `/v1/calendar-groups/${encodeURIComponent(agency)}/${encodeURIComponent(group.code)}`;
  const members = () =>
    dialog(group.name, () => h("div", { class: "stack" }, h("p", { class: "soft small" }, say("desk_members_what")), growing(`${path}/members`, {}, (items) => items.map((one) => memberLine(one)), say("desk_members_none")), addMember(path)));
  return h("li", { class: "row apart" }, h("div", {}, h("strong", {}, group.name), h("div", { class: "soft small" }, [group.code, group.calendar].filter(Boolean).join(" · "))), keeps && button(say("desk_members"), act(async () => (await members(), false))));
}

const memberLine = (one) => h("div", { class: "row apart" }, h("span", {}, one.name), h("span", { class: "soft small" }, `${dayName(one.since, false)} – ${one.until ? dayName(one.until, false) : "…"}`), !one.until && button(say("desk_member_end"), async (pressed) => {
  try {
    const { etag } = await askNewer(`/v1/calendar-memberships/${one.id}`);
    await edit("PUT", `/v1/calendar-memberships/${one.id}`, { until: today() }, etag);
    pressed.replaceWith(badge(say("desk_ends"), "warn"));
  } catch (problem) {
    failed(problem);
  }
}, "plain"));

function addMember(path) {
  const fields = { nip: field(say("ui_nip"), { required: true, inputmode: "numeric", minlength: 18, maxlength: 18 }), since: field(say("desk_since"), { type: "date", required: true, value: today() }) };
  return form(fields, say("desk_member_add"), async (given, made) => {
    await ask("POST", `${path}/members`, given);
    toast(say("desk_saved"));
    made.reset();
  });
}

const newGroup = (agencies) =>
  dialog(say("desk_group_new"), (close) =>
    form({
      agency: field(say("desk_agency"), choice(agencies.map((one) => [one, one]))),
      code: field(say("desk_code"), { required: true, maxlength: 40 }, say("desk_group_code_help")),
      name: field(say("ui_name"), { required: true, maxlength: 100 }),
      calendar: field(say("desk_group_calendar"), choice([["", say("desk_group_no_calendar")], ["bali-hindu", "bali-hindu"]])),
    }, say("desk_save"), async (given) => close(await ask("POST", "/v1/calendar-groups", { ...given, calendar: given.calendar || null }))));
