// Sites on a map: where people may check in, drawn anew with the lint beside it, and every outline a site ever had.

import { badge, button, card, facts, field, form, h, notice, table, toast } from "../ui/elements.js";
import { ask, askNewer, replace } from "../ui/session.js";
import { moment, number, say } from "../ui/words.js";
import { all } from "./collection.js";
import { effectOf } from "./effect.js";
import { mapIn } from "./map.js";
import { Outline } from "./outline.js";

const PAUSE_MS = 400;

export async function show(place, { args, go }) {
  const ground = h("div", { class: "map", role: "region", "aria-label": say("desk_map") });
  const side = h("div", { class: "stack" });
  const below = h("div");
  place.append(h("div", { class: "mapped" }, ground, side), below);
  const [{ L, map }, sites] = await Promise.all([mapIn(ground), all("/v1/sites")]);
  const drawn = new Map(sites.map((site) => [site.code, L.geoJSON(site.outline, { style: { className: "site" } }).bindTooltip(site.name).on("click", () => go("sites", site.code)).addTo(map)]));
  const about = { L, map, side, below, drawn, go, sites };
  if (args[0] === "new") edit(about, null, null);
  else if (args[0]) await one(about, args[0]);
  else list(about);
  return () => map.remove();
}

function list({ L, map, side, drawn, sites }) {
  if (sites.length) map.fitBounds(L.featureGroup([...drawn.values()]).getBounds().pad(0.1));
  side.append(h("div", { class: "row" }, h("a", { class: "button main", href: "#/sites/new" }, say("desk_site_new"))));
  side.append(h("ul", { class: "list lines" }, sites.map((site) => h("li", {}, h("a", { href: `#/sites/${encodeURIComponent(site.code)}` }, site.name), h("div", { class: "soft small" }, `${site.code} · ${say("desk_version_n", { n: site.version })}`), worst(site.lint)))));
}

const worst = ({ problems }) => (problems.length ? badge(say("desk_problems_n", { n: problems.length }), problems.some(({ severity }) => severity === "error") ? "bad" : "warn") : null);

async function one(about, code) {
  const { L, map, side, below, drawn } = about;
  const [{ found: site, etag }, versions] = await Promise.all([askNewer(`/v1/sites/${encodeURIComponent(code)}`), all(`/v1/sites/${encodeURIComponent(code)}/versions`)]);
  map.fitBounds(drawn.get(code)?.getBounds().pad(0.5) ?? map.getBounds());
  const shown = new Map();
  const turn = (version, isOn) => {
    if (isOn) shown.set(version.version, L.geoJSON(version.outline, { interactive: false, style: { className: "past" } }).addTo(map));
    else shown.get(version.version)?.remove();
  };
  side.replaceChildren(
    h("p", {}, h("a", { href: "#/sites" }, say("desk_back_to_sites"))),
    card(site.name, facts([[say("desk_code"), h("span", { class: "code" }, site.code)], [say("desk_units"), site.units.join(", ")], [say("desk_zone"), site.zone], [say("desk_version"), `${site.version} · ${moment(site.valid_from, site.zone)}`]]), worth(site.lint), h("div", { class: "row" }, button(say("desk_redraw"), () => edit(about, site, etag), "main"))),
  );
  if (versions.length > 1) below.replaceChildren(sideBySide(versions, site, turn));
}

/** Every version in a row of its own, the one in force first; older ones can be laid on the map. */
function sideBySide(versions, site, turn) {
  const share = (accuracy) => ({ title: `± ${accuracy} m`, cell: ({ lint }) => lint.auto_accept_pct?.[accuracy] && `${number(lint.auto_accept_pct[accuracy])} %`, isNumber: true });
  const name = (version) => say("desk_version_n", { n: version.version });
  return table(say("desk_versions"), [
    { title: say("desk_version"), cell: (one) => h("div", {}, h("strong", {}, name(one)), h("div", { class: "soft small" }, moment(one.valid_from, site.zone))) },
    { title: say("desk_area"), cell: ({ lint }) => lint.area_m2 && `${number(lint.area_m2)} m²`, isNumber: true },
    { title: say("desk_in_radius"), cell: ({ lint }) => lint.in_radius_m && `${number(lint.in_radius_m, 1)} m`, isNumber: true },
    share(20), share(50), share(65),
    { title: say("desk_on_map"), cell: (one) => (one.version === site.version ? say("desk_in_force") : h("input", { type: "checkbox", "aria-label": say("desk_show_version", { n: one.version }), onchange: (event) => turn(one, event.target.checked) })) },
  ], versions);
}

