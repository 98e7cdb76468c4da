// The law of a day: every rule in sentences, with its clause, its source and how well it is known.

import { badge, card, choice, facts, field, h } from "../ui/elements.js";
import { ask } from "../ui/session.js";
import { dayName, say } from "../ui/words.js";
import { asked } from "./collection.js";
import { today } from "./today.js";

const TONES = { S: "good", G: "warn", C: "info" };

export async function show(place, { args, go }) {
  const { codes } = await ask("GET", "/v1/decrees");
  const code = args[0] ?? codes[0];
  const day = args[1] ?? today();
  const which = field(say("desk_decree"), choice(codes.map((one) => [one, one]), { value: code, onchange: (event) => go("law", event.target.value, when.input.value) }));
  const when = field(say("desk_on"), { type: "date", value: day, onchange: (event) => event.target.value && go("law", which.input.value, event.target.value) });
  place.append(h("div", { class: "row" }, which, when));
  const law = await ask("GET", asked(`/v1/decrees/${encodeURIComponent(code)}`, { on: day }));
  place.append(h("p", { class: "soft" }, say("desk_law_of", { name: law.name, day: dayName(law.day) })));
  place.append(h("p", { class: "soft small" }, say("desk_law_version"), " ", h("span", { class: "code" }, law.version)));
  place.append(...law.rules.map(rule));
}

const rule = ({ title, says, clause, source, quality, since }) =>
  card(title, h("ul", {}, says.map((sentence) => h("li", {}, sentence))), clause &&
    facts([
      [say("desk_clause"), h("span", { class: "code" }, clause)],
      [say("desk_source"), source],
      [say("desk_since"), since && dayName(since, false)],
      [say("desk_known"), badge(say(`desk_quality_${quality}`), TONES[quality] ?? "")],
    ]));
