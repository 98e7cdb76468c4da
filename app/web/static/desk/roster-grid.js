// People by days as a grid that is painted: with the pointer, or with the arrow keys and the space bar.

import { h } from "../ui/elements.js";
import { dayName, say } from "../ui/words.js";

/**
 * A grid of `rows` ({ nip, name, days }). With a `brush` (a function that says what to paint) cells can be painted; `changed(count)` is
 * told how many differ from what came. `changes()` are those, as the server takes them.
 */
export function gridOf(caption, rows, month, brush = null, changed = () => {}) {
  const [year, number] = month.split("-").map(Number);
  const days = new Date(Date.UTC(year, number, 0)).getUTCDate();
  const iso = (day) => `${month}-${String(day).padStart(2, "0")}`;
  const said = rows.map(({ days: cells }) => [...cells]);
  const isRest = (day) => [0, 6].includes(new Date(`${iso(day)}T00:00:00Z`).getUTCDay());
  const boxes = rows.map(() => []);

  function paint(row, day) {
    said[row][day] = brush();
    show(row, day);
    changed(count());
  }
  function show(row, day) {
    const box = boxes[row][day];
    const cell = said[row][day];
    box.firstChild.textContent = cell || "·";
    box.className = [cell ? "said" : "", cell === "-" ? "rest" : "", cell !== rows[row].days[day] ? "changed" : ""].join(" ");
    box.setAttribute("aria-label", `${rows[row].name}, ${dayName(iso(day + 1), false)}: ${cell || say("desk_roster_nothing")}`);
  }
  const count = () => said.reduce((sum, cells, row) => sum + cells.filter((cell, day) => cell !== rows[row].days[day]).length, 0);
  const cellOf = (row, day) => {
    const box = h("td", { role: "gridcell", tabindex: row || day ? "-1" : "0", "data-row": row, "data-day": day }, h("span", {}, ""));
    boxes[row][day] = box;
    show(row, day);
    return box;
  };
  const head = h("tr", {}, h("th", { scope: "col" }, say("ui_name")), Array.from({ length: days }, (_, at) => h("th", { scope: "col", class: isRest(at + 1) && "rest" }, String(at + 1))));
  const lines = rows.map(({ nip, name }, row) => h("tr", {}, h("th", { scope: "row" }, name, h("div", { class: "soft small" }, h("span", { class: "number" }, nip))), Array.from({ length: days }, (_, day) => cellOf(row, day))));
  const made = h("table", { class: `matrix roster ${brush ? "paints" : ""}`, role: "grid", "aria-readonly": String(!brush) }, h("caption", {}, caption), h("thead", {}, head), h("tbody", {}, lines));

  const placeOf = (event) => {
    const box = event.target.closest?.("td[data-row]");
    return box && [Number(box.dataset.row), Number(box.dataset.day)];
  };
  made.addEventListener("keydown", (event) => {
    const place = placeOf(event);
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!place || !(step || (brush && [" ", "Enter"].includes(event.key)))) return;
    event.preventDefault();
    if (!step) return paint(...place);
    const next = boxes[place[0] + step[0]]?.[place[1] + step[1]];
    if (!next) return;
    boxes[place[0]][place[1]].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
  if (brush) {
    let isDown = false;
    const stroke = (event) => {
      const place = placeOf(event);
      if (place) paint(...place);
    };
    made.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      isDown = event.pointerType === "mouse"; // a finger that moves scrolls
      if (isDown) stroke(event);
    });
    made.addEventListener("pointerover", (event) => isDown && event.buttons === 1 && stroke(event));
    made.addEventListener("pointerup", () => (isDown = false));
    made.addEventListener("click", (event) => event.pointerType !== "mouse" && stroke(event));
  }
  const changes = () =>
    rows
      .map(({ nip, days: before }, row) => ({ nip, days: Object.fromEntries(said[row].map((cell, day) => [iso(day + 1), cell]).filter(([, cell], day) => cell !== before[day])) }))
      .filter(({ days: cells }) => Object.keys(cells).length);
  return { element: h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption }, made), changes };
}
