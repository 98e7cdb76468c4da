// This phone: how it stands with the server, what it keeps, and what may keep it from checking in.

import { badge, button, card, dialog, facts, field, form, h, notice, nothing, toast } from "../../ui/elements.js";
import { clock as face, metres, number, say } from "../../ui/words.js";
import * as clock from "../clock.js";
import { history } from "../delivery.js";
import { device, enrol, freshen, kept, send } from "../phone.js";
import { find } from "../store.js";
import { watch } from "../watch.js";
import { outcome } from "./outcome.js";

/** Show the phone, its checks, and its check-ins with their receipts. */
export async function show(place) {
  const zone = (await find(kept(), "today"))?.found.sites[0]?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const checks = h("div");
  const made = h("div", { class: "stack" });
  const position = { fixes: [], error: null };
  const draw = async () => checks.replaceChildren(await checked(position, zone));
  const list = async () => {
    const all = await history(kept());
    made.replaceChildren(h("h2", {}, say("app_own_checkins")), ...(all.length ? all.slice(0, 20).map((one) => outcome(one, zone)) : [nothing(say("app_none"))]));
  };
  place.replaceChildren(await deviceCard(place), card(say("app_checks"), checks, h("div", { class: "row" }, button(say("app_check_again"), async () => (await freshen(), await send(), await draw())))), made);
  await draw();
  await list();
  const stop = watch((found) => (Object.assign(position, found), draw()));
  addEventListener("phone-changed", list);
  return () => (stop(), removeEventListener("phone-changed", list));
}

async function deviceCard(place) {
  const known = await device();
  if (!known) return card(say("app_device"), nothing(say("app_not_enrolled")), h("a", { class: "button main", href: "#/today" }, say("app_enrol")));
  const ended = known.status === "revoked" || known.status === "superseded";
  const tone = known.status === "active" ? "good" : ended ? "bad" : "warn";
  return card(say("app_device"), h("div", { class: "row apart" }, h("strong", {}, known.name), badge(say(`app_device_short_${known.status}`), tone)),
    known.status !== "active" && h("p", {}, say(`app_device_${known.status}`)),
    h("details", {}, h("summary", {}, say("app_device_id")), h("p", { class: "code" }, known.id)),
    ended && button(say("app_enrol_anew"), () => anew(place), "main"));
}

async function anew(place) {
  const fields = { name: field(say("app_phone_name"), { required: true, maxlength: 60 }) };
  const content = (close) => form(fields, say("app_enrol"), async ({ name }) => close(await enrol(name, true)));
  if (await dialog(say("app_enrol_anew"), content)) {
    toast(say("app_enrolled"));
    place.replaceChildren();
    await show(place);
  }
}

/** What the phone can and cannot, each with a word and a mark; what is wrong says what to do. */
async function checked(position, zone) {
  const time = clock.state();
  const all = await history(kept());
  const waiting = all.filter((one) => !one.item).length;
  const storage = (await navigator.storage?.estimate?.()) ?? {};
  const isPersisted = (await navigator.storage?.persisted?.()) ?? false;
  const permission = await navigator.permissions?.query({ name: "geolocation" }).then(({ state }) => state, () => "unknown");
  const last = position.fixes.at(-1);
  const worker = await navigator.serviceWorker?.getRegistration();
  return facts([
    [say("app_diag_permission"), mark(permission !== "denied", say(`app_permission_${permission ?? "unknown"}`))],
    [say("app_diag_gps"), mark(Boolean(last), last ? say("app_diag_gps_is", { accuracy: metres(last.accuracy_m), count: position.fixes.length }) : say(`app_place_${position.error ?? "waiting"}`))],
    [say("app_diag_time"), mark(time.ageMs !== null, time.ageMs === null ? say("app_diag_no_anchor") : say("app_diag_anchor", { minutes: number(time.ageMs / 60_000) }))],
    [say("app_diag_clock"), time.skewMs === null ? say("app_unknown") : mark(Math.abs(time.skewMs) < 300_000, say("app_diag_skew", { seconds: number(time.skewMs / 1000, 1), at: face(Date.now(), zone, true) }))],
    [say("app_diag_network"), mark(navigator.onLine, say(navigator.onLine ? "app_online" : "app_offline"))],
    [say("app_diag_queue"), mark(waiting === 0, say("app_diag_waiting", { count: waiting }))],
    [say("app_diag_storage"), mark(isPersisted || all.length === 0, say(isPersisted ? "app_persisted" : "app_not_persisted", { kb: number((storage.usage ?? 0) / 1024) }))],
    [say("app_diag_offline"), mark(Boolean(worker?.active), say(worker?.active ? "app_works_offline" : "app_not_offline"))],
    [say("app_diag_version"), h("span", { class: "code" }, document.documentElement.dataset.version)],
  ]);
}

const mark = (isGood, words) => h("span", {}, badge(say(isGood ? "app_good" : "app_look"), isGood ? "good" : "warn"), " ", words);
