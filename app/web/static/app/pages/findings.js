// What somebody may have to look at, told to the person first: in words, with how often honest people look the same.

import { badge, card, h, notice, nothing } from "../../ui/elements.js";
import { dayName, moment, say } from "../../ui/words.js";
import { kept, seen } from "../phone.js";
import { find } from "../store.js";

const TONES = { open: "warn", uphold: "bad", dismiss: "good", superseded: "" };

/** Show one's findings, newest first. */
export async function show(place) {
  const zone = (await find(kept(), "today"))?.found.sites[0]?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  place.replaceChildren(nothing(say("ui_loading")));
  const { found } = await seen("findings", "/v1/me/findings");
  place.replaceChildren(h("p", { class: "soft" }, say("app_findings_what")), ...(found.items.length ? found.items.map((one) => cardOf(one, zone)) : [nothing(say("app_no_findings"))]));
}

function cardOf(one, zone) {
  const head = h("header", {}, h("h2", {}, dayName(one.day)), badge(say(`app_finding_${one.status}`), TONES[one.status]));
  const decided = one.decided_at && notice(one.status === "dismiss" ? "good" : "info", say("app_decided", { at: moment(one.decided_at, zone), reason: one.decision_reason ?? "" }));
  return h("section", { class: "card" }, head, h("p", {}, one.sentence), one.honest_rate && h("p", { class: "small soft" }, one.honest_rate), decided);
}
