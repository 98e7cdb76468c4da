// Where a position is to an outline, in metres, and what a person can do about it. Pure.

const EARTH_M = 6_371_008.8;
const rad = Math.PI / 180;

const COARSE_M = 75;
const WALK_MPS = 1.5;
const FRESH_MS = 60_000;

/** A point as metres east and north of another. */
export const metresFrom = (origin, { lat, lon }) => ({
  x: (lon - origin.lon) * rad * EARTH_M * Math.cos(origin.lat * rad),
  y: (lat - origin.lat) * rad * EARTH_M,
});

/** The rings of an outline (GeoJSON Polygon or MultiPolygon), in metres from a point. */
export function ringsOf(outline, origin) {
  const parts = outline.type === "Polygon" ? [outline.coordinates] : outline.coordinates;
  return parts.flatMap((part) => part.map((ring) => ring.map(([lon, lat]) => metresFrom(origin, { lat, lon }))));
}

/** How far a point is outside an outline; below zero inside, courtyards are outside. */
export function distance(outline, point) {
  let [isInside, nearest] = [false, Infinity];
  for (const ring of ringsOf(outline, point)) {
    for (let at = 1; at < ring.length; at++) {
      const [a, b] = [ring[at - 1], ring[at]];
      if (a.y > 0 !== b.y > 0 && 0 < ((b.x - a.x) * -a.y) / (b.y - a.y) + a.x) isInside = !isInside;
      const [dx, dy] = [b.x - a.x, b.y - a.y];
      const along = dx * dx + dy * dy;
      const t = along === 0 ? 0 : Math.min(1, Math.max(0, -(a.x * dx + a.y * dy) / along));
      nearest = Math.min(nearest, Math.hypot(a.x + t * dx, a.y + t * dy));
    }
  }
  return isInside ? -nearest : nearest;
}

/** The site nearest to a point and how far it is outside: `{ site, m }`, null without sites. */
export const nearest = (sites, point) =>
  sites.map((site) => ({ site, m: distance(site.outline, point) })).sort((one, other) => one.m - other.m)[0] ?? null;

/** The position that would decide now: of the fresh ones that with the smallest accuracy, otherwise the last. `now`: a reading in ms. */
export function best(fixes, now) {
  const fresh = fixes.filter((fix) => now - fix.ms <= FRESH_MS);
  return fresh.reduce((one, other) => (other.accuracy_m <= one.accuracy_m ? other : one), fresh[0]) ?? fixes.at(-1) ?? null;
}

/** The positions as a report carries them: at most ten, the deciding one among them, with their ages at a reading. */
export function forReport(fixes, now) {
  const [fresh, deciding] = [fixes.filter((fix) => now - fix.ms <= FRESH_MS), best(fixes, now)];
  const chosen = [deciding, ...fresh.filter((fix) => fix !== deciding).slice(-9)].filter(Boolean);
  return chosen.map(({ ms, ...fix }) => ({ ...fix, age_ms: Math.max(0, Math.round(now - ms)) }));
}

/** Whether somebody walks or rides: by the phone's own speed, or by how far it came in the last seconds beyond what it may err. */
export function isMoving(fixes, now) {
  const recent = fixes.filter((fix) => now - fix.ms <= 15_000);
  const [first, last] = [recent[0], recent.at(-1)];
  if (!last) return false;
  if ((last.speed_mps ?? 0) > WALK_MPS) return true;
  const { x, y } = metresFrom(first, last);
  return last.ms - first.ms >= 3_000 && Math.hypot(x, y) > first.accuracy_m + last.accuracy_m;
}

/**
 * What to tell a person about his position: `{ code, tone, m, accuracy_m, site }`; the words are the texts `app_place_<code>`.
 * Nothing here decides: the server judges, and whatever is said, the check-in can be made.
 */
export function advice(fixes, error, sites, now) {
  if (error === "denied" || error === "unsupported") return { code: error, tone: "bad" };
  const fix = best(fixes, now);
  if (!fix) return { code: error ?? "waiting", tone: error ? "warn" : "info" };
  const found = nearest(sites, fix);
  const said = { accuracy_m: fix.accuracy_m, m: found && Math.max(0, found.m), site: found?.site, fix };
  if (now - fix.ms > FRESH_MS) return { code: "old", tone: "warn", ...said };
  if (!found) return { code: "no_site", tone: "info", ...said };
  if (isMoving(fixes, now)) return { code: "moving", tone: "warn", ...said };
  if (found.m > 2 * fix.accuracy_m && found.m > 50) return { code: "far", tone: "warn", ...said };
  if (fix.accuracy_m > COARSE_M) return { code: "coarse", tone: "warn", ...said };
  if (found.m <= 0) return { code: "inside", tone: "good", ...said };
  return { code: "near", tone: "info", ...said };
}
