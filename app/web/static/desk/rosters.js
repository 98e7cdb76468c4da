// A unit's roster of a month: people by days, painted with shifts, compared with what is in force, published; or by spreadsheet.

import { badge, button, card, choice, dialog, field, form, h, notice, nothing, table, toast } from "../ui/elements.js";
import { ask, askNewer, edit } from "../ui/session.js";
import { dayName, moment, monthName, number, say } from "../ui/words.js";
import { all } from "./collection.js";
import { failed } from "./files.js";
import { saved } from "./import.js";
import { gridOf } from "./roster-grid.js";
import { units } from "./scope.js";
import { ZONE, thisMonth } from "./today.js";

const REST = "-", OFFICE = "OFFICE", NOTHING = "";

export async function show(place, { args, go }) {
  const known = await units();
  const unit = args[0] || known[0]?.code;
  const month = /^\d{4}-\d\d$/.test(args[1] ?? "") ? args[1] : thisMonth();
  if (!unit) return place.append(nothing(say("desk_nobody")));
  const to = (code, when) => go("plan", "rosters", code, when);
  const options = known.map(({ code, name, path }) => [code, `${"  ".repeat(path.split(".").length - 1)}${name}`]);
  const body = h("div", { class: "stack" });
  place.append(
    h("div", { class: "grid" },
      field(say("ui_unit"), choice(options, { value: unit, onchange: (event) => to(event.target.value, month) })),
      field(say("desk_month"), { type: "month", value: month, onchange: (event) => event.target.value && to(unit, event.target.value) })),
    body);
  await draw(body, { unit, month, agency: known.find(({ code }) => code === unit).path.split(".")[0] });
}

const at = ({ unit, month }, more = "") => `/${encodeURIComponent(unit)}/${month}${more}`;

async function draw(body, of) {
  const again = () => draw(body, of);
  const { items: versions, has_draft } = await ask("GET", `/v1/roster-versions${at(of)}`);
  const parts = has_draft ? await draftParts(of, await askNewer(`/v1/roster-drafts${at(of)}`), again) : await forceParts(of, again);
  body.replaceChildren(...parts, versionsCard(of, versions));
}

/** Without a draft: what is in force, and the ways to begin one. */
async function forceParts(of, again) {
  const { csv } = await ask("GET", `/v1/roster-versions${at(of, "/in_force/file")}`);
  const begin = async () => {
    try {
      await ask("POST", "/v1/roster-drafts", { unit: of.unit, month: of.month });
      await again();
    } catch (problem) {
      failed(problem);
    }
  };
  const grid = gridOf(say("desk_roster_in_force", { month: monthName(of.month) }), rowsOf(csv), of.month);
  return [h("p", { class: "soft" }, say("desk_roster_what")), h("div", { class: "row" }, button(say("desk_roster_begin"), begin, "main"), upload(of, again), saved(`jadwal-${of.unit}-${of.month}.csv`, csv.replace(/^\ufeff/, ""), say("desk_roster_download"))), grid.element];
}

/** With a draft: the grid to paint in, the difference, conflicts, and publishing. */
async function draftParts(of, { found, etag }, again) {
  const [{ csv }, { changes }, shifts, patterns] = await Promise.all([
    ask("GET", `/v1/roster-versions${at(of, "/draft/file")}`), ask("GET", `/v1/roster-versions${at(of, "/diff")}`), all("/v1/shifts"), all("/v1/roster-patterns"),
  ]);
  const rows = rowsOf(csv);
  const brushes = [...shifts.map(({ code, name, starts, ends }) => [code, `${code} · ${name} ${starts}–${ends}`]), [REST, say("desk_roster_rest")], [OFFICE, say("desk_roster_office")], [NOTHING, say("desk_roster_nothing")]];
  const brush = field(say("desk_roster_brush"), choice(brushes), say("desk_roster_brush_help"));
  const pending = h("span", { class: "soft", role: "status" });
  const grid = gridOf(say("desk_roster_draft", { month: monthName(of.month) }), rows, of.month, () => brush.input.value, (count) => (pending.textContent = count ? say("desk_roster_unsaved", { n: number(count) }) : ""));
  const act = (work) => async () => {
    try {
      await work();
      toast(say("desk_saved"));
      await again();
    } catch (problem) {
      failed(problem);
    }
  };
  const keep = act(() => edit("PATCH", `/v1/roster-drafts${at(of)}`, { people: grid.changes() }, etag));
  const discard = act(() => edit("DELETE", `/v1/roster-drafts${at(of)}`, undefined, etag));
  return [
    h("p", { class: "soft" }, say("desk_roster_draft_what", { at: moment(found.changed_at, ZONE) })),
    found.conflicts.length > 0 && notice("warn", say("desk_roster_conflicts"), h("ul", {}, found.conflicts.map(({ nip, message }) => h("li", {}, h("span", { class: "number" }, nip), ` ${message}`)))),
    h("div", { class: "grid" }, brush),
    grid.element,
    h("div", { class: "row" }, button(say("desk_roster_keep"), keep, "main"), pending, button(say("desk_roster_pattern"), () => usePattern(of, etag, rows, patterns, again)), upload(of, again), saved(`jadwal-${of.unit}-${of.month}.csv`, csv.replace(/^\ufeff/, ""), say("desk_roster_download")), button(say("desk_roster_discard"), discard, "danger")),
    changes.length ? diffTable(changes) : notice("info", say("desk_roster_same")),
    changes.length > 0 && publication(of, etag, again),
  ].filter(Boolean);
}

