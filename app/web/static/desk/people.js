// People of one's scope: found by name or NIP, with their postings and grants.

import { badge, button, card, choice, dialog, facts, field, form, h, nothing, table, toast } from "../ui/elements.js";
import { ask } from "../ui/session.js";
import { dayName, say } from "../ui/words.js";
import { all, growing } from "./collection.js";
import { unitField } from "./scope.js";
import { show as showImport } from "./import.js";
import { today } from "./today.js";

const ROLES = ["employee", "supervisor", "hr", "admin", "auditor"];

export async function show(place, { me, args, go }) {
  if (args[0] === "import") return showImport(place, { me });
  if (args[0]) return showOne(place, me, args[0], go);
  const asked = { q: "", unit: "" };
  const found = h("div");
  const search = () => found.replaceChildren(growing("/v1/people", asked, (people) => list(people, go), say("desk_nobody")));
  let pause = 0;
  const typed = (event) => {
    asked.q = event.target.value.trim();
    clearTimeout(pause);
    pause = setTimeout(search, 300);
  };
  const unit = await unitField((code) => ((asked.unit = code), search()));
  if (me.grants.some(({ role }) => role === "hr" || role === "admin")) place.append(h("div", { class: "row" }, h("a", { class: "button", href: "#/people/import" }, say("desk_import"))));
  place.append(h("div", { class: "grid" }, field(say("desk_search"), { type: "search", oninput: typed }, say("desk_search_help")), unit), found);
  search();
}

const list = (people, go) =>
  table(
    say("desk_people"),
    [
      { title: say("ui_name"), cell: (one) => h("a", { href: `#/people/${one.nip}` }, one.name) },
      { title: say("ui_nip"), cell: ({ nip }) => h("span", { class: "number" }, nip) },
      { title: say("ui_position"), cell: ({ position }) => position },
      { title: say("ui_unit"), cell: ({ unit }) => unit?.name },
    ],
    people,
  );

async function showOne(place, me, nip, go) {
  const may = me.grants.some(({ role }) => role === "hr" || role === "admin");
  const seesGrants = may || me.grants.some(({ role }) => role === "auditor");
  const [person, grants] = await Promise.all([ask("GET", `/v1/people/${nip}`), seesGrants ? all("/v1/grants") : []]);
  place.append(h("p", {}, h("a", { href: "#/people" }, say("desk_back_to_people"))));
  place.append(card(person.name, facts([[say("ui_nip"), h("span", { class: "number" }, person.nip)], [say("ui_position"), person.position], [say("ui_unit"), person.unit?.name]])));
  place.append(table(say("desk_postings"), [
    { title: say("ui_unit"), cell: ({ unit }) => unit.name },
    { title: say("ui_position"), cell: ({ position }) => position },
    { title: say("desk_kind"), cell: ({ kind }) => say(`desk_posting_${kind}`) },
    { title: say("desk_since"), cell: ({ since }) => dayName(since, false) },
    { title: say("desk_until"), cell: ({ until }) => until && dayName(until, false) },
  ], person.postings));
  if (!seesGrants) return;
  const own = grants.filter((grant) => grant.nip === nip);
  const again = () => (place.replaceChildren(), showOne(place, me, nip, go));
  const rows = own.length ? table(say("desk_grants"), [
    { title: say("desk_role"), cell: ({ role }) => badge(say(`ui_role_${role}`), "info") },
    { title: say("ui_unit"), cell: ({ unit }) => unit },
    { title: say("desk_since"), cell: ({ since }) => dayName(since, false) },
    { title: say("desk_until"), cell: ({ until }) => until && dayName(until, false) },
    { title: say("desk_action"), cell: (grant) => may && nip !== me.nip && !grant.until && button(say("desk_grant_end"), () => end(grant, again), "plain") },
  ], own) : nothing(say("desk_no_grants"));
  place.append(rows);
  if (may && nip !== me.nip) place.append(h("div", { class: "row" }, button(say("desk_grant_add"), () => add(nip, again))));
}

async function end(grant, again) {
  const done = await dialog(say("desk_grant_end"), (close) =>
    form({ until: field(say("desk_until"), { type: "date", required: true, value: today() }, say("desk_until_help")) }, say("desk_grant_end"), async (given) => {
      await ask("POST", `/v1/grants/${grant.id}/end`, given);
      close(true);
    }));
  if (done) (toast(say("desk_saved")), again());
}

async function add(nip, again) {
  const unit = await unitField(() => {});
  unit.input.required = true;
  const fields = {
    role: field(say("desk_role"), choice(ROLES.filter((role) => role !== "employee").map((role) => [role, say(`ui_role_${role}`)]))),
    unit,
    since: field(say("desk_since"), { type: "date", required: true, value: today() }),
    until: field(say("desk_until"), { type: "date" }, say("desk_grant_until_help")),
  };
  const done = await dialog(say("desk_grant_add"), (close) =>
    form(fields, say("desk_save"), async (given) => {
      await ask("POST", "/v1/grants", { ...given, nip, until: given.until || null });
      close(true);
    }));
  if (done) (toast(say("desk_saved")), again());
}
