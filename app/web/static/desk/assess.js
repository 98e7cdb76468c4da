// Assessments: what is on record proposes, the superior decides, every version stays; how a unit's predicates spread.

import { badge, button, card, choice, facts, field, form, h, notice, nothing, table, toast } from "../ui/elements.js";
import { Problem, ask, signedIn } from "../ui/session.js";
import { moment, monthName, number, say } from "../ui/words.js";
import { asked, growing } from "./collection.js";
import { unitField } from "./scope.js";
import { ZONE, thisMonth } from "./today.js";

const STEPS = ["below", "as_expected", "above"];
const VALUES = ["service_oriented", "accountable", "competent", "harmonious", "loyal", "adaptive", "collaborative"];
const LEVELS = ["pemula", "terampil", "mahir", "penyelia", "ahli_pertama", "ahli_muda", "ahli_madya", "ahli_utama"];
const GRADES = ["very_good", "good", "needs_improvement", "poor", "very_poor"];
const ORGANISATIONS = ["outstanding", "good", "needs_improvement", "poor", "very_poor"];

const steps = () => STEPS.map((step) => [step, say(`desk_step_${step}`)]);

export async function show(place, { me, args, go }) {
  const [nip, period = thisMonth()] = args;
  if (/^\d{18}$/.test(nip ?? "")) return showOne(place, me, nip, period, go);
  const state = { unit: "", period: thisMonth() };
  const people = h("div");
  const spread = h("div", { class: "stack", "aria-live": "polite" });
  const draw = () => {
    people.replaceChildren(growing("/v1/people", { unit: state.unit }, (found) => list(found, state.period), say("desk_nobody")));
    spread.replaceChildren(spreadCard(state));
  };
  const unit = await unitField((code) => ((state.unit = code), draw()));
  place.append(h("p", { class: "soft" }, say("desk_assess_what")), h("div", { class: "grid" }, unit, periodField(state.period, (value) => ((state.period = value), draw()))), people, spread);
  draw();
}

/** A month, a quarter, a semester or a year (PP 30/2019), typed or taken from the list. */
function periodField(value, changed) {
  const [year, month] = value.split("-").map(Number);
  const known = [value, `${year}-Q${Math.ceil(month / 3)}`, `${year}-S${Math.ceil(month / 6)}`, `${year}`];
  return field(say("desk_period"), choice(known.map((one) => [one, periodName(one)]), { onchange: (event) => changed(event.target.value) }));
}

const periodName = (period) => {
  const [year, part = ""] = period.split("-");
  if (/^\d\d$/.test(part)) return monthName(period);
  return part ? say(`desk_period_${part[0].toLowerCase()}`, { number: part.slice(1), year }) : say("desk_period_year", { year });
};

const list = (people, period) =>
  table(say("desk_assess"), [
    { title: say("ui_name"), cell: (one) => (one.nip === signedIn().nip ? one.name : h("a", { href: `#/assess/${one.nip}/${period}` }, one.name)) },
    { title: say("ui_position"), cell: ({ position }) => position },
    { title: say("ui_unit"), cell: ({ unit }) => unit?.name },
  ], people);

/** How the people of a unit spread beside the guide; asked for only when wanted, and of one unit. */
function spreadCard(state) {
  const shown = h("div");
  const organisation = field(say("desk_organisation"), choice(ORGANISATIONS.map((one) => [one, say(`desk_organisation_${one}`)])));
  const read = async () => {
    try {
      shown.replaceChildren(spreadTable(await ask("GET", asked("/v1/assessments/distribution", { unit: state.unit, period: state.period, organisation: organisation.input.value }))));
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      shown.replaceChildren(notice("bad", problem.detail));
    }
  };
  if (!state.unit) return card(say("desk_spread"), nothing(say("desk_spread_choose")));
  return card(say("desk_spread"), say("desk_spread_what"), organisation, h("div", {}, button(say("desk_spread_read"), read)), shown);
}

const spreadTable = ({ people, unassessed, counts, guide, clause }) =>
  h("div", { class: "stack" }, h("p", {}, say("desk_spread_people", { people: number(people), unassessed: number(unassessed) })),
    table(say("desk_spread"), [
      { title: say("desk_grade"), cell: (grade) => say(`desk_grade_${grade}`) },
      { title: say("desk_people"), isNumber: true, cell: (grade) => number(counts[grade] ?? 0) },
      { title: say("desk_guide"), cell: (grade) => bounds(guide.find((row) => row.grade === grade)) },
    ], GRADES), h("p", { class: "small soft" }, clause));

function bounds(row) {
  if (!row) return null;
  const words = [row.least_pct !== null && `≥ ${number(row.least_pct)} %`, row.most_pct !== null && `≤ ${number(row.most_pct)} %`, row.somebody_below && say("desk_guide_somebody")].filter(Boolean).join(", ");
  return h("span", {}, `${words} `, badge(say(row.is_kept ? "desk_guide_kept" : "desk_guide_not_kept"), row.is_kept ? "good" : "warn"));
}