/** What the outline is worth: its size, and how many honest fixes are accepted by themselves at three accuracies. */
function worth(lint) {
  const shares = Object.entries(lint.auto_accept_pct).map(([accuracy, pct]) => h("li", {}, h("label", {}, `${accuracy} m: ${number(pct)} % `, h("meter", { min: 0, max: 100, low: 40, high: 75, optimum: 100, value: pct }))));
  const problems = lint.problems.map(({ message, severity }) => h("li", {}, badge(say(`desk_severity_${severity}`), severity === "error" ? "bad" : "warn"), " ", message));
  return h("div", { class: "stack tight" }, facts([[say("desk_area"), lint.area_m2 && `${number(lint.area_m2)} m²`], [say("desk_in_radius"), lint.in_radius_m && `${number(lint.in_radius_m, 1)} m`]]), shares.length > 0 && h("div", {}, h("p", { class: "soft small" }, say("desk_accepted_at")), h("ul", { class: "list" }, shares)), problems.length > 0 && h("ul", { class: "list" }, problems));
}

function edit({ L, map, side, below, drawn, go }, site, etag) {
  below.replaceChildren();
  if (site) drawn.get(site.code)?.remove();
  const found = h("div", { "aria-live": "polite" }, notice("info", say("desk_draw_help")));
  const text = h("textarea", { class: "code", spellcheck: "false", rows: "6" });
  const fields = {
    code: field(say("desk_code"), { required: true, value: site?.code ?? "", readonly: Boolean(site) }),
    name: field(say("ui_name"), { required: true, value: site?.name ?? "" }),
    agency: field(say("desk_agency"), { required: true, value: site?.agency ?? "" }),
    units: field(say("desk_units"), { required: true, value: site?.units.join(" ") ?? "" }, say("desk_units_help")),
    zone: field(say("desk_zone"), { required: true, value: site?.zone ?? "Asia/Makassar" }),
    geometry: field(say("desk_geojson"), text, say("desk_geojson_help")),
  };
  const feature = (geometry) => {
    const { code, name, agency, units, zone } = Object.fromEntries(Object.entries(fields).map(([key, { input }]) => [key, input.value.trim()]));
    return { type: "Feature", geometry, properties: { code: code || "BARU", name: name || "–", agency: agency || "–", units: units.split(/[\s,]+/).filter(Boolean), zone } };
  };
  let pause = 0;
  const examine = (geometry) => {
    clearTimeout(pause);
    pause = setTimeout(async () => {
      try {
        found.replaceChildren(worth(await ask("POST", "/v1/sites/lint", feature(geometry))));
      } catch (problem) {
        found.replaceChildren(notice("bad", problem.detail ?? String(problem), ...Object.values(problem.errors ?? {}).flat().map(String)));
      }
    }, PAUSE_MS);
  };
  const effect = h("div", { class: "stack", "aria-live": "polite" }, h("p", { class: "soft" }, say("desk_effect_what")));
  const weigh = button(say("desk_effect_ask"), async () => {
    const geometry = pasted(text.value);
    if (!geometry) return fields.geometry.refuse(say("desk_geojson_bad"));
    try {
      effect.replaceChildren(await effectOf(site, geometry));
    } catch (problem) {
      effect.replaceChildren(notice("bad", problem.detail ?? String(problem)));
    }
  });
  const outline = new Outline(L, map, (geometry) => {
    text.value = geometry ? JSON.stringify(geometry) : "";
    if (geometry) examine(geometry);
  });
  text.addEventListener("change", () => {
    const geometry = pasted(text.value);
    fields.geometry.refuse(geometry ? "" : say("desk_geojson_bad"));
    if (geometry) (outline.begin(geometry), examine(geometry), map.fitBounds(L.geoJSON(geometry).getBounds().pad(0.3)));
  });
  outline.begin(site?.outline ?? null);
  if (site) (text.value = JSON.stringify(site.outline), examine(site.outline));
  const save = form(fields, say(site ? "desk_site_keep" : "desk_site_create"), async () => {
    const geometry = pasted(text.value);
    if (!geometry) return fields.geometry.refuse(say("desk_geojson_bad"));
    const kept = site ? await replace(`/v1/sites/${encodeURIComponent(site.code)}`, feature(geometry), etag) : await ask("POST", "/v1/sites", feature(geometry));
    toast(say("desk_saved"));
    outline.end();
    go("sites", kept.code, String(kept.version));
  });
  side.replaceChildren(h("p", {}, h("a", { href: site ? `#/sites/${encodeURIComponent(site.code)}/${Date.now()}` : "#/sites" }, say("desk_cancel"))), card(say("desk_worth"), found), site ? card(say("desk_effect"), effect, h("div", { class: "row" }, weigh)) : "", save);
}

/** The polygon in what was pasted: a geometry, a Feature, or a collection of one; null if there is none. */
function pasted(words) {
  try {
    const given = JSON.parse(words);
    const geometry = given.features?.[0]?.geometry ?? given.geometry ?? given;
    return ["Polygon", "MultiPolygon"].includes(geometry.type) ? { type: geometry.type, coordinates: geometry.coordinates } : null;
  } catch {
    return null;
  }
}
