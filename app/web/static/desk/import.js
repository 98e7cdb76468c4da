// People from a file: looked at first, as additions, changes and problems by line; then carried out as it was looked at.

import { badge, button, card, field, h, notice, nothing, table, toast } from "../ui/elements.js";
import { ask } from "../ui/session.js";
import { dayName, number, say } from "../ui/words.js";
import { failed } from "./files.js";

const HEADING = "unit_code,unit_name,parent_code,nip,name,position,since,until,kind,zone,decree";
const line = () => ({ title: say("desk_line"), cell: (one) => (one.line ? number(one.line) : say("desk_whole_file")), isNumber: true });

export async function show(place, { me }) {
  const found = h("div", { class: "stack", "aria-live": "polite" });
  const chosen = field(say("desk_import_file"), { type: "file", accept: ".csv,text/csv" }, say("desk_import_file_help"));
  chosen.input.addEventListener("change", async () => {
    const [file] = chosen.input.files;
    if (!file) return;
    found.replaceChildren(nothing(say("ui_loading")));
    const csv = await file.text();
    try {
      look(found, csv, await ask("POST", "/v1/people/imports", { csv }));
    } catch (problem) {
      found.replaceChildren(notice("bad", problem.detail ?? String(problem)));
    }
  });
  const mayUnits = me.grants.some(({ role }) => role === "admin");
  place.append(
    h("p", {}, h("a", { href: "#/people" }, say("desk_back_to_people"))),
    card(say("desk_import"), h("p", {}, say("desk_import_what")), h("p", { class: "soft small" }, say(mayUnits ? "desk_import_reach_admin" : "desk_import_reach")), chosen, h("div", { class: "row" }, saved("pegawai.csv", `${HEADING}\n`, say("desk_import_template")))),
    found,
  );
}

/** A link that saves text as a file, in the encoding spreadsheets expect. */
export function saved(name, words, label) {
  return h("a", { class: "button", download: name, href: URL.createObjectURL(new Blob(["\ufeff", words], { type: "text/csv" })) }, label);
}

function look(found, csv, plan) {
  const parts = [tally(plan)];
  if (plan.counts.problems) parts.push(notice("bad", say("desk_import_refused", { n: number(plan.counts.problems) })), remarks(say("desk_import_problems"), plan.problems));
  if (plan.warnings.length) parts.push(remarks(say("desk_import_odd"), plan.warnings));
  parts.push(...tables(plan));
  const isEmpty = !plan.counts.problems && !plan.counts.units && !plan.counts.people && !plan.counts.postings;
  if (isEmpty) parts.push(notice("good", say("desk_import_nothing")));
  else if (!plan.counts.problems) parts.push(apply(found, csv, plan));
  found.replaceChildren(...parts);
}

const tally = ({ counts }) =>
  h("div", { class: "grid" }, ["units", "people", "postings", "problems"].map((kind) => h("div", { class: "card" }, h("p", { class: "figure" }, number(counts[kind])), h("p", { class: kind === "problems" && counts[kind] ? "" : "soft" }, say(`desk_import_${kind}`)))));

const remarks = (caption, rows) => table(caption, [line(), { title: say("desk_remark"), cell: ({ message }) => message }], rows);

/** What is new, ends or changes, with the line that says so. */
function tables({ counts, units, people, postings }) {
  const kind = { title: say("desk_change"), cell: ({ before, after }) => (!before ? badge(say("desk_new"), "good") : after.until && !before.until ? badge(say("desk_ends"), "warn") : badge(say("desk_changes"), "info")) };
  const was = (tell) => ({ title: say("desk_before"), cell: ({ before }) => before && tell(before) });
  const is = (tell) => ({ title: say("desk_after"), cell: ({ after }) => tell(after) });
  const unit = ({ code, name, path, decree, zone }) => h("div", {}, h("strong", {}, name), h("div", { class: "soft small" }, [code, path, decree, zone].join(" · ")));
  const posting = ({ unit, position, kind: held, since, until }) => h("div", {}, h("strong", {}, `${position}, ${unit}`), h("div", { class: "soft small" }, [say(`desk_posting_${held}`), `${dayName(since, false)} – ${until ? dayName(until, false) : "…"}`].join(" · ")));
  const nip = { title: say("ui_nip"), cell: (one) => h("span", { class: "number" }, one.nip) };
  const parts = [
    [units, counts.units, say("desk_import_units"), [line(), kind, was(unit), is(unit)]],
    [people, counts.people, say("desk_import_people"), [line(), kind, nip, was(String), is(String)]],
    [postings, counts.postings, say("desk_import_postings"), [line(), kind, nip, was(posting), is(posting)]],
  ];
  return parts.filter(([rows]) => rows.length).flatMap(([rows, count, caption, columns]) => [table(caption, columns, rows), count > rows.length ? h("p", { class: "soft small" }, say("desk_import_more", { n: number(count - rows.length) })) : ""]);
}

function apply(found, csv, plan) {
  const codes = h("input", { type: "checkbox", checked: true });
  const added = plan.people.filter(({ before }) => before === null).length;
  const act = async () => {
    try {
      const done = await ask("POST", "/v1/people/imports", { csv, tag: plan.tag, with_codes: added > 0 && codes.checked });
      toast(say("desk_saved"));
      found.replaceChildren(notice("good", say("desk_import_done", { n: number(done.counts.people) })), done.codes.length ? given(done) : "");
    } catch (problem) {
      failed(problem);
    }
  };
  return h("div", { class: "stack" }, added > 0 && h("label", { class: "check" }, codes, h("span", {}, say("desk_import_codes"))), h("div", { class: "row" }, button(say("desk_import_apply"), act, "main")));
}

/** The one-time codes, which no one can read again: to be saved now. */
function given({ codes, people }) {
  const names = new Map(people.map(({ nip, after }) => [nip, after]));
  const quoted = (words) => `"${words.replace(/^([=+\-@])/, "'$1").replaceAll('"', '""')}"`;
  const file = ["nip,name,code", ...codes.map(({ nip, code }) => [nip, quoted(names.get(nip) ?? ""), code].join(","))].join("\n");
  return card(say("desk_codes"), notice("warn", say("desk_codes_once")), h("div", { class: "row" }, saved("kode-aktivasi.csv", `${file}\n`, say("desk_codes_save"))));
}
