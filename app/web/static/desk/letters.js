// Assignment letters: issued for named people, approved for whoever issued them, withdrawn from a day on.

import { badge, button, card, choice, dialog, facts, field, form, h, notice, table, toast } from "../ui/elements.js";
import { ask } from "../ui/session.js";
import { dayName, knows, moment, number, say } from "../ui/words.js";
import { growing, page } from "./collection.js";
import { failed } from "./files.js";
import { units } from "./scope.js";
import { ZONE, today } from "./today.js";

const KINDS = ["duty", "travel", "home", "ceremony"];
const words = (values, group) => values.map((one) => [one, say(`desk_${group}_${one}`)]);
const days = ({ first_day, last_day }) => (first_day === last_day ? dayName(first_day) : `${dayName(first_day, false)} – ${dayName(last_day, false)}`);

export async function show(place, { args, go, me }) {
  const draw = () => list.replaceChildren(growing("/v1/assignment-letters", {}, (items) => items.map((letter) => one(letter, draw)), say("desk_letters_none")));
  const list = h("div");
  place.append(h("p", { class: "soft" }, say("desk_letters_what")), h("div", { class: "row" }, button(say("desk_letter_new"), async () => (await issue()) && (toast(say("desk_saved")), draw()), "main")), list);
  draw();
}

function one(letter, draw) {
  const hours = letter.starts && `${letter.starts}–${letter.ends}${letter.zone ? ` ${letter.zone}` : ""}`;
  const state = letter.cut_from ? badge(say("desk_letter_cut", { day: dayName(letter.cut_from, false) }), "bad") : letter.awaits_approval ? badge(say("desk_letter_awaits"), "warn") : badge(say("desk_letter_holds"), "good");
  const act = (work) => async () => {
    try {
      if (await work()) (toast(say("desk_saved")), draw());
    } catch (problem) {
      failed(problem);
    }
  };
  return h("article", { class: "card" },
    h("header", {}, h("h2", {}, letter.number), state),
    facts([[say("desk_letter_kind"), say(`desk_letter_${letter.kind}`)], [say("desk_days"), days(letter)], [say("desk_hours"), hours], [say("desk_letter_place"), say(`desk_place_${letter.place}`)], [say("desk_letter_proof"), say(`desk_proof_${letter.proof}`)],
      [say("desk_sites"), letter.sites.join(", ") || null], [say("desk_letter_purpose"), letter.purpose], [say("ui_unit"), letter.unit], [say("desk_letter_issued"), `${letter.issuer}, ${moment(letter.issued_at, ZONE)}`], [say("desk_reason"), letter.cut_reason]]),
    h("div", { class: "row" },
      button(say("desk_letter_people", { n: number(letter.people_count) }), act(() => named(letter))),
      letter.awaits_approval && !letter.cut_from && button(say("desk_letter_approve"), act(() => ask("POST", `/v1/assignment-letters/${letter.id}/approval`))),
      !letter.cut_from && button(say("desk_letter_withdraw"), act(() => withdraw(letter)), "danger")));
}

async function named(letter) {
  const people = await page(`/v1/assignment-letters/${letter.id}/people`, { limit: 200 });
  await dialog(letter.number, () => table(say("desk_people"), [{ title: say("ui_name"), cell: ({ name }) => name }, { title: say("ui_nip"), cell: ({ nip }) => h("span", { class: "number" }, nip) }, { title: say("ui_unit"), cell: ({ unit }) => unit }], people.items));
  return false;
}

const withdraw = (letter) =>
  dialog(say("desk_letter_withdraw"), (close) =>
    form({
      from_day: field(say("desk_letter_from"), { type: "date", min: letter.first_day, max: letter.last_day, value: letter.first_day }, say("desk_letter_from_help")),
      reason: field(say("desk_reason"), h("textarea", { required: true, minlength: 3, maxlength: 2000 })),
    }, say("desk_letter_withdraw"), async ({ from_day, reason }) => {
      await ask("POST", `/v1/assignment-letters/${letter.id}/withdrawal`, { from_day: from_day || null, reason });
      close(true);
    }));

/** The form of a new letter; the people are found by name and chosen one by one, or by unit. */
async function issue() {
  const known = await units();
  const unit = choice(known.map(({ code, name, path }) => [code, `${"  ".repeat(path.split(".").length - 1)}${name}`]));
  const people = new Map();
  const chosen = h("ul", { class: "list", "aria-live": "polite" });
  const drawChosen = () => chosen.replaceChildren(...[...people].map(([nip, name]) => h("li", { class: "row apart" }, h("span", {}, name), button(say("desk_remove"), () => (people.delete(nip), drawChosen()), "plain", { "aria-label": `${say("desk_remove")}: ${name}` }))));
  const found = h("ul", { class: "list", "aria-live": "polite" });
  let pause = 0;
  const search = field(say("desk_letter_find"), { type: "search", autocomplete: "off" }, say("desk_search_help"));
  search.input.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(async () => {
      const q = search.input.value.trim();
      const { items } = q ? await page("/v1/people", { q, limit: 8 }) : { items: [] };
      found.replaceChildren(...items.map(({ nip, name, unit: at }) => h("li", {}, button(`${name} · ${at?.code ?? ""}`, () => (people.set(nip, name), drawChosen()), "file"))));
    }, 300);
  });
  const fields = {
    unit: field(say("desk_letter_unit"), unit),
    number: field(say("desk_letter_number"), { required: true, maxlength: 80 }),
    kind: field(say("desk_letter_kind"), choice(words(KINDS, "letter"))),
    purpose: field(say("desk_letter_purpose"), h("textarea", { required: true, minlength: 3, maxlength: 2000 })),
    first_day: field(say("desk_first_day"), { type: "date", required: true, value: today() }),
    last_day: field(say("desk_last_day"), { type: "date", required: true, value: today() }),
    place: field(say("desk_letter_place"), choice(words(["sites", "anywhere"], "place"))),
    proof: field(say("desk_letter_proof"), choice(words(["checkins", "letter"], "proof"))),
    starts: field(say("desk_letter_starts"), { type: "time" }, say("desk_letter_hours_help")),
    ends: field(say("desk_letter_ends"), { type: "time" }),
    sites: field(say("desk_sites"), {}, say("desk_letter_sites_help")),
    units: field(say("desk_letter_units"), {}, say("desk_units_help")),
  };
  const split = (value) => value.split(/[\s,]+/).filter(Boolean);
  return dialog(say("desk_letter_new"), (close) => [
    h("div", { class: "stack" }, search, found, chosen),
    form(fields, say("desk_letter_issue"), async (given) => {
      const letter = { ...given, starts: given.starts || null, ends: given.ends || null, sites: split(given.sites), units: split(given.units), people: [...people.keys()] };
      close(await ask("POST", "/v1/assignment-letters", letter));
    }),
  ]);
}
