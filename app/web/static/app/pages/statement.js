// A month's statement: every minute that cost something and its clause, what it comes to in rupiah, and how to contest it.

import { badge, button, card, dialog, facts, field, form, h, notice, nothing, toast } from "../../ui/elements.js";
import { Problem, Silence, ask, download, signedIn } from "../../ui/session.js";
import { clock as face, dayName, monthName, number, say } from "../../ui/words.js";
import { seen } from "../phone.js";

/** Show the statement of a month: `#/statement/2026-11`. */
export async function show(place, { args, go }) {
  const [month] = args;
  const path = `/v1/statements/${signedIn().nip}/${month}`;
  place.replaceChildren(nothing(say("ui_loading")));
  const { found, at } = await seen(`statement-${month}`, path);
  const old = at && notice("info", say("app_seen_at", { at: face(at) }));
  const pdf = button(say("app_statement_pdf"), () => save(`${path}.pdf`), "main");
  const standing = found.is_final ? badge(say("app_statement_final"), "good") : badge(say("app_statement_provisional"), "info");
  const top = h("section", { class: "card" }, h("header", {}, h("h2", {}, monthName(month)), standing), sums(found), h("div", { class: "row" }, pdf, button(say("app_statement_days"), () => go("days", month))));
  const word = old ? null : await ownWord(month);
  const again = () => go("statement", month, String(Date.now()));
  place.replaceChildren(old || "", top, word ? wordCard(word, month, again) : "", costCard(found), moneyCard(found.money), contestCard(found.contest, go));
}

/** Where one's own month stands, or null when no day of it is on record. */
async function ownWord(month) {
  try {
    return await ask("GET", `/v1/me/recaps/${month}`);
  } catch (problem) {
    if (problem instanceof Problem && [404, 409].includes(problem.status)) return null;
    throw problem;
  }
}

const WORDS = { open: "", acknowledged: "good", objected: "warn", confirmed: "good", changed: "warn", sealed: "good" };

/** One's own word on the month: it is right, or what is wrong with it. It counts for these figures only. */
function wordCard({ state, digest }, month, again) {
  const tell = async (agrees, note = "") => {
    await ask("POST", `/v1/me/recaps/${month}/acknowledgement`, { digest, agrees, note });
    toast(say("app_word_said"));
    again();
  };
  const object = () =>
    dialog(say("app_word_object"), (close) =>
      form({ note: field(say("app_word_wrong"), h("textarea", { required: true, maxlength: 1000 })) }, say("app_send"), async ({ note }) => {
        await tell(false, note);
        close(true);
      }));
  const agree = async () => {
    try {
      await tell(true);
    } catch (problem) {
      if (!(problem instanceof Problem || problem instanceof Silence)) throw problem;
      toast(problem.detail);
    }
  };
  const isOpen = ["open", "objected", "changed"].includes(state);
  return card(say("app_word"), h("div", {}, badge(say(`app_word_${state}`), WORDS[state])), say("app_word_what"),
    state !== "sealed" && h("div", { class: "row" }, isOpen && button(say("app_word_agree"), agree, "main"), button(say("app_word_object"), object)));
}

const sums = ({ sums: all, discipline_pct, productivity_pct }) =>
  facts([
    [say("app_statement_late"), say("app_minutes", { count: number(all.late_min) })],
    [say("app_statement_early"), say("app_minutes", { count: number(all.early_min) })],
    [say("app_statement_cut"), `${number(all.deduction_pct, 2)} %`],
    [say("app_discipline"), discipline_pct && `${number(discipline_pct, 2)} %`],
    [say("app_statement_productivity"), productivity_pct && `${number(productivity_pct, 2)} %`],
  ]);

function costCard({ costs }) {
  const line = (one) => h("li", {}, h("div", { class: "row apart" }, h("strong", {}, dayName(one.day)), h("strong", { class: "number" }, `${number(one.pct, 2)} %`)), h("p", {}, one.message), origin(one));
  return card(say("app_statement_costs"), costs.length ? h("ul", { class: "list lines" }, costs.map(line)) : nothing(say("app_statement_no_costs")));
}

const origin = ({ clause, source, quality }) => clause && h("p", { class: "small soft" }, [clause, source, quality === "G" && say("app_unverified_source")].filter(Boolean).join(" · "));

function moneyCard(money) {
  if (money.missing) return card(say("app_statement_money"), money.message);
  const rupiah = (amount) => say("app_rupiah", { amount: number(amount) });
  const steps = money.steps.map((step) => h("li", {}, h("div", { class: "row apart" }, h("span", {}, step.message, step.day ? ` · ${dayName(step.day, false)}` : ""), h("span", { class: "number" }, rupiah(step.rupiah))), step.clause && h("p", { class: "small soft" }, step.clause)));
  return card(say("app_statement_money"), h("p", { class: "figure" }, rupiah(money.paid_rupiah)),
    facts([[say("app_statement_base"), rupiah(money.base_rupiah)], [say("app_tpp"), money.tpp_pct && `${number(money.tpp_pct, 2)} %`]]),
    h("details", {}, h("summary", {}, say("app_breakdown")), h("ul", { class: "list lines" }, steps)));
}

function contestCard(contest, go) {
  const findings = contest.findings.map((one) => h("li", { class: "row apart" }, dayName(one.day, false), button(say("app_findings"), () => go("findings", String(one.id)))));
  return card(say("app_statement_contest"), contest.until && h("p", {}, say("app_statement_until", { day: dayName(contest.until) })),
    h("ul", { class: "list" }, contest.ways.map((way) => h("li", {}, way))), findings.length > 0 && h("ul", { class: "list lines" }, findings), origin(contest));
}

async function save(path) {
  try {
    await download(path);
  } catch (problem) {
    if (!(problem instanceof Problem || problem instanceof Silence)) throw problem;
    toast(problem.detail);
  }
}
