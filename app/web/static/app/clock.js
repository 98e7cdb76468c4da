// The clock that nobody can set: what this page counts since the server's signed time.
//
// A browser's monotonic clock begins anew with every page, and on most systems stands still while the device sleeps. So a boot is one page
// that has not slept: where the wall clock went on without it, or was set, the count proves nothing, and a new boot begins without an anchor.

const FRESH_MS = 6 * 3_600_000;
const TRIP_MS = 10_000;
const SLACK_MS = 2_000;

// Only pages of https (or of this machine) have it; on others nothing is ever counted.
let boot = crypto.randomUUID?.();
let anchor = null; // { signed, nowMs, ms, wall }

/** The clock now: the boot, and milliseconds counted in it. A later reading of another boot cannot be compared. */
export function read() {
  const reading = { ms: performance.now(), wall: Date.now() };
  if (anchor && Math.abs(reading.wall - anchor.wall - (reading.ms - anchor.ms)) > SLACK_MS + 200e-6 * (reading.ms - anchor.ms)) {
    boot = crypto.randomUUID();
    anchor = null;
  }
  return { boot, ms: reading.ms };
}

/** What was counted since the anchor at a reading, as a report carries it; null if nothing was. */
export function countedAt(reading) {
  read();
  if (!anchor || reading.boot !== boot || reading.ms < anchor.ms) return null;
  return { anchor: anchor.signed, elapsed_ms: Math.floor(reading.ms - anchor.ms), boot_id: boot };
}

/** The server's time at a reading in milliseconds; null without an anchor. */
export function timeAt(reading) {
  const counted = countedAt(reading);
  return counted && anchor.nowMs + counted.elapsed_ms;
}

/** Whether an anchor is there and young, and made after the end of a chain that ends in another boot: otherwise it would not hold. */
export function isGood(chain) {
  const reading = read();
  if (!anchor || reading.ms - anchor.ms > FRESH_MS) return false;
  return !chain?.boot || chain.boot === boot || chain.atMs <= anchor.nowMs;
}

/** Ask for the server's signed time for this device and boot; false when it did not come, or too late to be counted from. */
export async function takeAnchor(address, device, patienceMs = TRIP_MS) {
  const asked = read();
  const patience = new AbortController();
  const giveUp = setTimeout(() => patience.abort(), Math.min(patienceMs, TRIP_MS));
  try {
    const names = new URLSearchParams({ device, boot: asked.boot });
    const response = await fetch(`${address}/v1/time?${names}`, { cache: "no-store", signal: patience.signal });
    const { now, anchor: signed } = await response.json();
    const ms = performance.now();
    if (!response.ok || typeof signed !== "string" || ms - asked.ms > TRIP_MS || read().boot !== asked.boot) return false;
    anchor = { signed, nowMs: Date.parse(now), ms, wall: Date.now() };
    return true;
  } catch {
    return false;
  } finally {
    clearTimeout(giveUp);
  }
}

/** For people who look: whether there is an anchor, how old it is, and how far the wall clock is from it. */
export function state() {
  const reading = read();
  return { boot, ageMs: anchor && reading.ms - anchor.ms, skewMs: anchor && Date.now() - timeAt(reading) };
}
