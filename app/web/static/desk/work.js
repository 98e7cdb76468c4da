// Daily activities that wait for their superior: answered one by one, or all of a person's at once.

import { badge, button, card, choice, dialog, facts, field, form, h, notice, toast } from "../ui/elements.js";
import { ask, signedIn } from "../ui/session.js";
import { dayName, moment, number, say } from "../ui/words.js";
import { growing } from "./collection.js";
import { unitField } from "./scope.js";
import { ZONE } from "./today.js";

const TONES = { waiting: "info", approved: "good", adjusted: "warn", returned: "bad", withdrawn: "" };

export async function show(place, { args, me }) {
  const asked = { unit: args[0] ?? "", status: "waiting" };
  const decides = me.grants.some((grant) => grant.role === "supervisor");
  const lists = h("div", { class: "stack" });
  const draw = () => {
    const listed = growing("/v1/activities", asked, (items) => groups(items, asked.status === "waiting" && decides, draw), say("desk_nothing_waits"));
    lists.replaceChildren(listed);
  };
  const statuses = ["waiting", "approved", "adjusted", "returned"].map((status) => [status, say(`desk_work_${status}`)]);
  const status = field(say("desk_work_status"), choice(statuses, { onchange: (event) => ((asked.status = event.target.value), draw()) }));
  const unit = await unitField((code) => ((asked.unit = code), draw()), asked.unit);
  place.append(h("p", { class: "soft" }, say("desk_work_what")), h("div", { class: "row" }, unit, status), lists);
  draw();
}

/** Activities by person, those who did them most lately first. */
function groups(items, isOpen, done) {
  const people = new Map();
  for (const item of items) people.set(item.nip, [...(people.get(item.nip) ?? []), item]);
  return [...people.values()].map((own) => personCard(own, isOpen && own[0].nip !== signedIn().nip, done));
}

function personCard(own, isOpen, done) {
  const [{ name, nip, unit }] = own;
  const minutes = own.reduce((sum, one) => sum + one.minutes, 0);
  const heading = h("header", {}, h("div", {}, h("strong", {}, name), h("div", { class: "soft small" }, h("span", { class: "number" }, nip), ` · ${unit}`)),
    h("span", { class: "number" }, say("desk_work_sum", { count: own.length, minutes: number(minutes) })));
  const whole = isOpen && h("div", { class: "row" }, button(say("desk_work_approve_all"), () => answerAll(own, done), "main"));
  const isOwn = nip === signedIn().nip && notice("info", say("desk_own"));
  return h("article", { class: "card" }, heading, isOwn, whole, h("ul", { class: "list lines" }, own.map((one) => h("li", { class: "stack tight" }, line(one, isOpen, done)))));
}

function line(one, isOpen, done) {
  const measure = [one.starts && `${one.starts}–${one.ends}`, say("desk_minutes", { count: number(one.minutes) }), one.standard_name && `${one.standard_name}: ${number(one.volume, 0)} ${one.volume_unit}`].filter(Boolean).join(" · ");
  return [
    h("div", { class: "row apart" }, h("span", {}, h("strong", {}, dayName(one.day)), " ", h("span", { class: "small soft number" }, measure)), badge(say(`desk_work_${one.status}`), TONES[one.status])),
    h("p", {}, one.description),
    facts([
      [say("desk_work_document"), one.attachment],
      [say("desk_work_outside"), one.outside_min ? say("desk_minutes", { count: number(one.outside_min) }) : null],
      [say("desk_work_counted"), one.status === "adjusted" ? say("desk_minutes", { count: number(one.counted_min) }) : null],
      [say("desk_reason"), one.decision_reason],
      [say("desk_work_by"), one.decided_by && `${one.decided_by}, ${moment(one.decided_at, ZONE)}`],
    ]),
    isOpen && h("div", { class: "row" }, button(say("desk_decide"), () => answerOne(one, done), "")),
  ];
}

async function answerOne(one, done) {
  const decision = choice([["approve", say("desk_approve")], ["adjust", say("desk_work_adjust")], ["return", say("desk_work_return")]]);
  const fields = {
    decision: field(say("desk_decision"), decision),
    minutes: field(say("desk_work_minutes"), { type: "number", inputmode: "numeric", min: 1, max: one.minutes, value: one.minutes }),
    reason: field(say("desk_reason"), h("textarea", { maxlength: 2000 }), say("desk_work_reason_help")),
  };
  const follow = () => (fields.minutes.hidden = decision.value !== "adjust");
  decision.addEventListener("change", follow);
  follow();
  const content = (close) =>
    h("div", { class: "stack" }, h("p", {}, one.description), form(fields, say("desk_decide"), async (given) => {
      const minutes = given.decision === "adjust" ? Number(given.minutes) : undefined;
      await ask("POST", `/v1/activities/${one.id}/decision`, { decision: given.decision, reason: given.reason, minutes });
      close(true);
    }));
  if (await dialog(say("desk_decide_work"), content)) {
    toast(say("desk_decided"));
    done();
  }
}

async function answerAll(own, done) {
  const reason = field(say("desk_reason"), h("textarea", { required: true, minlength: 3, maxlength: 2000 }), say("desk_reason_help"));
  const content = (close) =>
    form({ reason }, say("desk_work_approve_all"), async (given) => {
      const { items } = await ask("POST", "/v1/activities/decisions", { decision: "approve", reason: given.reason, ids: own.map((one) => one.id) });
      close(items.filter((one) => one.status === "refused"));
    });
  const refused = await dialog(say("desk_work_approve_all"), content);
  if (!refused) return;
  toast(refused.length ? refused[0].message : say("desk_decided"));
  done();
}
