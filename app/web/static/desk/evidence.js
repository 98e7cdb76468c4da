// What a finding rests on, drawn: the map of the check-ins in question, and the weeks before as a strip. Both also stand in words beside them.

import { h, svg } from "../ui/elements.js";
import { dayName, metres, number, say } from "../ui/words.js";
import { mapIn } from "./map.js";

const TONE = { accepted: "good", doubtful: "warn", rejected: "bad" };
const BEARINGS = ["n", "ne", "e", "se", "s", "sw", "w", "nw"];
const M_A_DEGREE = 111_195;
const OPEN_BAND = 1.5; // how far a band without an end is drawn, times its beginning

/** Where it was, in words: "di titik ini", "2–5 km ke timur laut", or that nobody knows any more. */
export function whereWords({ where }) {
  if (!where) return say("desk_where_unknown");
  if (where.shown === "point") return say("desk_where_point");
  const far = where.to_m === null ? say("desk_beyond", { m: metres(where.from_m) }) : say("desk_between", { from: metres(where.from_m), to: metres(where.to_m) });
  return say("desk_where_band", { far, bearing: say(`desk_bearing_${where.bearing}`) });
}

/** A small map of the sites and where the check-ins were made, as far as it may be shown; null where there is nothing to draw. */
export async function evidenceMap({ checkins, sites }) {
  const placed = checkins.filter(({ where }) => where);
  if (!placed.length) return null;
  const ground = h("div", { class: "map small", role: "region", "aria-label": say("desk_map_of_evidence") });
  const draw = async () => {
    const { L, map } = await mapIn(ground);
    const drawn = L.featureGroup().addTo(map);
    const outlines = new Map(sites.map((site) => [site.id, L.geoJSON(site.outline, { style: { className: "site" } }).bindTooltip(site.name).addTo(drawn)]));
    for (const one of placed) shapes(L, one, outlines.get(one.site)).forEach((shape) => shape.bindTooltip(`${say(`desk_direction_${one.direction}`)} · ${whereWords(one)}`).addTo(drawn));
    map.fitBounds(drawn.getBounds().pad(0.15), { maxZoom: 18, animate: false });
    return () => map.remove();
  };
  return { ground, draw };
}

function shapes(L, { where, accuracy_m, verdict }, outline) {
  if (where.shown === "point") {
    const at = [where.lat, where.lon];
    return [L.circle(at, { radius: accuracy_m, className: "error" }), L.circleMarker(at, { radius: 6, className: `fix ${TONE[verdict]}` })];
  }
  return outline ? [L.polygon(wedge(outline.getBounds(), where), { className: "band" })] : [];
}

/** The band as a piece of a ring around the middle of an outline. */
function wedge(bounds, { from_m, to_m, bearing }) {
  const middle = bounds.getCenter();
  const wide = Math.cos((middle.lat * Math.PI) / 180);
  const edge = (((bounds.getNorth() - bounds.getSouth()) + (bounds.getEast() - bounds.getWest()) * wide) / 4) * M_A_DEGREE;
  const at = (far, degrees) => {
    const angle = (degrees * Math.PI) / 180;
    return [middle.lat + (far * Math.cos(angle)) / M_A_DEGREE, middle.lng + (far * Math.sin(angle)) / M_A_DEGREE / wide];
  };
  const begin = BEARINGS.indexOf(bearing) * 45 - 22.5;
  const turns = Array.from({ length: 16 }, (_, step) => begin + step * 3);
  const [near, far] = [edge + from_m, edge + (to_m ?? from_m * OPEN_BAND)];
  return [...turns.map((turn) => at(near, turn)), ...turns.reverse().map((turn) => at(far, turn))];
}

const IS_NARROW = innerWidth < 600;
const [WIDE, HIGH, LEFT, TOP] = [IS_NARROW ? 340 : 640, 150, 52, 22];
const FARTHEST_M = 204; // as far as a check-in counts; what lies beyond is drawn on the top line

/** The person's check-ins at the sites in thirty days: how far outside, and what became of them. The ones in question are ringed. */
export function strip({ history, checkins, day }) {
  const shown = new Set(checkins.map(({ id }) => id));
  const last = Date.parse(`${day}T00:00:00Z`);
  const x = (one) => LEFT + ((Date.parse(`${one.day}T00:00:00Z`) - last) / 86_400_000 + 30) * ((WIDE - LEFT - 12) / 30) + (one.direction === "in" ? -3 : 3);
  const y = (m) => HIGH - 24 - Math.sqrt(Math.min(m ?? FARTHEST_M, FARTHEST_M) / FARTHEST_M) * (HIGH - 24 - TOP);
  const count = (verdict) => number(history.filter((one) => one.verdict === verdict).length);
  const words = say("desk_strip_says", { n: number(history.length), good: count("accepted"), warn: count("doubtful"), bad: count("rejected") });
  const dot = (one) => {
    const title = svg("title", { text: [dayName(one.day, false), say(`desk_direction_${one.direction}`), say(`desk_verdict_${one.verdict}`), one.distance_m === null ? say("desk_too_far") : say("desk_away", { m: metres(one.distance_m) })].join(" · ") });
    return svg("circle", { class: `dot ${TONE[one.verdict]} ${shown.has(one.id) ? "asked" : ""}`, cx: x(one).toFixed(1), cy: y(one.distance_m).toFixed(1), r: shown.has(one.id) ? 6 : 4 }, title);
  };
  const line = (m, text) => [svg("path", { class: "rule", d: `M${LEFT} ${y(m).toFixed(1)}H${WIDE - 8}` }), svg("text", { x: LEFT - 6, y: y(m) + 4, "text-anchor": "end", "font-size": 12, text })];
  const days = (IS_NARROW ? [30, 0] : [30, 15, 0]).map((before) => svg("text", { x: x({ day: new Date(last - before * 86_400_000).toISOString().slice(0, 10), direction: "in" }), y: HIGH - 4, "text-anchor": before === 30 ? "start" : before ? "middle" : "end", "font-size": 12, text: dayName(new Date(last - before * 86_400_000).toISOString().slice(0, 10), false) }));
  const picture = svg("svg", { class: "strip", viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", "aria-label": words }, [0, 50, FARTHEST_M].flatMap((m) => line(m, m === FARTHEST_M ? `≥${m} m` : `${m} m`)), days, history.map(dot));
  return h("figure", { class: "stack tight" }, picture, h("figcaption", { class: "small soft" }, words, " ", say("desk_strip_what")));
}

