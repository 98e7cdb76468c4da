// What a person asks for: a day to be put right, permission to come late or leave early, leave. Somebody else decides, and why stands beside it.

import { badge, button, card, choice, dialog, field, form, h, nothing, toast } from "../../ui/elements.js";
import { files, filesField } from "../../ui/attached.js";
import { ask } from "../../ui/session.js";
import { dayIn, dayName, instantIn, moment, say } from "../../ui/words.js";
import { kept, seen } from "../phone.js";
import { find } from "../store.js";

const TONES = { requested: "info", asked_again: "info", agree: "info", approve: "good", refuse: "bad", withdraw: "" };
const KINDS = ["annual", "sick", "important", "maternity", "long", "unpaid"];
const CAUSES = ["illness_or_death", "inheritance", "marriage", "birth", "nursing", "hajj", "miscarriage", "work_accident", "remote"];

/** Show what was asked for, and forms to ask. `#/requests/correction/2026-11-24` opens the form for that day. */
export async function show(place, { args, go }) {
  const zone = (await find(kept(), "today"))?.found.sites[0]?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const today = dayIn(Date.now(), zone);
  const again = () => go("requests", String(Date.now()));
  const [asked, day] = args;
  const buttons = h("div", { class: "row" }, button(say("app_ask_correction"), () => go("requests", "correction", today), "main"), button(say("app_ask_permission"), () => go("requests", "permission"), ""), button(say("app_ask_leave"), () => go("requests", "leave"), ""));
  if (asked === "correction") return void place.replaceChildren(card(say("app_ask_correction"), say("app_correction_what"), correctionForm(day ?? today, zone, again)));
  if (asked === "permission") return void place.replaceChildren(card(say("app_ask_permission"), say("app_permission_what"), permissionForm(today, again)));
  if (asked === "leave") return void place.replaceChildren(card(say("app_ask_leave"), leaveForm(today, again)));
  place.replaceChildren(buttons, nothing(say("ui_loading")));
  const [corrections, permissions, leaves] = await Promise.all(["corrections", "permissions", "leaves"].map((name) => seen(name, `/v1/me/${name}`)));
  place.replaceChildren(buttons, list("app_corrections", corrections.found.items, (one) => correctionLine(one, zone)), list("app_permissions", permissions.found.items, (one) => permissionLine(one, again)), list("app_leaves", leaves.found.items, (one) => leaveLine(one, again)));
}

const list = (title, items, line) => card(say(title), items.length ? h("ul", { class: "list lines" }, items.map((one) => h("li", { class: "stack tight" }, line(one)))) : nothing(say("app_none")));

function correctionLine(one, zone) {
  const what = `${dayName(one.day, false)} · ${say(`app_${one.direction}`)} ${moment(one.at, zone)}`;
  return [h("div", { class: "row apart" }, h("strong", {}, what), badge(say(`app_status_${one.status}`), TONES[one.status])), h("p", { class: "small soft" }, one.reason), files(one.attachments), answer(one)];
}

function permissionLine(one, again) {
  const what = `${say(`app_permission_${one.direction}`)} · ${dayName(one.day, false)}`;
  return [
    h("div", { class: "row apart" }, h("strong", {}, what), badge(say(`app_status_${one.status}`), TONES[one.status])), h("p", { class: "small soft" }, one.reason), answer(one),
    one.status === "requested" && h("div", {}, button(say("app_withdraw"), () => withdraw("permissions", one, again), "danger")),
  ];
}

function leaveLine(one, again) {
  const span = one.first_day === one.last_day ? dayName(one.first_day, false) : `${dayName(one.first_day, false)} – ${dayName(one.last_day, false)}`;
  const open = one.status === "requested" || one.status === "agree";
  return [
    h("div", { class: "row apart" }, h("strong", {}, `${say(`leave_${one.kind}`)} · ${span}`), badge(say(`app_status_${one.status}`), TONES[one.status])),
    one.part !== "whole" && h("p", { class: "small" }, say(`app_part_${one.part}`)), h("p", { class: "small soft" }, one.reason), files(one.attachments), answer(one),
    one.cut_from && h("p", { class: "small" }, say("app_cut_from", { day: dayName(one.cut_from, false) })),
    open && h("div", {}, button(say("app_withdraw"), () => withdraw("leaves", one, again), "danger")),
  ];
}

const answer = (one) => one.decision_reason && h("p", {}, say("app_answer", { reason: one.decision_reason }));

async function withdraw(kind, one, again) {
  const fields = { reason: field(say("app_reason"), h("textarea", { required: true, minlength: 3, maxlength: 2000 })) };
  const content = (close) =>
    form(fields, say("app_withdraw"), async (values) => {
      await ask("POST", `/v1/me/${kind}/${one.id}/withdrawal`, values);
      close(true);
    });
  if (await dialog(say("app_withdraw"), content)) again();
}

function correctionForm(day, zone, again) {
  const fields = {
    day: field(say("app_work_date"), { type: "date", value: day, required: true }),
    direction: field(say("app_direction"), choice([["in", say("app_in")], ["out", say("app_out")]])),
    at: field(say("app_really_at"), { type: "datetime-local", value: `${day}T07:30`, required: true }, say("app_really_at_help", { zone })),
    reason: field(say("app_reason"), h("textarea", { required: true, maxlength: 2000 })),
    evidence: field(say("app_evidence"), h("textarea", { required: true, maxlength: 2000 }), say("app_evidence_help")),
    attachments: filesField(),
  };
  return form(fields, say("app_send"), async ({ attachments, ...values }) => {
    await ask("POST", "/v1/me/corrections", { ...values, attachment_ids: await fields.attachments.sent(), at: new Date(instantIn(values.at, zone)).toISOString() });
    toast(say("app_sent"));
    again();
  });
}

function permissionForm(today, again) {
  const fields = {
    day: field(say("app_work_date"), { type: "date", value: today, required: true }),
    direction: field(say("app_permission"), choice([["in", say("app_permission_in")], ["out", say("app_permission_out")]])),
    reason: field(say("app_reason"), h("textarea", { required: true, minlength: 3, maxlength: 2000 })),
  };
  return form(fields, say("app_send"), async (values) => {
    await ask("POST", "/v1/me/permissions", values);
    toast(say("app_sent"));
    again();
  });
}

function leaveForm(today, again) {
  const fields = {
    kind: field(say("app_leave_kind"), choice(KINDS.map((kind) => [kind, say(`leave_${kind}`)]))),
    first_day: field(say("app_first_day"), { type: "date", value: today, required: true }),
    last_day: field(say("app_last_day"), { type: "date", value: today, required: true }),
    part: field(say("app_part"), choice(["whole", "morning", "afternoon"].map((part) => [part, say(`app_part_${part}`)]))),
    cause: field(say("app_cause"), choice([["", say("app_cause_none")], ...CAUSES.map((cause) => [cause, say(`app_cause_${cause}`)])])),
    reason: field(say("app_reason"), h("textarea", { required: true, maxlength: 2000 })),
    attachments: filesField(),
  };
  return form(fields, say("app_send"), async ({ attachments, ...values }) => {
    await ask("POST", "/v1/me/leaves", { ...values, attachment_ids: await fields.attachments.sent(), cause: values.cause || null });
    toast(say("app_sent"));
    again();
  });
}
