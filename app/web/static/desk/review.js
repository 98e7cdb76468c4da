// Findings: what may need a look, by cause and person, each with what is known of it; decided one by one or by cause.

import { badge, button, card, choice, dialog, facts, field, form, h, notice, nothing, toast } from "../ui/elements.js";
import { files } from "../ui/attached.js";
import { ask, signedIn } from "../ui/session.js";
import { dayName, metres, moment, number, say } from "../ui/words.js";
import { asked, growing } from "./collection.js";
import { decide } from "./decide.js";
import { unitField } from "./scope.js";
import { ZONE } from "./today.js";

const WAITING = ["open", "proposed", "appealed"];
const TONES = { open: "warn", proposed: "warn", appealed: "warn", uphold: "bad", partial: "bad", dismiss: "good", superseded: "" };
const HEAVY = { strong: "bad", review: "warn", notice: "info" };
const ANSWERS = () => [["dismiss", say("desk_dismiss")], ["uphold", say("desk_uphold")]];
const DAY_MS = 86_400_000;

export async function show(place, { args, go }) {
  if (args[0] === "one") return showOne(place, args[1]);
  if (args[0]) return showGroup(place, args[0], args[1], go);
  const queue = h("div", { class: "stack", "aria-live": "polite" });
  const draw = async (unit) => {
    const found = await ask("GET", asked("/v1/findings/summary", { unit }));
    const groups = Map.groupBy ? Map.groupBy(found.items, ({ kind }) => kind) : grouped(found.items);
    queue.replaceChildren(
      h("p", {}, h("strong", {}, say("desk_findings_wait", { n: number(found.waiting) })), " ", found.overdue > 0 && badge(say("desk_overdue_n", { n: number(found.overdue) }), "bad")),
      ...(groups.size ? [...groups].map(([kind, people]) => causeOf(kind, people, unit)) : [nothing(say("desk_nothing_waits"))]),
    );
  };
  place.append(h("p", { class: "soft" }, say("desk_review_what")), await unitField(draw), queue);
  await draw("");
}

function grouped(items) {
  const groups = new Map();
  for (const item of items) groups.set(item.kind, [...(groups.get(item.kind) ?? []), item]);
  return groups;
}

const age = (instant) => say("desk_days_old", { n: number(Math.floor((Date.now() - Date.parse(instant)) / DAY_MS)) });
const sum = (people, name) => people.reduce((all, one) => all + one[name], 0);

function causeOf(kind, people, unit) {
  const rows = people.map((one) =>
    h("li", { class: "row apart" }, h("a", { href: `#/review/${kind}/${one.nip}` }, one.name), h("span", { class: "soft small" }, one.unit),
      h("span", {}, h("strong", { class: "number" }, number(one.findings)), " · ", age(one.oldest_at), one.overdue > 0 && h("span", {}, " ", badge(say("desk_overdue"), "bad")))));
  return card("", h("header", {}, h("h2", {}, say(`desk_finding_${kind}`)), badge(number(sum(people, "findings")), "info")), h("ul", { class: "list lines" }, rows), h("div", { class: "row" }, button(say("desk_decide_cause"), () => decideCause({ kind, unit: unit || null }))));
}

async function showGroup(place, kind, nip, go) {
  const draw = (items) => items.map((one) => short(one));
  place.append(h("p", {}, h("a", { href: "#/review" }, say("desk_back_to_review"))), h("h2", {}, say(`desk_finding_${kind}`)));
  place.append(growing("/v1/findings", { kind, nip }, draw, say("desk_nothing_waits")));
  place.append(h("div", { class: "row" }, button(say("desk_decide_cause"), async () => (await decideCause({ kind, nip })) && go("review"))));
}

const short = (one) =>
  h("article", { class: "card" }, h("header", {}, h("a", { href: `#/review/one/${one.id}` }, `${one.name} · ${dayName(one.day)}`), h("span", { class: "row" }, badge(say(`desk_finding_is_${one.status}`), TONES[one.status]), one.is_overdue && badge(say("desk_overdue"), "bad"))), h("p", {}, one.sentence));

async function decideCause(cause) {
  const about = h("p", {}, say("desk_decide_cause_what", { kind: say(`desk_finding_${cause.kind}`) }));
  let done = null;
  const given = Object.fromEntries(Object.entries(cause).filter(([, value]) => value));
  if (!(await decide(say("desk_decide_cause"), about, ANSWERS(), async (answer) => (done = await ask("POST", "/v1/findings/decisions", { ...answer, cause: given }))))) return false;
  const refused = done.items.filter(({ status }) => status === "refused");
  await dialog(say("desk_decided"), () => h("div", { class: "stack" }, h("p", {}, say("desk_decided_n", { n: number(done.items.length - refused.length) })), refused.length > 0 && notice("warn", say("desk_refused_n", { n: number(refused.length) }), h("ul", {}, refused.slice(0, 10).map(({ id, message }) => h("li", {}, `${id}: ${message}`))))));
  return true;
}

