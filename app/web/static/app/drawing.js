// The plan: a site's outline, the position and how far off it may be, to scale and without a map.

import { svg } from "../ui/elements.js";
import { metres, say } from "../ui/words.js";
import { metresFrom, ringsOf } from "./place.js";

const SIZE = 320;

/** The drawing of what `advice` says; null when there is nothing to draw. Everything in it also stands in words beside it. */
export function plan({ site, fix, m }) {
  if (!site || !fix) return null;
  const rings = ringsOf(site.outline, fix);
  const corners = [...rings.flat(), { x: 0, y: 0 }, ...[-1, 1].flatMap((side) => [{ x: side * reach(fix, m), y: 0 }, { x: 0, y: side * reach(fix, m) }])];
  const [west, east] = [Math.min(...corners.map(({ x }) => x)), Math.max(...corners.map(({ x }) => x))];
  const [south, north] = [Math.min(...corners.map(({ y }) => y)), Math.max(...corners.map(({ y }) => y))];
  const wide = Math.max(east - west, north - south, 30) * 1.15;
  const scale = SIZE / wide;
  const [left, top] = [(west + east) / 2 - wide / 2, (south + north) / 2 + wide / 2];
  const on = ({ x, y }) => [((x - left) * scale).toFixed(1), ((top - y) * scale).toFixed(1)];
  const outline = rings.map((ring) => `M${ring.map((corner) => on(corner).join(" ")).join("L")}Z`).join("");
  const [cx, cy] = on({ x: 0, y: 0 });
  const bar = barOf(wide);
  return svg("svg", { class: "plan", viewBox: `0 0 ${SIZE} ${SIZE}`, role: "img", "aria-label": say("app_plan", { site: site.name, accuracy: metres(fix.accuracy_m), distance: metres(m) }) },
    svg("path", { class: "site", d: outline }),
    svg("circle", { class: "error", cx, cy, r: (fix.accuracy_m * scale).toFixed(1) }),
    svg("circle", { class: "fix", cx, cy, r: 6 }),
    svg("path", { class: "scale", d: `M12 ${SIZE - 14}h${(bar * scale).toFixed(1)}` }),
    svg("text", { x: 12, y: SIZE - 22, "font-size": 13, text: metres(bar) }));
}

// A fix of a kilometre would make a dot of the office: the circle may leave the picture then.
const reach = (fix, m) => Math.min(fix.accuracy_m, Math.max(150, 2 * m));

/** A round length of about a fourth of the picture. */
function barOf(wide) {
  const rough = wide / 4;
  const ten = 10 ** Math.floor(Math.log10(rough));
  return [5, 2, 1].map((times) => times * ten).find((length) => length <= rough);
}
