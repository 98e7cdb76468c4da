// Drawing a site's outline: press to add a corner, drag one to move it, press one to take it away.

import { closed, opened } from "./map.js";

/** The parts of a geometry as lists of rings of [lat, lon]. */
const partsOf = (geometry) => (geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates).map((part) => part.map(opened));

/** The geometry of parts; of one, a Polygon. */
const geometryOf = (parts) => {
  const coordinates = parts.map((part) => part.map(closed));
  return coordinates.length === 1 ? { type: "Polygon", coordinates: coordinates[0] } : { type: "MultiPolygon", coordinates };
};

/** An outline that can be changed on a map. `changed(geometry)` is told each time, with null while it has fewer than three corners. */
export class Outline {
  constructor(L, map, changed) {
    Object.assign(this, { L, map, changed, parts: [], layer: L.layerGroup().addTo(map) });
    this.press = ({ latlng }) => this.add([latlng.lat, latlng.lng]);
  }

  /** Begin with a geometry, or with nothing. */
  begin(geometry) {
    this.parts = geometry ? partsOf(geometry) : [[[]]];
    this.map.on("click", this.press);
    this.draw();
  }

  end() {
    this.map.off("click", this.press);
    this.layer.clearLayers();
    this.parts = [];
  }

  get geometry() {
    return this.parts.length && this.parts.every((part) => part.every((ring) => ring.length >= 3)) ? geometryOf(this.parts) : null;
  }

  /** A new corner where it lengthens the outline least. */
  add(point) {
    const ring = this.parts[0][0];
    ring.splice(ring.length < 3 ? ring.length : nearestEdge(ring, point) + 1, 0, point);
    this.tell();
  }

  tell() {
    this.draw();
    this.changed(this.geometry);
  }

  draw() {
    const { L, layer } = this;
    layer.clearLayers();
    for (const part of this.parts) {
      L.polygon(part, { className: "drawn", interactive: false }).addTo(layer);
      for (const ring of part) ring.forEach((_, at) => this.corner(ring, at));
    }
  }

  corner(ring, at) {
    const { L, layer } = this;
    const icon = L.divIcon({ className: "corner", iconSize: [22, 22] });
    const marker = L.marker(ring[at], { icon, draggable: true, keyboard: false }).addTo(layer);
    marker.on("dragend", ({ target }) => {
      const { lat, lng } = target.getLatLng();
      ring[at] = [lat, lng];
      this.tell();
    });
    marker.on("click", (event) => {
      L.DomEvent.stopPropagation(event);
      if (ring.length > 3) ring.splice(at, 1);
      this.tell();
    });
  }
}

function nearestEdge(ring, [lat, lon]) {
  const way = ([a, b], [c, d]) => Math.hypot(a - c, (b - d) * Math.cos((lat * Math.PI) / 180));
  const longer = ring.map((corner, at) => way(corner, [lat, lon]) + way([lat, lon], ring[(at + 1) % ring.length]) - way(corner, ring[(at + 1) % ring.length]));
  return longer.indexOf(Math.min(...longer));
}