async function showOne(place, id) {
  const one = await ask("GET", `/v1/findings/${id}`);
  const rate = one.honest_rate && say("desk_honest", { many: number(Math.round(1 / Number(one.honest_rate))) });
  place.append(
    h("p", {}, h("a", { href: `#/review/${one.kind}/${one.nip}` }, say("desk_back_to_review"))),
    card("", h("header", {}, h("h2", {}, `${one.name} · ${dayName(one.day)}`), h("span", { class: "row" }, badge(say(`desk_severity_is_${one.severity}`), HEAVY[one.severity]), badge(say(`desk_finding_is_${one.status}`), TONES[one.status]))), h("p", {}, one.sentence), rate && h("p", { class: "soft small" }, rate),
      facts([[say("ui_nip"), h("span", { class: "number" }, one.nip)], [say("ui_unit"), one.unit], [say("desk_found_at"), moment(one.found_at, ZONE)], [say("desk_reply_until"), moment(one.reply_until, ZONE)], [say("desk_due_at"), one.due_at && moment(one.due_at, ZONE)]])),
    card(say("desk_checkins"), h("ul", { class: "list lines" }, one.checkins.map(checkin))),
    one.steps.length ? card(say("desk_steps"), h("ol", { class: "list lines" }, one.steps.map(step)), files(one.attachments)) : notice("info", say("desk_no_reply")),
  );
  if (!WAITING.includes(one.status) || one.is_final) return;
  if (one.nip === signedIn().nip) return place.append(notice("info", say("desk_own")));
  place.append(h("div", { class: "row" }, button(say("desk_decide"), () => decideOne(place, one), "main")));
}

const checkin = (seen) =>
  h("li", { class: "stack tight" }, h("span", {}, `${say(`desk_direction_${seen.direction}`)}, ${moment(seen.taken_at, ZONE)} `, badge(say(`desk_verdict_${seen.verdict}`), { accepted: "good", doubtful: "warn", rejected: "bad" }[seen.verdict])), h("span", { class: "soft small" }, [seen.distance_m !== null && say("desk_away", { m: metres(seen.distance_m) }), say("desk_accurate", { m: metres(seen.accuracy_m) }), seen.flags.join(", ")].filter(Boolean).join(" · ")));

const step = (taken) =>
  h("li", { class: "stack tight" }, h("p", { class: "small soft" }, [say(`desk_step_${taken.step}`), taken.answer && say(`desk_finding_is_${taken.answer}`), moment(taken.at, ZONE), taken.by].filter(Boolean).join(" · ")), h("p", {}, taken.reason), taken.evidence && h("p", { class: "small" }, taken.evidence));

async function decideOne(place, one) {
  const boxes = one.checkins.map((seen) => h("label", { class: "check" }, h("input", { type: "checkbox", value: seen.id }), h("span", {}, `${say(`desk_direction_${seen.direction}`)}, ${moment(seen.taken_at, ZONE)}`)));
  const parts = h("fieldset", { hidden: true }, h("legend", {}, say("desk_which_uphold")), boxes);
  const options = [["", say("desk_choose")], ...ANSWERS(), ...(one.checkins.length > 1 ? [["partial", say("desk_partial")]] : [])];
  const decision = field(say("desk_decision"), choice(options, { required: true, onchange: ({ target }) => (parts.hidden = target.value !== "partial") }));
  const fields = { decision, reason: field(say("desk_reason"), h("textarea", { required: true, maxlength: 2000 }), say("desk_reason_help")) };
  const content = (close) =>
    h("div", { class: "stack" }, h("p", {}, one.sentence), parts, form(fields, say("desk_decide"), async (given) => {
      const checkins = given.decision === "partial" ? boxes.map((box) => box.firstChild).filter((box) => box.checked).map((box) => box.value) : undefined;
      await ask("POST", `/v1/findings/${one.id}/decision`, { ...given, ...(checkins && { checkins }) });
      close(true);
    }));
  if (!(await dialog(say("desk_decide_finding"), content))) return;
  toast(say("desk_decided"));
  place.replaceChildren();
  await showOne(place, one.id);
}
