// A month on its way to a document: what its people say of it, the superior's word, the seal, later changes, the papers.

import { badge, button, card, choice, dialog, facts, field, form, h, nothing, notice, table, toast } from "../ui/elements.js";
import { LONG_MS, ask, signedIn } from "../ui/session.js";
import { at, dayName, instantIn, moment, monthName, number, say } from "../ui/words.js";
import { download, failed } from "./files.js";
import { all, growing } from "./collection.js";
import { unitField, zoneOf } from "./scope.js";
import { ZONE, thisMonth } from "./today.js";

const TONES = { open: "", acknowledged: "info", objected: "bad", confirmed: "good", changed: "warn", sealed: "good" };
const STATES = ["hours", "absent", "evidence"];

export async function show(place, { me, args }) {
  const state = { month: args[0] ?? monthBefore(thisMonth()), unit: args[1] ?? "" };
  const shown = h("div", { class: "stack", "aria-live": "polite" });
  const draw = () => {
    history.replaceState(null, "", `#/seal/${state.month}/${encodeURIComponent(state.unit)}`);
    return read(shown, state, me, draw);
  };
  const unit = await unitField((code) => ((state.unit = code), draw()), state.unit);
  const month = field(say("desk_month"), { type: "month", value: state.month, max: thisMonth(), onchange: (event) => event.target.value && ((state.month = event.target.value), draw()) });
  place.append(h("p", { class: "soft" }, say("desk_seal_what")), h("div", { class: "grid" }, month, unit), shown);
  await draw();
}

function monthBefore(month) {
  const [year, number_] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number_ - 2, 1)).toISOString().slice(0, 7);
}

async function read(shown, { month, unit }, me, again) {
  const [seals, amendments] = await Promise.all([all(`/v1/recaps/${month}/seals`), all(`/v1/recaps/${month}/amendments`)]);
  const has = (role) => me.grants.some((grant) => grant.role === role);
  const own = unit ? seals.filter((one) => one.unit === unit) : seals;
  const ofUnit = unit ? amendments.filter((one) => one.unit === unit) : amendments;
  shown.replaceChildren(
    wordsCard(month, unit, has("supervisor"), again),
    card(say("desk_seals"), own.length ? h("ul", { class: "list lines" }, own.map((one) => h("li", { class: "stack tight" }, sealLine(one)))) : nothing(say("desk_seals_none"))),
    has("hr") ? (unit ? h("div", { class: "stack" }, sealCard(month, unit, again), own.length ? amendCard(month, unit, again) : "") : notice("info", say("desk_seal_choose"))) : "",
    card(say("desk_amendments"), ofUnit.length ? ofUnit.map(amendment) : nothing(say("desk_amendments_none"))),
  );
}

/** What each person says of his month, and the superior's answer. */
function wordsCard(month, unit, isSuperior, again) {
  const confirm = async (rows) => {
    const missing = rows.some((row) => row.state !== "acknowledged");
    const fields = { note: field(say("desk_note"), h("textarea", { maxlength: 1000, required: missing }), missing ? say("desk_confirm_note") : "") };
    const content = (close) =>
      form(fields, say("desk_confirm"), async ({ note }) => {
        await ask("POST", `/v1/recaps/${month}/acknowledgements`, { nips: rows.map((row) => row.nip), note });
        close(true);
      });
    if (await dialog(say("desk_confirm_of", { count: rows.length }), content)) {
      toast(say("desk_confirmed"));
      again();
    }
  };
  const waits = (row) => isSuperior && row.nip !== signedIn().nip && !["confirmed", "sealed"].includes(row.state);
  const columns = [
    { title: say("ui_name"), cell: (row) => h("div", {}, h("strong", {}, row.name), h("div", { class: "soft small" }, h("span", { class: "number" }, row.nip), ` · ${row.unit}`)) },
    { title: say("desk_sum_present"), isNumber: true, cell: (row) => number(row.present) },
    { title: say("desk_sum_absent"), isNumber: true, cell: (row) => number(row.absent) },
    { title: say("desk_sum_deduction"), isNumber: true, cell: (row) => `${number(row.deduction_pct, 2)} %` },
    { title: say("desk_word"), cell: (row) => badge(say(`desk_word_${row.state}`), TONES[row.state]) },
    ...(isSuperior ? [{ title: say("desk_confirm"), cell: (row) => (waits(row) ? button(say("desk_confirm"), () => confirm([row])) : null) }] : []),
  ];
  const listed = growing(`/v1/recaps/${month}/acknowledgements`, { unit }, (rows) => {
    const said = rows.filter((row) => row.state === "acknowledged" && waits(row));
    return [said.length > 1 && h("div", {}, button(say("desk_confirm_all", { count: said.length }), () => confirm(said), "main")), table(say("desk_words_of", { month: monthName(month) }), columns, rows)].filter(Boolean);
  }, say("desk_no_month", { month: monthName(month) }));
  return card(say("desk_words"), say("desk_words_what"), listed);
}