async function showOne(place, me, nip, period, go) {
  place.append(h("p", {}, h("a", { href: "#/assess" }, say("desk_back_to_assess"))));
  const path = `/v1/assessments/${nip}/${period}`;
  const [person, proposal, history] = await Promise.all([ask("GET", `/v1/people/${nip}`), known(`${path}/proposal`), known(`${path}/history`)]);
  const versions = history?.items ?? [];
  const judges = me.grants.some(({ role }) => role === "supervisor") && nip !== signedIn().nip;
  place.append(
    card(person.name, facts([[say("ui_nip"), h("span", { class: "number" }, nip)], [say("ui_position"), person.position], [say("ui_unit"), person.unit?.name], [say("desk_period"), periodName(period)]])),
    proposal ? proposalCard(proposal) : "",
    judges ? card(say("desk_assess_give"), say("desk_assess_law"), assessForm(path, versions[0], proposal, /^\d{4}-\d\d$/.test(period), () => (place.replaceChildren(), showOne(place, me, nip, period, go)))) : "",
    card(say("desk_assess_versions"), versions.length ? h("ul", { class: "list lines" }, versions.map((one, at) => h("li", { class: "stack tight" }, version(one, at === 0)))) : nothing(say("desk_assess_none"))),
  );
}

/** What the server has, or null where there is none. */
async function known(path) {
  try {
    return await ask("GET", path);
  } catch (problem) {
    if (problem instanceof Problem && problem.status === 404) return null;
    throw problem;
  }
}

const proposalCard = (proposal) =>
  card(say("desk_proposal"), say("desk_proposal_what"),
    facts([
      [say("desk_work_result"), say(`desk_step_${proposal.work_result}`)],
      [say("desk_behaviour_result"), say(`desk_step_${proposal.behaviour_result}`)],
      [say("desk_productivity"), proposal.productivity_pct && `${number(proposal.productivity_pct, 2)} %`],
    ]),
    h("ul", {}, proposal.reasons.map((one) => h("li", {}, one.message))), h("p", { class: "small soft" }, proposal.clause));

function assessForm(path, last, proposal, isMonth, again) {
  const value = (name, otherwise = "") => last?.[name] ?? otherwise;
  const result = (name) => choice(steps(), { value: value(name, proposal?.[name] ?? "as_expected") });
  const score = (name) => ({ type: "number", inputmode: "decimal", min: 0, max: 120, step: "any", required: true, value: value(name) });
  const idea = choice([["", say("desk_no")], ["1", say("desk_yes")]], { value: value("has_new_idea", false) ? "1" : "" });
  const fields = {
    work_result: field(say("desk_work_result"), result("work_result")),
    behaviour_result: field(say("desk_behaviour_result"), result("behaviour_result"), say("desk_behaviour_help")),
    ...Object.fromEntries(VALUES.map((name) => [name, field(say(`desk_value_${name}`), choice(steps(), { value: last?.behaviour_values?.[name] ?? "as_expected" }))])),
    work_score: field(say("desk_work_score"), score("work_score")),
    behaviour_score: field(say("desk_behaviour_score"), score("behaviour_score")),
    has_new_idea: field(say("desk_new_idea"), idea, say("desk_new_idea_help")),
    ...(isMonth ? { productivity_pct: field(say("desk_productivity"), { type: "number", inputmode: "decimal", min: 0, max: 100, step: "any", value: value("productivity_pct") }, say("desk_productivity_help")) } : {}),
    level: field(say("desk_level"), choice([["", say("desk_level_none")], ...LEVELS.map((one) => [one, say(`desk_level_${one}`)])], { value: value("level") })),
    note: field(say("desk_note"), h("textarea", { maxlength: 2000 })),
  };
  return form(fields, say("desk_assess_send"), async (given) => {
    const behaviour_values = Object.fromEntries(VALUES.map((name) => [name, given[name]]));
    const { work_result, behaviour_result, work_score, behaviour_score, note } = given;
    await ask("PUT", path, { work_result, behaviour_result, behaviour_values, work_score, behaviour_score, note, has_new_idea: Boolean(given.has_new_idea), level: given.level || null, productivity_pct: given.productivity_pct || null });
    toast(say("desk_assess_given"));
    again();
  });
}

const version = (one, counts) => [
  h("div", { class: "row apart" }, h("strong", {}, one.grade ? say(`desk_grade_${one.grade}`) : one.predicate ?? "–"), counts && badge(say("desk_assess_counts"), "good")),
  facts([
    [say("desk_score"), one.score && `${number(one.score, 2)}${one.predicate ? ` · ${one.predicate}` : ""}`],
    [say("desk_work_result"), one.work_result && say(`desk_step_${one.work_result}`)],
    [say("desk_behaviour_result"), one.behaviour_result && say(`desk_step_${one.behaviour_result}`)],
    [say("desk_credit"), one.credit],
    [say("desk_note"), one.note || null],
  ]),
  h("p", { class: "small soft" }, `${one.assessed_by}, ${moment(one.assessed_at, ZONE)}`),
];
