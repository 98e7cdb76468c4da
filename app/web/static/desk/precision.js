// How right each detector was by what people decided: a share with its interval, and what follows. Nothing is changed from here.

import { badge, card, field, h, svg, table } from "../ui/elements.js";
import { ask } from "../ui/session.js";
import { number, say } from "../ui/words.js";
import { asked } from "./collection.js";
import { unitField } from "./scope.js";
import { today } from "./today.js";

const TONES = { keep: "good", raise: "bad", rethink: "bad", unsure: "warn", too_few: "", none: "" };
const DAY_MS = 86_400_000;
const [WIDE, HIGH] = [140, 18];

export async function showPrecision(place) {
  const wanted = { unit: "", since: new Date(Date.parse(today()) - 90 * DAY_MS).toISOString().slice(0, 10) };
  const found = h("div", { class: "stack", "aria-live": "polite" });
  const draw = async () => {
    const { items, person_days } = await ask("GET", asked("/v1/detectors", wanted));
    found.replaceChildren(h("p", { class: "soft" }, say("desk_precision_days", { n: number(person_days) })), table(say("desk_precision"), columns(), items));
  };
  const since = field(say("desk_since"), { type: "date", value: wanted.since, max: today(), onchange: ({ target }) => ((wanted.since = target.value), draw()) });
  place.append(h("p", {}, h("a", { href: "#/review" }, say("desk_back_to_review"))), card("", h("h2", {}, say("desk_precision")), h("p", {}, say("desk_precision_what"))), h("div", { class: "grid" }, await unitField((code) => ((wanted.unit = code), draw())), since), found);
  await draw();
}

const columns = () => [
  { title: say("desk_detector"), cell: (one) => h("div", {}, h("strong", {}, say(`desk_finding_${one.kind}`)), h("div", { class: "soft small" }, say(`desk_severity_is_${one.severity}`))) },
  { title: say("desk_found_n"), cell: (one) => number(one.found), isNumber: true },
  { title: say("desk_waiting_n"), cell: (one) => number(one.waiting), isNumber: true },
  { title: say("desk_right_n"), cell: (one) => say("desk_of", { n: number(one.upheld + one.in_part), of: number(one.answered) }), isNumber: true },
  { title: say("desk_right_share"), cell: (one) => one.precision && share(one) },
  { title: say("desk_advice"), cell: (one) => h("div", {}, badge(say(`desk_advice_${one.advice}`), TONES[one.advice]), h("div", { class: "small" }, one.message)) },
];

/** The share as a point on its interval, and in words. */
function share({ precision, low, high }) {
  const at = (value) => (4 + Number(value) * (WIDE - 8)).toFixed(1);
  const percent = (value) => number(Number(value) * 100);
  const picture = svg("svg", { class: "interval", viewBox: `0 0 ${WIDE} ${HIGH}`, "aria-hidden": "true" },
    svg("path", { class: "rule", d: `M4 ${HIGH / 2}H${WIDE - 4}` }), svg("path", { class: "range", d: `M${at(low)} ${HIGH / 2}H${at(high)}` }), svg("circle", { class: "point", cx: at(precision), cy: HIGH / 2, r: 5 }));
  return h("div", {}, picture, h("div", { class: "small number" }, say("desk_share_is", { share: percent(precision), low: percent(low), high: percent(high) })));
}
