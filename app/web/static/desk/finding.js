// One finding with everything it rests on, and the decision about it.

import { badge, button, card, choice, dialog, facts, field, form, h, notice, toast } from "../ui/elements.js";
import { files } from "../ui/attached.js";
import { ask, signedIn } from "../ui/session.js";
import { dayName, metres, moment, number, say } from "../ui/words.js";
import { evidenceMap, strip, whereWords } from "./evidence.js";
import { ZONE } from "./today.js";

export const WAITING = ["open", "proposed", "appealed"];
export const TONES = { open: "warn", proposed: "warn", appealed: "warn", uphold: "bad", partial: "bad", dismiss: "good", superseded: "" };
const HEAVY = { strong: "bad", review: "warn", notice: "info" };
const GRADES = { verified: "good", plausible: "warn", unverified: "bad" };
export const ANSWERS = () => [["dismiss", say("desk_dismiss")], ["uphold", say("desk_uphold")]];

/** Show a finding; answers what cleans its map away. Keys while it is looked at: D dismisses, U upholds. */
export async function showOne(place, id) {
  const one = await ask("GET", `/v1/findings/${id}`);
  const mapped = await evidenceMap(one);
  const isOwn = one.nip === signedIn().nip;
  const mayDecide = WAITING.includes(one.status) && !one.is_final && !isOwn;
  place.append(
    h("p", {}, h("a", { href: `#/review/${one.kind}/${one.nip}` }, say("desk_back_to_review"))),
    h("div", { class: "mapped" },
      h("div", { class: "stack" }, summary(one), mapped && card(say("desk_map_of_evidence"), mapped.ground, h("p", { class: "small soft" }, say(isOwn ? "desk_own" : "desk_look_logged"))),
        one.history.length > 0 && card(say("desk_history_at_site"), strip(one)),
        one.steps.length || one.attachments.length ? card(say("desk_steps"), h("ol", { class: "list lines" }, one.steps.map(step)), files(one.attachments)) : notice("info", say("desk_no_reply")),
        mayDecide && h("div", { class: "row" }, button(say("desk_decide"), () => decideOne(place, one), "main"), h("span", { class: "small soft" }, say("desk_keys_one"))),
        isOwn && notice("info", say("desk_own"))),
      h("div", { class: "stack" }, trace(one), card(say("desk_checkins"), h("ul", { class: "list lines" }, one.checkins.map(checkin))))),
  );
  const cleanUp = await mapped?.draw();
  const pressed = (event) => {
    const answer = { d: "dismiss", u: "uphold" }[event.key.toLowerCase()];
    if (!answer || !mayDecide || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog")) return;
    event.preventDefault();
    decideOne(place, one, answer);
  };
  document.addEventListener("keydown", pressed);
  return () => (cleanUp?.(), document.removeEventListener("keydown", pressed));
}

const summary = (one) => {
  const rate = one.honest_rate && say("desk_honest", { many: number(Math.round(1 / Number(one.honest_rate))) });
  const head = h("header", {}, h("h2", {}, `${one.name} · ${dayName(one.day)}`), h("span", { class: "row" }, badge(say(`desk_severity_is_${one.severity}`), HEAVY[one.severity]), badge(say(`desk_finding_is_${one.status}`), TONES[one.status])));
  const terms = [
    [say("ui_nip"), h("span", { class: "number" }, one.nip)], [say("ui_unit"), one.unit], [say("desk_found_at"), moment(one.found_at, ZONE)],
    [say("desk_reply_until"), moment(one.reply_until, ZONE)], [say("desk_due_at"), one.due_at && moment(one.due_at, ZONE)], [say("desk_waits_at"), one.waits_at],
  ];
  return card("", head, h("p", {}, one.sentence), h("p", { class: "soft small" }, rate || say("desk_honest_unknown")), facts(terms));
};

const trace = ({ trace: why }) =>
  card(say("desk_trace"), h("p", {}, why.rule),
    facts(Object.entries(why.numbers).map(([name, value]) => [say(`desk_number_${name}`), String(value)])),
    h("p", { class: "small" }, why.upheld), h("p", { class: "small" }, why.dismissed));

function checkin(seen) {
  const signals = seen.signals.map(({ message, honest_rate }) => h("li", {}, message, " ", h("span", { class: "soft" }, honest_rate ? say("desk_honest", { many: number(Math.round(1 / honest_rate)) }) : say("desk_honest_unknown"))));
  const bracket = seen.earliest_at === seen.latest_at ? moment(seen.taken_at, ZONE) : say("desk_bracket", { from: moment(seen.earliest_at, ZONE), to: moment(seen.latest_at, ZONE) });
  const terms = [
    [say("desk_where"), whereWords(seen)],
    [say("desk_distance"), seen.distance_m === null ? null : say("desk_away", { m: metres(seen.distance_m) })],
    [say("desk_error"), metres(seen.accuracy_m)],
    [say("desk_p_inside"), seen.p_inside === null ? null : `${number(seen.p_inside * 100, 1)} %`],
    [say("desk_time"), h("span", { class: "row" }, bracket, badge(say(`desk_grade_${seen.time_grade}`), GRADES[seen.time_grade]))],
    [say("desk_claimed_at"), moment(seen.claimed_at, ZONE)],
    [say("desk_received_at"), moment(seen.received_at, ZONE)],
    [say("desk_device"), seen.device && say("desk_device_is", { name: seen.device.name, platform: seen.device.platform, since: moment(seen.device.enrolled_at, ZONE) })],
    [say("desk_policy"), h("span", { class: "code" }, seen.policy)],
  ];
  return h("li", { class: "stack tight" },
    h("span", {}, h("strong", {}, `${say(`desk_direction_${seen.direction}`)}, ${moment(seen.taken_at, ZONE)} `), badge(say(`desk_verdict_${seen.verdict}`), { accepted: "good", doubtful: "warn", rejected: "bad" }[seen.verdict])),
    signals.length > 0 && h("ul", { class: "small" }, signals), facts(terms));
}

const step = (taken) =>
  h("li", { class: "stack tight" }, h("p", { class: "small soft" }, [say(`desk_step_${taken.step}`), taken.answer && say(`desk_finding_is_${taken.answer}`), moment(taken.at, ZONE), taken.by].filter(Boolean).join(" · ")), h("p", {}, taken.reason), taken.evidence && h("p", { class: "small" }, taken.evidence));

async function decideOne(place, one, chosen = "") {
  const boxes = one.checkins.map((seen) => h("label", { class: "check" }, h("input", { type: "checkbox", value: seen.id }), h("span", {}, `${say(`desk_direction_${seen.direction}`)}, ${moment(seen.taken_at, ZONE)}`)));
  const parts = h("fieldset", { hidden: true }, h("legend", {}, say("desk_which_uphold")), boxes);
  const options = [["", say("desk_choose")], ...ANSWERS(), ...(one.checkins.length > 1 ? [["partial", say("desk_partial")]] : [])];
  const decision = field(say("desk_decision"), choice(options, { required: true, value: chosen, onchange: ({ target }) => (parts.hidden = target.value !== "partial") }));
  const fields = { decision, reason: field(say("desk_reason"), h("textarea", { required: true, maxlength: 2000, autofocus: Boolean(chosen) }), say("desk_reason_help")) };
  const content = (close) =>
    h("div", { class: "stack" }, h("p", {}, one.sentence), parts, form(fields, say("desk_decide"), async (given) => {
      const checkins = given.decision === "partial" ? boxes.map((box) => box.firstChild).filter((box) => box.checked).map((box) => box.value) : undefined;
      await ask("POST", `/v1/findings/${one.id}/decision`, { ...given, ...(checkins && { checkins }) });
      close(true);
    }));
  if (!(await dialog(say("desk_decide_finding"), content))) return;
  toast(say("desk_decided"));
  dispatchEvent(new HashChangeEvent("hashchange")); // the page is shown anew, its map and keys with it
}
