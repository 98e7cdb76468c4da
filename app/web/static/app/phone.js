// This browser as a person's phone: enrol it, check in, and send what waits for as long as anything does.

import { ask, signedIn } from "../ui/session.js";
import { at, language } from "../ui/words.js";
import * as clock from "./clock.js";
import { deliver, learnKeys } from "./delivery.js";
import { hashOf, idAt, jwkOf, newKey, pauseMs, payloadOf, signed, thumbprint, withOffset } from "./protocol.js";
import { alone, announce, enqueue, find, keep, open, queued } from "./store.js";

let db = null;
let nip = null;
let failures = 0;
let timer = null;

/** The database of who is signed in, once `begin` was called. */
export const kept = () => db;

/** Be the phone of a person: learn his device, take the time, send what waits. */
export async function begin(me) {
  if (nip !== me.nip) {
    db?.close();
    [nip, db] = [me.nip, await open(me.nip)];
  }
  await keep(db, "language", language());
  freshen();
  send();
}

/** The device as the server last said it is: `{ id, status, name }`, or null before enrolment. */
export const device = () => find(db, "device");

/** Enrol this browser under a name; doing it again asks the server how it stands. `anew`: with another key, as another phone. */
export async function enrol(name, anew = false) {
  return alone(`key-${nip}`, async () => {
    let key = anew ? null : await find(db, "key");
    if (!key) {
      key = await newKey();
      await keep(db, "key", key);
      await keep(db, "chain", null);
    }
    const jwk = await jwkOf(key.publicKey);
    const found = await ask("POST", "/v1/devices", { jwk, name, platform: "web", installation_id: installation() });
    const known = { ...found, name };
    await keep(db, "device", known);
    await learnKeys(db, at(""));
    await freshen();
    announce();
    return known;
  });
}

/** Whoever uses this browser: the server sees when two people's phones are one. */
function installation() {
  const known = localStorage.getItem("tapak-installation") ?? crypto.randomUUID();
  localStorage.setItem("tapak-installation", known);
  return known;
}

/** Take a new anchor if the one there is old or lost; without network the old one serves. */
export async function freshen(patienceMs) {
  const key = await find(db, "key");
  if (!key || clock.isGood(await find(db, "chain"))) return;
  await clock.takeAnchor(at(""), await thumbprint(await jwkOf(key.publicKey)), patienceMs);
}

/**
 * Check in: the id of a report that is signed and on the disk; nothing is sent yet. `fixesAt(reading)` are the positions with their ages then;
 * `reading` is when it was meant: when the button was pressed, or the code at the door begun.
 */
export async function checkIn(direction, fixesAt, code = null, reading = clock.read()) {
  if (navigator.onLine) await freshen(3_000);
  const made = await alone(`chain-${nip}`, async () => {
    const [key, link] = [await find(db, "key"), (await find(db, "chain")) ?? { seq: 0, prev: null }];
    const kid = await thumbprint(await jwkOf(key.publicKey));
    // The anchor may have come a moment after the button: then it is counted from there.
    const meant = clock.countedAt(reading) ? reading : clock.read();
    const counted = clock.countedAt(meant);
    const atMs = clock.timeAt(meant);
    const claimed_at = withOffset(Date.now(), -new Date().getTimezoneOffset());
    const draft = { id: idAt(atMs ?? Date.now()), nip, direction, fixes: fixesAt(meant), claimed_at, code };
    const compact = await signed(key.privateKey, kid, payloadOf(draft, link, counted));
    const report = { device: kid, seq: link.seq + 1, id: draft.id, direction, compact, claimed_at, isTimed: counted !== null };
    await enqueue(db, report, { seq: report.seq, prev: await hashOf(compact), boot: counted?.boot_id ?? null, atMs });
    return report;
  });
  announce();
  askForSync();
  send();
  return made.id;
}

/** The browser delivers by itself when the network is back, where it knows how. */
async function askForSync() {
  const worker = await navigator.serviceWorker?.getRegistration();
  await worker?.sync?.register("deliver").catch(() => null);
}

/** Send what waits, and again after a random, growing pause while anything does. */
export async function send() {
  clearTimeout(timer);
  if (!db || !(await queued(db)).length) return;
  const { waits, askedS } = await deliver(db, nip, at(""), language());
  failures = waits ? failures + 1 : 0;
  clearTimeout(timer);
  if (waits) timer = setTimeout(send, pauseMs(failures, askedS, Math.random()));
}

function backAgain() {
  if (!db || document.visibilityState === "hidden") return;
  failures = 0;
  freshen();
  send();
}

addEventListener("online", backAgain);
document.addEventListener("visibilitychange", backAgain);
setInterval(() => db && signedIn() && document.visibilityState === "visible" && freshen(), 60_000);

/** Days a month that were looked at before, so that they are there without a network: the newest of the server, or what was kept. */
export async function seen(name, path) {
  try {
    const found = await ask("GET", path);
    await keep(db, name, { found, at: Date.now() });
    return { found, at: null };
  } catch (problem) {
    const before = await find(db, name);
    if (!before || problem.status) throw problem;
    return before;
  }
}
