// Daily activities: what was done, for how long, where each stands, and what the month comes to.

import { badge, button, card, choice, dialog, facts, field, form, h, nothing, notice, toast } from "../../ui/elements.js";
import { ask } from "../../ui/session.js";
import { clock as face, dayIn, dayName, monthName, number, say } from "../../ui/words.js";
import { kept, seen } from "../phone.js";
import { find } from "../store.js";

const TONES = { waiting: "info", approved: "good", adjusted: "warn", returned: "bad", withdrawn: "" };

/** Show a month's activities and the form to log one; after `again` and its id the form stands in for a returned one. */
export async function show(place, { args, go }) {
  const zone = (await find(kept(), "today"))?.found.sites[0]?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const today = dayIn(Date.now(), zone);
  const month = today.slice(0, 7);
  const again = () => go("work", String(Date.now()));
  place.replaceChildren(nothing(say("ui_loading")));
  const [logged, standards, sum] = await Promise.all([
    seen(`work-${month}`, `/v1/me/activities?since=${month}-01&limit=200`),
    seen("work-standards", "/v1/me/activity-standards"),
    seen(`work-sum-${month}`, `/v1/me/productivity?month=${month}`),
  ]);
  const returned = args[0] === "again" ? logged.found.items.find((one) => String(one.id) === args[1]) : null;
  const old = logged.at && notice("info", say("app_seen_at", { at: face(logged.at, zone) }));
  const asking = card(say(returned ? "app_work_again" : "app_work_log"), returned && notice("warn", returned.decision_reason), workForm(returned, standards.found.items, today, again));
  const list = card(say("app_work_logged"), logged.found.items.length ? h("ul", { class: "list lines" }, logged.found.items.map((one) => h("li", { class: "stack tight" }, line(one, go, again)))) : nothing(say("app_none")));
  place.replaceChildren(old || "", sumCard(sum.found, month), asking, list);
}

function sumCard(sum, month) {
  const minutes = (count) => say("app_minutes", { count: number(count) });
  return card(monthName(month),
    sum.productivity_pct !== null && h("p", { class: "figure" }, `${number(sum.productivity_pct, 2)} %`, h("span", { class: "soft small" }, ` ${say("app_productivity")}`)),
    facts([
      [say("app_work_approved"), minutes(sum.approved_min)],
      [say("app_work_waiting"), minutes(sum.waiting_min)],
      [say("app_work_asked"), sum.asked_min === null ? null : minutes(sum.asked_min)],
      [say("app_work_outside"), sum.outside_min ? minutes(sum.outside_min) : null],
    ]),
    sum.clause && h("p", { class: "small soft" }, sum.clause));
}

function line(one, go, again) {
  const hours = one.starts && `${one.starts}–${one.ends}`;
  const measure = [hours, say("app_minutes", { count: number(one.minutes) }), one.standard_name && `${number(one.volume, 0)} ${one.volume_unit}`].filter(Boolean).join(" · ");
  return [
    h("div", { class: "row apart" }, h("strong", {}, dayName(one.day, false)), badge(say(`app_work_${one.status}_status`), TONES[one.status])),
    h("p", {}, one.description), h("p", { class: "small soft number" }, measure),
    one.standard_name && h("p", { class: "small soft" }, one.standard_name),
    one.outside_min > 0 && h("p", { class: "small soft" }, say("app_work_outside_this", { count: number(one.outside_min) })),
    one.status === "adjusted" && h("p", {}, say("app_work_counted", { count: number(one.counted_min) })),
    one.decision_reason && h("p", {}, say("app_answer", { reason: one.decision_reason })),
    one.status === "waiting" && h("div", {}, button(say("app_work_withdraw"), () => withdraw(one, again), "danger")),
    one.status === "returned" && !one.replaced_by && h("div", {}, button(say("app_work_again"), () => go("work", "again", String(one.id)), "main")),
  ];
}

async function withdraw(one, again) {
  const fields = { reason: field(say("app_reason"), h("textarea", { required: true, minlength: 3, maxlength: 2000 })) };
  const content = (close) =>
    form(fields, say("app_work_withdraw"), async (values) => {
      await ask("POST", `/v1/me/activities/${one.id}/withdrawal`, values);
      close(true);
    });
  if (await dialog(say("app_work_withdraw"), content)) again();
}

/** One measure: minutes, the hours, or so much of a standard activity of one's position. */
function workForm(returned, standards, today, again) {
  const kinds = [["minutes", say("app_work_by_minutes")], ["hours", say("app_work_by_hours")], ...(standards.length ? [["standard", say("app_work_by_standard")]] : [])];
  const by = returned?.standard ? "standard" : returned?.starts ? "hours" : "minutes";
  const optional = {
    minutes: field(say("app_work_minutes"), { type: "number", inputmode: "numeric", min: 1, max: 1500, value: returned?.minutes ?? "" }),
    starts: field(say("app_work_starts"), { type: "time", value: returned?.starts ?? "" }),
    ends: field(say("app_work_ends"), { type: "time", value: returned?.ends ?? "" }, say("app_work_ends_help")),
    standard: field(say("app_work_standard"), choice(standards.map((one) => [one.code, say("app_work_norm", { name: one.name, norm: number(one.norm_min, 0), unit: one.volume_unit })]))),
    volume: field(say("app_work_volume"), { type: "number", inputmode: "decimal", min: 0, step: "any", value: returned?.volume ?? "" }),
  };
  const fields = {
    day: field(say("app_work_day"), { type: "date", value: returned?.day ?? today, max: today, required: true }),
    description: field(say("app_work_what"), h("textarea", { required: true, minlength: 3, maxlength: 2000 })),
    by: field(say("app_work_measure"), choice(kinds, { value: by })),
    ...optional,
    attachment: field(say("app_work_document"), { maxlength: 500, value: returned?.attachment ?? "" }, say("app_work_document_help")),
  };
  if (returned) {
    fields.description.input.value = returned.description;
    fields.day.input.readOnly = true;
    if (returned.standard) optional.standard.input.value = returned.standard;
  }
  const shown = { minutes: ["minutes"], hours: ["starts", "ends"], standard: ["standard", "volume"] };
  const follow = () => {
    for (const [name, one] of Object.entries(optional)) one.hidden = !shown[fields.by.input.value].includes(name);
  };
  fields.by.input.addEventListener("change", follow);
  follow();
  return form(fields, say("app_work_send"), async (values) => {
    const measured = Object.fromEntries(shown[values.by].map((name) => [name, name === "minutes" ? Number(values[name]) : values[name]]));
    await ask("POST", "/v1/me/activities", { day: values.day, description: values.description, attachment: values.attachment || null, replaces: returned?.id ?? null, ...measured });
    toast(say("app_work_sent"));
    again();
  });
}
