// What people asked for and somebody else has to answer: leave, permissions, corrections, swaps of shifts, replacement phones.

import { badge, button, card, choice, facts, field, h, notice, toast } from "../ui/elements.js";
import { files } from "../ui/attached.js";
import { ask, signedIn } from "../ui/session.js";
import { clock, dayName, knows, moment, say } from "../ui/words.js";
import { growing } from "./collection.js";
import { decide } from "./decide.js";
import { unitField } from "./scope.js";
import { ZONE } from "./today.js";

const APPROVE = () => [["approve", say("desk_approve")], ["refuse", say("desk_refuse")]];
const person = ({ name, nip, unit }) => h("div", {}, h("strong", {}, name), h("div", { class: "soft small" }, h("span", { class: "number" }, nip), unit ? ` · ${unit}` : ""));
const days = ({ first_day, last_day }) => (first_day === last_day ? dayName(first_day) : `${dayName(first_day, false)} – ${dayName(last_day, false)}`);

// One row a kind of request: where it is listed, which of it waits, how it reads, and where its answer goes.
const KINDS = {
  leaves: {
    waiting: ["requested", "agree"],
    tell: (leave) => [
      [say("desk_leave_kind"), words("leave", leave.kind)],
      [say("desk_days"), days(leave)],
      [say("desk_part"), leave.part && leave.part !== "whole" ? say(`desk_part_${leave.part}`) : null],
      [say("desk_cause"), leave.cause && words("cause", leave.cause)],
      [say("desk_reason"), leave.reason],
      [say("ui_attachments"), files(leave.attachments)],
      [say("desk_asked_at"), leave.requested_at && moment(leave.requested_at, ZONE)],
    ],
  },
  permissions: {
    waiting: ["requested"],
    tell: (asked) => [
      [say("desk_day"), dayName(asked.day)],
      [say("desk_permission"), say(`desk_permission_${asked.direction}`)],
      [say("desk_reason"), asked.reason],
      [say("desk_asked_at"), asked.requested_at && moment(asked.requested_at, ZONE)],
    ],
  },
  corrections: {
    waiting: ["requested", "asked_again"],
    tell: (asked) => [
      [say("desk_day"), dayName(asked.day)],
      [say("desk_direction"), `${say(`desk_direction_${asked.direction}`)}, ${clock(asked.at, ZONE, true)}`],
      [say("desk_reason"), asked.reason],
      [say("desk_evidence"), asked.evidence || null],
      [say("ui_attachments"), files(asked.attachments)],
      [say("desk_asked_at"), asked.requested_at && moment(asked.requested_at, ZONE)],
    ],
  },
  swaps: {
    waiting: ["agree"],
    who: (swap) => h("div", {}, h("strong", {}, `${swap.proposer_name} ⇄ ${swap.partner_name}`)),
    tell: (swap) => [
      [say("desk_days"), swap.days.map((day) => dayName(day, false)).join(", ")],
      [say("desk_reason"), swap.reason],
      [say("desk_asked_at"), moment(swap.proposed_at, ZONE)],
    ],
  },
  devices: {
    waiting: ["pending"],
    who: ({ owner }) => person(owner ?? {}),
    tell: (device) => [
      [say("desk_phone"), `${device.name} (${device.platform})`],
      [say("desk_attestation"), device.attestation?.message ?? null],
      [say("desk_asked_at"), moment(device.enrolled_at, ZONE)],
    ],
  },
};

const words = (group, code) => (knows(`desk_${group}_${code}`) ? say(`desk_${group}_${code}`) : code);

export async function show(place, { args, go }) {
  const kind = args[0] in KINDS ? args[0] : "leaves";
  const asked = { unit: args[1] ?? "" };
  const tabs = h("nav", { class: "row", "aria-label": say("desk_requests") }, Object.keys(KINDS).map((one) => h("a", { class: `button ${one === kind ? "main" : ""}`, href: `#/requests/${one}`, "aria-current": one === kind && "page" }, say(`desk_kind_${one}`))));
  const lists = h("div", { class: "stack" });
  const draw = () =>
    lists.replaceChildren(...KINDS[kind].waiting.map((status) =>
      card(say(`desk_waiting_${status}`), growing(`/v1/${kind}`, { unit: asked.unit, status }, (items) => items.map((item) => request(kind, item, draw)), say("desk_nothing_waits")))));
  const unit = await unitField((code) => ((asked.unit = code), draw()), asked.unit);
  place.append(tabs, unit, lists);
  draw();
}

function request(kind, item, done) {
  const { tell, who } = KINDS[kind];
  const own = (item.nip ?? item.owner?.nip) === signedIn().nip;
  const about = facts(tell(item));
  const answer = async () => {
    const path = kind === "devices" ? `/v1/devices/${item.id}/decision` : `/v1/${kind}/${item.id}/decision`;
    if (await decide(say(`desk_decide_${kind}`), h("div", { class: "stack tight" }, (who ?? person)(item), facts(tell(item))), APPROVE(), (given) => ask("POST", path, given))) {
      toast(say("desk_decided"));
      done();
    }
  };
  const below = own ? notice("info", say("desk_own")) : h("div", { class: "row" }, button(say("desk_decide"), answer, "main"));
  return h("article", { class: "card" }, h("header", {}, (who ?? person)(item), item.status && badge(words("status", item.status), "info")), about, below);
}