const diffTable = (changes) =>
  table(say("desk_roster_diff", { n: number(changes.length) }), [
    { title: say("ui_name"), cell: ({ name }) => name },
    { title: say("desk_day"), cell: ({ day }) => dayName(day, false) },
    { title: say("desk_before"), cell: ({ before }) => before || say("desk_roster_nothing") },
    { title: say("desk_after"), cell: ({ after }) => h("strong", {}, after || say("desk_roster_nothing")) },
  ], changes);

function publication(of, etag, again) {
  const fields = { note: field(say("desk_roster_note"), { required: true, minlength: 3, maxlength: 2000 }, say("desk_roster_note_help")) };
  return card(say("desk_roster_publish"), form(fields, say("desk_roster_publish"), async (given) => {
    await edit("PUT", `/v1/roster-drafts${at(of, "/publication")}`, given, etag);
    toast(say("desk_roster_published"));
    await again();
  }));
}

async function usePattern(of, etag, rows, patterns, again) {
  const boxes = rows.map(({ nip, name }) => [nip, h("input", { type: "checkbox", checked: true, value: nip }), name]);
  const fields = {
    pattern: field(say("desk_roster_pattern"), choice(patterns.map(({ code, name, cycle }) => [code, `${name} (${say("desk_roster_cycle", { n: cycle.length })})`]))),
    starts_on: field(say("desk_roster_from"), { type: "date", required: true, value: `${of.month}-01` }, say("desk_roster_from_help")),
  };
  const people = h("fieldset", {}, h("legend", {}, say("desk_roster_whom")), boxes.map(([, box, name]) => h("label", { class: "check" }, box, h("span", {}, name))));
  const done = await dialog(say("desk_roster_pattern"), (close) => (patterns.length ? [people, form(fields, say("desk_roster_use"), async (given) => {
    const nips = boxes.filter(([, box]) => box.checked).map(([nip]) => nip);
    await edit("PUT", `/v1/roster-drafts${at(of, "/pattern")}`, { ...given, nips }, etag);
    close(true);
  })] : newPattern(of, close)));
  if (done) await again();
}

/** Where there is no pattern yet: one row a day, shifts apart by +. */
function newPattern(of, close) {
  const fields = {
    code: field(say("desk_code"), { required: true, maxlength: 20 }),
    name: field(say("ui_name"), { required: true, maxlength: 100 }),
    cycle: field(say("desk_roster_days"), h("textarea", { required: true, rows: "7", class: "code" }), say("desk_roster_days_help")),
  };
  return [h("p", {}, say("desk_roster_no_pattern")), form(fields, say("desk_save"), async ({ cycle, ...given }) => {
    const days = cycle.split("\n").map((day) => day.trim()).filter(Boolean).map((day) => (day === REST ? [] : day.split("+")));
    await ask("POST", "/v1/roster-patterns", { ...given, agency: of.agency, cycle: days });
    close(true);
  })];
}

/** A file is looked at first: its mistakes by line or what it would change, then brought into the draft. */
function upload(of, again) {
  const input = h("input", { type: "file", accept: ".csv,text/csv", hidden: true });
  input.addEventListener("change", async () => {
    const [file] = input.files;
    input.value = "";
    if (!file) return;
    try {
      const csv = await file.text();
      const seen = await ask("POST", `/v1/roster-drafts${at(of, "/file")}`, { csv, dry_run: true });
      const done = await dialog(file.name, (close) => uploaded(of, csv, seen, close));
      if (done) await again();
    } catch (problem) {
      failed(problem);
    }
  });
  return h("span", {}, input, button(say("desk_roster_upload"), () => input.click()));
}

function uploaded(of, csv, { problems, changes }, close) {
  if (problems.length) return [notice("bad", say("desk_import_refused", { n: number(problems.length) })), h("ul", { class: "list lines" }, problems.slice(0, 200).map(({ line, message }) => h("li", {}, badge(line ? say("desk_line_n", { n: line }) : say("desk_whole_file"), "bad"), " ", message)))];
  if (!changes.length) return [notice("info", say("desk_roster_same"))];
  const bring = async () => {
    try {
      close(await ask("POST", `/v1/roster-drafts${at(of, "/file")}`, { csv }));
    } catch (problem) {
      failed(problem);
    }
  };
  return [diffTable(changes), button(say("desk_roster_bring"), bring, "main")];
}

const versionsCard = (of, versions) =>
  card(say("desk_roster_versions"), versions.length ? h("ul", { class: "list lines" }, versions.map(({ version, note, published_at }) => h("li", { class: "row apart" }, h("strong", {}, say("desk_version_n", { n: version })), h("span", {}, note), h("span", { class: "soft small" }, moment(published_at, ZONE))))) : nothing(say("desk_roster_no_version")));

/** The rows of a roster file: NIP, name, and the cells of the days. */
function rowsOf(csv) {
  const [head, ...lines] = csv.replace(/^\ufeff/, "").trim().split(/\r?\n/).map(cells);
  const days = head.slice(2).length;
  return lines.map(([nip, name, ...said]) => ({ nip, name: name.replace(/^'/, ""), days: Array.from({ length: days }, (_, at) => said[at] ?? "") }));
}

/** The cells of a line, quoted ones too; a roster file has no line breaks in cells. */
function cells(line) {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain);
}
