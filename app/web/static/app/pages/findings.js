// What somebody may have to look at, told to the person first: in words, with how often honest people look the same, and a way to be heard.

import { badge, button, dialog, field, form, h, notice, nothing, toast } from "../../ui/elements.js";
import { files, filesField } from "../../ui/attached.js";
import { ask } from "../../ui/session.js";
import { clock as face, dayName, moment, number, say } from "../../ui/words.js";
import { kept, seen } from "../phone.js";
import { find } from "../store.js";

const TONES = { open: "warn", proposed: "warn", appealed: "warn", uphold: "bad", partial: "bad", dismiss: "good", superseded: "" };

/** Show one's findings, newest first. */
export async function show(place, context) {
  const zone = (await find(kept(), "today"))?.found.sites[0]?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  place.replaceChildren(nothing(say("ui_loading")));
  const { found, at } = await seen("findings", "/v1/me/findings");
  const again = () => show(place, context);
  const old = at && notice("info", say("app_seen_at", { at: face(at, zone) }));
  const all = found.items.map((one) => cardOf(one, zone, again));
  place.replaceChildren(h("p", { class: "soft" }, say("app_findings_what"), " ", h("a", { href: "#/looks" }, say("app_looks"))), old || "", ...(all.length ? all : [nothing(say("app_no_findings"))]));
}

function cardOf(one, zone, again) {
  const head = h("header", {}, h("h2", {}, dayName(one.day)), badge(say(`app_finding_${one.status}`), TONES[one.status]));
  const rate = one.honest_rate && h("p", { class: "small soft" }, say("app_honest_rate", { many: number(Math.round(1 / Number(one.honest_rate))) }));
  const steps = one.steps.map((step) => h("li", { class: "stack tight" }, h("p", { class: "small soft" }, stepName(step), " · ", moment(step.at, zone), step.by ? ` · ${step.by}` : ""), h("p", {}, step.reason), step.evidence && h("p", { class: "small" }, say("app_evidence_is", { evidence: step.evidence }))));
  return h("section", { class: "card" }, head, h("p", {}, one.sentence), rate, steps.length > 0 && h("ol", { class: "list lines" }, steps), files(one.attachments), h("div", { class: "row" }, acts(one, zone, again)));
}

const stepName = ({ step, answer }) => [say(`app_step_${step}`), answer && say(`app_finding_${answer}`)].filter(Boolean).join(": ");

/** What the person may still do, and until when. */
function acts(one, zone, again) {
  const until = (instant) => h("span", { class: "small soft" }, say("app_until", { at: moment(instant, zone) }));
  if (one.is_final) return [];
  if (one.appeal_until && Date.parse(one.appeal_until) > Date.now()) return [button(say("app_appeal"), () => answer(one, "appeal", again), "main"), until(one.appeal_until)];
  if (["open", "proposed"].includes(one.status) && Date.parse(one.reply_until) > Date.now()) return [button(say("app_reply"), () => answer(one, "reply", again), "main"), until(one.reply_until)];
  return [];
}

async function answer(one, act, again) {
  const fields = {
    reason: field(say(`app_${act}_words`), h("textarea", { required: true, maxlength: 2000 })),
    evidence: field(say("app_evidence_if_any"), h("textarea", { maxlength: 2000 }), say("app_evidence_help")),
    attachments: filesField(),
  };
  // Whoever appeals asks that it be looked at; before that everybody decides it for himself.
  const shows = h("input", { type: "checkbox" });
  const asked = act === "reply" && h("label", { class: "check" }, shows, h("span", {}, say("app_show_position"), h("span", { class: "small soft" }, " ", say("app_show_position_help"))));
  const content = (close) =>
    [asked || h("p", { class: "small soft" }, say("app_appeal_shows")), form(fields, say("app_send"), async (values) => {
      await ask("POST", `/v1/me/findings/${one.id}/${act}`, { reason: values.reason, evidence: values.evidence || null, attachment_ids: await fields.attachments.sent(), ...(act === "reply" && { shows_position: shows.checked }) });
      close(true);
    })];
  if (!(await dialog(say(`app_${act}`), content))) return;
  toast(say("app_sent"));
  await again();
}
