// Shows the rotating code of a site's door. The key in the link's fragment never leaves this page but as a header of its own requests.
// The server's clock decides what is shown; the tablet's clocks only count from its last answer. When in doubt it shows nothing.
"use strict";

const ASK_EVERY_MS = 60_000;
const ASK_AGAIN_MS = 3_000;
const GIVE_UP_MS = 8_000;
// Two clocks of the tablet that disagree by more: it slept, or its clock was set.
const TRUST_MS = 2_000;
const WANDER_MS = 60_000;

const place = (id) => document.getElementById(id);
const address = location.pathname.replace(/\/$/, "") + "/codes";
const stored = "tapak-screen " + location.pathname;

let answer = null;
let answeredAt = null;
let heardAt = "";
let askAt = 0;
let isAsking = false;
let isVoid = false;
let drawn = null;

function keyOfLink() {
  const given = location.hash.slice(1);
  try {
    if (!given) return localStorage.getItem(stored) || "";
    localStorage.setItem(stored, given);
    // Whoever photographs the address bar gets no key.
    history.replaceState(null, "", location.pathname);
  } catch {
    // A browser that keeps nothing keeps the link as it is.
  }
  return given;
}

const key = keyOfLink();

const clocks = () => ({ counted: performance.now(), wall: Date.now() });

// The server's time, or null when the tablet cannot know it: then what was answered is worth nothing any more.
function serverNow() {
  if (!answer) return null;
  const now = clocks();
  const counted = now.counted - answeredAt.counted;
  if (Math.abs(now.wall - answeredAt.wall - counted) <= TRUST_MS) return answer.now_ms + counted;
  answer = null;
  askAt = 0;
  return null;
}

async function ask() {
  isAsking = true;
  const before = clocks();
  // AbortSignal.timeout would be shorter, and unknown to the browsers of the oldest tablets.
  const patience = new AbortController();
  const giveUp = setTimeout(() => patience.abort(), GIVE_UP_MS);
  try {
    const response = await fetch(address, { headers: { "Screen-Key": key }, cache: "no-store", signal: patience.signal });
    if (response.status === 404) {
      answer = null;
      isVoid = true;
      askAt = before.counted + ASK_EVERY_MS;
    } else if (response.ok) {
      take(await response.json(), before);
    } else {
      askAt = performance.now() + ASK_AGAIN_MS;
    }
  } catch {
    askAt = performance.now() + ASK_AGAIN_MS;
  }
  clearTimeout(giveUp);
  isAsking = false;
}

function take(found, before) {
  const after = clocks();
  // Read half-way through the round trip, as far as anybody can tell.
  const half = (after.counted - before.counted) / 2;
  found.now_ms = Date.parse(found.now) + half;
  for (const one of found.codes) one.begins_ms = Date.parse(one.begins_at);
  answer = found;
  answeredAt = after;
  isVoid = false;
  heardAt = clockFace(found.now_ms);
  // Not all tablets of a government in the same second.
  askAt = after.counted + ASK_EVERY_MS * (0.8 + 0.2 * Math.random());
  place("site").textContent = found.site;
  document.title = found.site;
}

function draw(one) {
  if (drawn === one.code) return;
  drawn = one.code;
  const dark = one.qr.flatMap((row, y) => [...row].map((bit, x) => (bit === "1" ? `M${x} ${y}h1v1h-1z` : "")));
  place("qr").firstElementChild.setAttribute("d", dark.join(""));
  place("code").textContent = one.code.slice(0, 4) + " " + one.code.slice(4);
}

function wipe() {
  drawn = null;
  place("qr").firstElementChild.setAttribute("d", "");
  place("code").textContent = "";
}

const clockFace = (ms) =>
  new Intl.DateTimeFormat("id", { timeZone: answer.zone, hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(ms).replaceAll(".", ":");

function tick() {
  const now = serverNow();
  const step_ms = answer ? answer.step_s * 1000 : 0;
  const one = now === null ? undefined : answer.codes.find((code) => code.begins_ms <= now && now < code.begins_ms + step_ms);
  const state = isVoid ? "void" : one ? "shown" : heardAt || performance.now() > GIVE_UP_MS ? "stale" : "starting";
  if (one) {
    draw(one);
    place("left").firstElementChild.setAttribute("width", String((100 * (one.begins_ms + step_ms - now)) / step_ms));
  } else {
    wipe();
  }
  place("clock").textContent = now === null ? "" : clockFace(now);
  place("since").hidden = state !== "stale" || !heardAt;
  place("since").lastElementChild.textContent = heardAt;
  document.body.dataset.state = state;
  if (!isAsking && performance.now() >= askAt) ask();
}

function wander() {
  const turn = (performance.now() / WANDER_MS) * 0.7;
  document.querySelector("main").style.transform = `translate(${Math.round(12 * Math.sin(turn))}px, ${Math.round(12 * Math.cos(1.7 * turn))}px)`;
}

async function stayAwake() {
  try {
    if (document.visibilityState === "visible") await navigator.wakeLock?.request("screen");
  } catch {
    // The tablet's own settings must keep it on then; docs/operations.md says how.
  }
}

document.addEventListener("visibilitychange", stayAwake);
stayAwake();
setInterval(tick, 200);
setInterval(wander, WANDER_MS);
tick();
