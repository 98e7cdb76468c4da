// Holding the server to its record: the newest checkpoint, and whether a receipt is in it. The proof is checked here, not by the server.

import { badge, button, card, facts, field, form, h, notice, table } from "../ui/elements.js";
import { ask } from "../ui/session.js";
import { at, moment, number, say } from "../ui/words.js";
import { growing } from "./collection.js";
import { isGrown, isIncluded, noteOf, openReceipt } from "./proof.js";
import { ZONE } from "./today.js";

export async function show(place, { me }) {
  const done = await ledger(place);
  place.append(history(), papers());
  if (me.grants.some(({ role }) => role === "auditor")) place.append(looks());
  return done;
}

/** Every checkpoint there was; this browser holds the newest against each that is asked about. */
function history() {
  const list = growing("/v1/ledger/checkpoints", {}, (items) => table(say("desk_checkpoints"), CHECKPOINTS(), items), say("desk_no_checkpoint"), 20);
  return card(say("desk_checkpoints"), h("p", {}, say("desk_checkpoints_what")), list);
}

const CHECKPOINTS = () => [
  { title: say("desk_sealed_at"), cell: (one) => moment(one.sealed_at, ZONE) },
  { title: say("desk_size"), cell: (one) => number(one.size), isNumber: true },
  { title: say("desk_root"), cell: (one) => h("span", { class: "code small" }, one.root) },
  { title: say("desk_grown"), cell: grown },
];

function grown(one) {
  const outcome = h("span", { "aria-live": "polite" });
  const check = async () => {
    const newest = noteOf(await (await fetch(at("/v1/ledger/checkpoint"), { cache: "no-store" })).text());
    const { path } = await ask("GET", `/v1/ledger/consistency?from=${one.size}&to=${newest.size}`);
    const isGood = await isGrown(noteOf(one.note), newest, path);
    outcome.replaceChildren(badge(say(isGood ? "desk_grown_good" : "desk_grown_bad"), isGood ? "good" : "bad"));
  };
  return h("div", { class: "row" }, button(say("desk_verify"), check, "plain"), outcome);
}

/** A paper is compared on its own page, which anybody may open with the code that is printed on it. */
function papers() {
  const fields = { paper: field(say("desk_paper_code"), { required: true, spellcheck: "false", autocomplete: "off" }, say("desk_paper_help")) };
  return card(say("desk_paper"), form(fields, say("desk_verify"), async ({ paper }) => open(at(`/verify/${encodeURIComponent(paper.split("/").pop())}`), "_blank", "noopener")));
}

/** Who looked at whose position, of everybody or of one person. */
function looks() {
  const wanted = { nip: "" };
  const found = h("div", { class: "stack" });
  const draw = () => found.replaceChildren(growing("/v1/access-log", wanted, (items) => table(say("desk_access_log"), LOOKS(), items), say("desk_no_looks")));
  const fields = { nip: field(say("desk_only_of"), { inputmode: "numeric", maxlength: 18, autocomplete: "off" }) };
  draw();
  return card(say("desk_access_log"), h("p", {}, say("desk_access_log_what")), form(fields, say("desk_filter"), async ({ nip }) => (Object.assign(wanted, { nip }), draw())), found);
}

const LOOKS = () => [
  { title: say("desk_looked_at"), cell: (one) => moment(one.at, ZONE) },
  { title: say("desk_looked_by"), cell: (one) => (one.by ? person(one.by, one.by_nip) : say("desk_looked_nobody")) },
  { title: say("desk_looked_of"), cell: (one) => person(one.name, one.nip) },
  { title: say("desk_looked_for"), cell: (one) => (one.about === "finding" ? h("a", { href: `#/review/one/${one.finding}` }, say("desk_look_finding", { id: one.finding })) : say("desk_look_export")) },
  { title: say("desk_looked_shown"), cell: (one) => say(`desk_look_${one.shown}`) },
];

const person = (name, nip) => h("div", {}, name, h("div", { class: "soft small number" }, nip));

async function ledger(place) {
  const answer = await fetch(at("/v1/ledger/checkpoint"), { cache: "no-store" });
  const text = await answer.text();
  if (!answer.ok) return place.append(notice("info", say("desk_no_checkpoint")), card(say("desk_receipt"), h("p", {}, say("desk_receipt_what")), verifier()));
  const note = noteOf(text);
  const file = new Blob([text], { type: "text/plain" });
  const link = h("a", { class: "button", href: URL.createObjectURL(file), download: `checkpoint-${note.size}.txt` }, say("desk_keep_copy"));
  place.append(card(say("desk_checkpoint"), h("p", {}, say("desk_checkpoint_what")), facts([[say("desk_log"), h("span", { class: "code" }, note.origin)], [say("desk_size"), number(note.size)], [say("desk_root"), h("span", { class: "code" }, note.root)]]), h("div", { class: "row" }, link)));
  place.append(card(say("desk_receipt"), h("p", {}, say("desk_receipt_what")), verifier()));
  return () => URL.revokeObjectURL(link.href);
}

function verifier() {
  const outcome = h("div", { "aria-live": "polite" });
  const fields = { receipt: field(say("desk_receipt"), h("textarea", { required: true, spellcheck: "false", class: "code" }), say("desk_receipt_help")) };
  const made = form(fields, say("desk_verify"), async ({ receipt }) => {
    outcome.replaceChildren();
    outcome.replaceChildren(await verified(receipt.replace(/\s+/g, "")));
  });
  return h("div", { class: "stack" }, made, outcome);
}

async function verified(receipt) {
  const { keys } = await ask("GET", "/.well-known/jwks.json");
  const opened = await openReceipt(receipt, keys);
  if (!opened) return notice("bad", say("desk_receipt_bad"));
  const told = facts([
    [say("desk_checkin"), h("span", { class: "code" }, opened.id)],
    [say("desk_verdict"), opened.verdict],
    [say("desk_received_at"), moment(opened.received_at, ZONE)],
  ]);
  const found = await ask("GET", `/v1/ledger/proof/${encodeURIComponent(opened.leaf_hash)}`).catch((problem) => {
    if (problem.code === "leaf_not_sealed_yet") return null; // not sealed yet: that takes a minute
    throw problem;
  });
  if (!found) return notice("warn", say("desk_receipt_waits"), told);
  const { root } = noteOf(found.checkpoint);
  const isIn = found.proofs.length > 0 && (await isIncluded(found.proofs[0], found.size, root)) && found.proofs[0].leaf_hash === opened.leaf_hash;
  return isIn ? notice("good", say("desk_receipt_good", { size: number(found.size) }), told) : notice("bad", say("desk_receipt_missing"), told);
}
