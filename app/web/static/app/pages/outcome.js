// What became of one check-in, as the person reads it.

import { badge, button, facts, h, nothing, toast } from "../../ui/elements.js";
import { ask } from "../../ui/session.js";
import { clock as face, dayName, metres, moment, say } from "../../ui/words.js";
import { kept } from "../phone.js";
import { isInLedger } from "../protocol.js";
import { find } from "../store.js";

const TONES = { accepted: "good", doubtful: "warn", rejected: "bad" };

/** A card for a report of this phone: it waits, was refused, or was answered with a proven receipt. */
export function outcome(report, zone) {
  const title = h("h2", {}, `${say(`app_${report.direction}`)} · ${moment(report.item?.taken_at ?? report.claimed_at, zone)}`);
  if (!report.item) return box(title, badge(say("app_state_waiting"), "info"), nothing(say(report.isTimed ? "app_waits_timed" : "app_waits_untimed")));
  if (report.item.status === "refused") return box(title, badge(say("app_state_refused"), "bad"), h("p", {}, report.item.problem?.detail ?? ""));
  return answered(report, title, zone);
}

const box = (title, mark, ...content) => h("section", { class: "card outcome" }, h("header", {}, title, mark), content);

function answered({ item, id }, title, zone) {
  const where = item.site && (item.distance_m > 0 ? say("app_outside", { site: item.site.name, distance: metres(item.distance_m) }) : say("app_inside", { site: item.site.name }));
  const bracket = `${face(item.earliest_at, zone)}–${face(item.latest_at, zone)}`;
  const told = facts([
    [say("app_site"), where],
    [say("app_time"), `${face(item.taken_at, zone, true)} · ${say(`app_grade_${item.time_grade}`, { bracket })}`],
    [say("app_work_date"), dayName(item.work_date)],
    [say("app_receipt"), say("app_receipt_proven")],
  ]);
  const reasons = h("ul", {}, item.reasons.map((reason) => h("li", {}, reason.message)));
  return box(title, badge(say(`app_verdict_${item.verdict}`), TONES[item.verdict]), reasons, told, h("div", {}, button(say("app_prove"), () => prove(id, item), "plain")));
}

/** Look it up in the public ledger and check the path to the signed checkpoint here, not at the server. */
async function prove(id, item) {
  try {
    const { size, proofs, checkpoint } = await ask("GET", `/v1/ledger/proof/${id}`);
    const keys = (await find(kept(), "keys")) ?? [];
    // Everything about the check-in is there, also what was decided about it later: the receipt names its own leaf.
    const all = await Promise.all(proofs.map((proof) => isInLedger({ ...proof, id, size, checkpoint }, item.receipt, keys)));
    toast(say(all.some(Boolean) ? "app_in_ledger" : "app_not_in_ledger"));
  } catch (problem) {
    toast(problem.detail);
  }
}
