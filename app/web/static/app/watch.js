// The phone's positions as they come, and what keeps them from coming.

const KEPT_MS = 10 * 60_000;
const ERRORS = { 1: "denied", 2: "unavailable", 3: "slow" };

/** Watch the position; `changed({ fixes, error })` is called whenever something is new. Answers a function that ends it. */
export function watch(changed) {
  const state = { fixes: [], error: null };
  if (!navigator.geolocation) {
    changed({ ...state, error: "unsupported" });
    return () => {};
  }
  const come = (position) => {
    const ms = performance.now() - ageOf(position);
    state.fixes = [...state.fixes.filter((fix) => ms - fix.ms < KEPT_MS), fixOf(position, ms)].slice(-60);
    state.error = null;
    changed(state);
  };
  const fail = ({ code }) => {
    state.error = ERRORS[code] ?? "unavailable";
    changed(state);
  };
  const id = navigator.geolocation.watchPosition(come, fail, { enableHighAccuracy: true, maximumAge: 10_000, timeout: 30_000 });
  return () => navigator.geolocation.clearWatch(id);
}

/** How old a position was when it came; a wall clock that was set meanwhile says nothing. */
function ageOf({ timestamp }) {
  const age = Date.now() - timestamp;
  return age >= 0 && age < 10 * 60_000 ? age : 0;
}

function fixOf({ coords }, ms) {
  const fix = { lat: coords.latitude, lon: coords.longitude, accuracy_m: coords.accuracy };
  if (Number.isFinite(coords.altitude)) fix.altitude_m = coords.altitude;
  if (Number.isFinite(coords.speed) && coords.speed >= 0) fix.speed_mps = coords.speed;
  if (Number.isFinite(coords.heading) && coords.heading >= 0) fix.bearing_deg = coords.heading % 360;
  return { ...fix, ms };
}