const sealLine = (one) => [
  h("div", { class: "row apart" }, h("strong", {}, one.unit), badge(say("desk_final"), "good")),
  facts([
    [say("desk_people"), number(one.people)],
    [say("desk_seal_days"), number(one.days)],
    [say("desk_seal_by"), `${one.by}, ${moment(one.sealed_at, ZONE)}`],
    [say("desk_seal_named"), one.findings.length ? one.findings.join(", ") : null],
    [say("desk_note"), one.note || null],
  ]),
  h("p", { class: "small soft number" }, `SHA-256 ${one.digest}`),
];

/** The paper that was issued: its number, the public page behind its code, the signed file. */
const issued = (paper) =>
  dialog(say("desk_issued"), () =>
    h("div", { class: "stack" }, paper.is_test && notice("warn", say("desk_test_signature")),
      facts([[say("desk_number"), paper.number], [say("desk_title_of"), paper.title]]),
      h("p", { class: "small soft number" }, `SHA-256 ${paper.sha256}`),
      h("div", { class: "row" }, button(say("desk_file_pdf"), () => download(`/v1/papers/${paper.id}.pdf`).catch(failed), "main"), h("a", { class: "button", href: at(`/verify/${paper.id}`), target: "_blank", rel: "noopener" }, say("desk_verify_page")))));

function sealCard(month, unit, again) {
  const fields = {
    findings: field(say("desk_seal_findings"), { inputmode: "numeric", placeholder: "12, 15" }, say("desk_seal_findings_help")),
    note: field(say("desk_note"), h("textarea", { maxlength: 1000 })),
  };
  const made = form(fields, say("desk_seal"), async ({ findings, note }) => {
    const { paper } = await ask("POST", `/v1/recaps/${month}/seal`, { unit, note, findings: findings.split(/[\s,]+/).filter(Boolean).map(Number) }, LONG_MS);
    await issued(paper);
    again();
  });
  return card(say("desk_seal_of", { month: monthName(month), unit }), say("desk_seal_help"), made);
}

function amendCard(month, unit, again) {
  const states = choice(STATES.map((one) => [one, say(`desk_states_${one}`)]));
  const fields = {
    nip: field(say("ui_nip"), { inputmode: "numeric", maxlength: 18, required: true }),
    day: field(say("desk_day"), { type: "date", required: true, min: `${month}-01`, max: `${month}-31` }),
    states: field(say("desk_states"), states),
    in_at: field(say("desk_came"), { type: "time" }),
    out_at: field(say("desk_went"), { type: "time" }),
    reason: field(say("desk_reason"), h("textarea", { required: true, maxlength: 1000 })),
    basis: field(say("desk_basis"), { required: true, maxlength: 300 }, say("desk_basis_help")),
  };
  const follow = () => [fields.in_at, fields.out_at].forEach((one) => (one.hidden = states.value !== "hours"));
  states.addEventListener("change", follow);
  follow();
  const made = form(fields, say("desk_amend"), async ({ nip, day, states: stated, in_at, out_at, reason, basis }) => {
    const zone = await zoneOf(unit);
    const instant = (time) => (stated === "hours" && time ? new Date(instantIn(`${day}T${time}`, zone)).toISOString() : null);
    const change = { nip, day, states: stated, in_at: instant(in_at), out_at: instant(out_at) };
    const { paper } = await ask("POST", `/v1/recaps/${month}/amendments`, { unit, reason, basis, changes: [change] }, LONG_MS);
    await issued(paper);
    again();
  });
  const reissue = async () => {
    try {
      await issued(await ask("POST", `/v1/recaps/${month}/papers`, { unit }, LONG_MS));
    } catch (problem) {
      failed(problem);
    }
  };
  return card(say("desk_amend"), say("desk_amend_help"), made, h("div", {}, button(say("desk_reissue"), reissue)));
}

const amendment = (one) =>
  h("article", { class: "stack tight" }, h("p", {}, h("strong", {}, one.unit), ` · ${one.reason}`), h("p", { class: "small soft" }, `${one.basis} · ${one.by}, ${moment(one.stated_at, ZONE)}`),
    table(say("desk_amended_days"), [
      { title: say("ui_name"), cell: (day) => day.name },
      { title: say("desk_day"), cell: (day) => dayName(day.day, false) },
      { title: say("desk_was"), cell: ({ old }) => `${old.code} · ${number(old.deduction_pct, 2)} %` },
      { title: say("desk_is"), cell: (day) => `${day.new.code} · ${number(day.new.deduction_pct, 2)} %` },
    ], one.changes));
