// Findings: what may need a look, by cause and person, each with what is known of it; decided one by one or by cause.

import { badge, button, card, dialog, h, notice, nothing } from "../ui/elements.js";
import { ask } from "../ui/session.js";
import { dayName, number, say } from "../ui/words.js";
import { asked, growing } from "./collection.js";
import { decide } from "./decide.js";
import { ANSWERS, showOne, TONES, WAITING } from "./finding.js";
import { showPrecision } from "./precision.js";
import { unitField } from "./scope.js";

const DAY_MS = 86_400_000;
const REFRESH_MS = 60_000;

export async function show(place, { args, go }) {
  if (args[0] === "one") return showOne(place, args[1]);
  if (args[0] === "precision") return showPrecision(place);
  if (args[0]) return showGroup(place, args[0], args[1], go);
  const queue = h("div", { class: "stack" });
  const counted = h("p", { "aria-live": "polite" });
  let unit = "";
  const draw = async () => {
    const found = await ask("GET", asked("/v1/findings/summary", { unit }));
    const groups = Map.groupBy ? Map.groupBy(found.items, ({ kind }) => kind) : grouped(found.items);
    counted.replaceChildren(h("strong", {}, say("desk_findings_wait", { n: number(found.waiting) })), " ", ...(found.overdue ? [badge(say("desk_overdue_n", { n: number(found.overdue) }), "bad")] : []));
    queue.replaceChildren(...(groups.size ? [...groups].map(([kind, people]) => causeOf(kind, people, unit)) : [nothing(say("desk_nothing_waits"))]));
  };
  place.append(h("p", { class: "soft" }, say("desk_review_what"), " ", h("a", { href: "#/review/precision" }, say("desk_precision"))), await unitField((code) => ((unit = code), draw())), counted, queue);
  await draw();
  // Somebody else decides too: what waits is counted anew while it is looked at, and nobody is interrupted in a dialog.
  const timer = setInterval(() => !document.hidden && !document.querySelector("dialog") && !queue.contains(document.activeElement) && draw().catch(() => null), REFRESH_MS);
  return () => clearInterval(timer);
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
  const chosen = h("p", { "aria-live": "polite" });
  const listed = growing("/v1/findings", { kind, nip }, (items) => items.map(short), say("desk_nothing_waits"));
  const count = () => (chosen.textContent = say("desk_chosen_n", { n: number(marked(listed).length) }));
  listed.addEventListener("change", count);
  listed.addEventListener("keydown", (event) => walk(event, listed, count));
  count();
  const decideChosen = async () => {
    const ids = marked(listed);
    if (ids.length && (await decideMany({ ids }, say("desk_decide_chosen", { n: number(ids.length) }), h("p", {}, say(`desk_finding_${kind}`))))) listed.load(), count();
  };
  place.append(h("p", {}, h("a", { href: "#/review" }, say("desk_back_to_review"))), h("h2", {}, say(`desk_finding_${kind}`)), h("p", { class: "soft small" }, say("desk_keys")), listed);
  place.append(h("div", { class: "row" }, chosen, button(say("desk_decide_these"), decideChosen, "main"), button(say("desk_decide_cause"), async () => (await decideCause({ kind, nip })) && go("review"))));
}

const marked = (listed) => [...listed.querySelectorAll("input[type=checkbox]:checked")].map(({ value }) => Number(value));

/** J and K go from card to card, X chooses one, Enter opens it: only while the list has the focus, so that no other key is taken. */
function walk(event, listed, count) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const cards = [...listed.querySelectorAll("article")];
  const here = cards.indexOf(event.target.closest("article"));
  const key = event.key.toLowerCase();
  if (key === "j" || key === "k") cards[Math.min(cards.length - 1, Math.max(0, here + (key === "j" ? 1 : -1)))]?.focus();
  else if (key === "x") {
    const box = cards[here]?.querySelector("input");
    if (box) box.checked = !box.checked;
    count();
  } else if (key === "enter" && event.target === cards[here]) cards[here].querySelector("a").click();
  else return;
  event.preventDefault();
}

const short = (one) =>
  h("article", { class: "card", tabindex: "-1", "aria-label": `${one.name} · ${dayName(one.day)}` },
    h("header", {}, h("a", { href: `#/review/one/${one.id}` }, `${one.name} · ${dayName(one.day)}`), h("span", { class: "row" }, badge(say(`desk_finding_is_${one.status}`), TONES[one.status]), one.is_overdue && badge(say("desk_overdue"), "bad"))),
    h("p", {}, one.sentence), WAITING.includes(one.status) && h("label", { class: "check" }, h("input", { type: "checkbox", value: one.id }), h("span", {}, say("desk_choose_this"))));

const decideCause = (cause) => {
  const given = Object.fromEntries(Object.entries(cause).filter(([, value]) => value));
  return decideMany({ cause: given }, say("desk_decide_cause"), h("p", {}, say("desk_decide_cause_what", { kind: say(`desk_finding_${cause.kind}`) })));
};

async function decideMany(which, title, about) {
  let done = null;
  if (!(await decide(title, about, ANSWERS(), async (answer) => (done = await ask("POST", "/v1/findings/decisions", { ...answer, ...which }))))) return false;
  const refused = done.items.filter(({ status }) => status === "refused");
  await dialog(say("desk_decided"), () => h("div", { class: "stack" }, h("p", {}, say("desk_decided_n", { n: number(done.items.length - refused.length) })), refused.length > 0 && notice("warn", say("desk_refused_n", { n: number(refused.length) }), h("ul", {}, refused.slice(0, 10).map(({ id, message }) => h("li", {}, `${id}: ${message}`))))));
  return true;
}
