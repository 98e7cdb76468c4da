// The units somebody answers for, as a choice.

import { choice, field } from "../ui/elements.js";
import { say } from "../ui/words.js";
import { all } from "./collection.js";

let known = null;

/** The units of one's scope, those below indented; asked for once. */
export const units = () => (known ??= all("/v1/units"));

/** A field to choose a unit of one's scope in; "" is all of it. */
export async function unitField(changed, chosen = "") {
  const options = (await units()).map(({ code, name, path }) => [code, `${"  ".repeat(path.split(".").length - 1)}${name}`]);
  const all = [["", say("desk_all_units")], ...options];
  return field(say("ui_unit"), choice(all, { value: chosen, onchange: (event) => changed(event.target.value) }));
}

/** The zone of the clocks at a unit, by its code. */
export async function zoneOf(code) {
  return (await units()).find((unit) => unit.code === code)?.zone ?? (await units())[0]?.zone ?? "Asia/Makassar";
}
