// A map of this server's own: the outline of the island, sites, and whatever is drawn on it. No tile of anybody else is asked for.

import { at } from "../ui/words.js";

const version = document.documentElement.dataset.version;
const BALI = [[-8.9, 114.4], [-8.0, 115.75]];
let library = null;

/** Leaflet, fetched once and only where a map is shown. */
const leaflet = () => (library ??= Promise.all([added("link", { rel: "stylesheet", href: file("vendor/leaflet.css") }), added("script", { src: file("vendor/leaflet.js") })]).then(() => window.L));
const file = (name) => at(`/static/${version}/${name}`);

const added = (tag, given) =>
  new Promise((done, fail) => {
    const made = Object.assign(document.createElement(tag), given, { onload: done, onerror: () => fail(new Error(given.src ?? given.href)) });
    document.head.append(made);
  });

/** A map in an element, with the library it is made by: `{ L, map }`. */
export async function mapIn(place) {
  const [L, island] = await Promise.all([leaflet(), fetch(file("desk/bali.json")).then((answer) => answer.json())]);
  // Without its animation, which goes on after the map is gone when somebody leaves the page meanwhile.
  const map = L.map(place, { zoomAnimation: false, zoomSnap: 0.5, maxZoom: 21, attributionControl: true }).fitBounds(BALI);
  map.attributionControl.setPrefix(false).addAttribution("Natural Earth");
  L.control.scale({ imperial: false }).addTo(map);
  L.geoJSON(island, { interactive: false, style: { className: "island" } }).addTo(map);
  return { L, map };
}

/** Latitude and longitude pairs of a GeoJSON ring, without the point that closes it. */
export const opened = (ring) => ring.slice(0, -1).map(([lon, lat]) => [lat, lon]);

/** The GeoJSON ring of latitude and longitude pairs. */
export const closed = (points) => [...points, points[0]].map(([lat, lon]) => [round(lon), round(lat)]);

const round = (degrees) => Math.round(degrees * 1e7) / 1e7;
