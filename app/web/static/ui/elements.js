// The components of tapak.css as functions that make elements. No markup in strings: nothing anybody typed can become code.

import { say } from "./words.js";

/** An element: `on…` are listeners, `text` its words, false and null are left out, the rest are attributes; children may be nested lists. */
export function h(tag, given = {}, ...children) {
  const made = fill(document.createElement(tag), given);
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** The same for drawings. */
export function svg(tag, given = {}, ...children) {
  const made = fill(document.createElementNS("http://www.w3.org/2000/svg", tag), given);
  made.append(...children.flat());
  return made;
}

function fill(made, given) {
  for (const [name, value] of Object.entries(given)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "text") made.textContent = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  return made;
}

// Drawn for this project on a grid of 24.
const ICONS = {
  today: "M12 3a7 7 0 0 0-7 7c0 5 7 11 7 11s7-6 7-11a7 7 0 0 0-7-7Zm0 4.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5Z",
  days: "M5 5h14v15H5ZM5 10h14M9 2.5V7M15 2.5V7",
  finding: "M12 3 2.5 20h19ZM12 9v5M12 16.8v.4",
  request: "M6 3h9l4 4v14H6ZM14 3v5h5M9 13h7M9 17h5",
  phone: "M7 2.5h10v19H7ZM11 18.5h2",
  people: "M9 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM2 21c0-4 3-7 7-7s7 3 7 7M16 3.5a4 4 0 0 1 0 7M18 14.5c2.500 1 4 3.500 4 6.500",
  chart: "M4 20V4M4 20h16M8 16v-4M12 16V8M16 16v-6",
  list: "M8 6h12M8 12h12M8 18h12M4 6h.1M4 12h.1M4 18h.1",
  map: "M9 4 3 6.500v13.500L9 17.500l6 2.500 6-2.500V4l-6 2.500ZM9 4v13.500M15 6.500V20",
  person: "M12 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4 21c0-4 3.500-7 8-7s8 3 8 7",
  search: "M10.500 4a6.500 6.500 0 1 1 0 13 6.500 6.500 0 0 1 0-13ZM15.500 15.500 21 21",
};

/** A picture beside words; by itself it says nothing to a screen reader. */
export const icon = (name) =>
  svg("svg", { viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "stroke-width": 1.8, "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true" }, svg("path", { d: ICONS[name] }));

/** A button; while what it does is under way it cannot be pressed again. `look`: main, danger, plain, big. */
export function button(words, act, look = "", given = {}) {
  const made = h("button", { type: "button", class: `button ${look}`, ...given }, words);
  made.addEventListener("click", async () => {
    if (made.getAttribute("aria-disabled") === "true") return;
    made.setAttribute("aria-disabled", "true");
    try {
      await act(made);
    } finally {
      made.removeAttribute("aria-disabled");
    }
  });
  return made;
}

/** Words in a coloured pill; the mark before them says the same without the colour. `tone`: good, warn, bad, info. */
export const badge = (words, tone = "") => h("span", { class: `badge ${tone}` }, words);

/** Something to be noticed; `urgent` is read out at once. */
export const notice = (tone, ...children) => h("div", { class: `notice ${tone}`, role: tone === "bad" ? "alert" : "status" }, ...children.filter(Boolean).map(asParagraph));

const asParagraph = (child) => (typeof child === "string" ? h("p", {}, child) : child);

/** A card: a heading, what belongs beside it, and content. */
export const card = (title, ...children) => h("section", { class: "card" }, title && h("h2", {}, title), ...children.map(asParagraph));

/** Terms and values; a pair whose value is null is left out. */
export const facts = (pairs) =>
  h("dl", { class: "facts" }, pairs.filter(([, value]) => value !== null && value !== undefined).map(([term, value]) => [h("dt", {}, term), h("dd", {}, value)]));

/** Nothing to show, said in words. */
export const nothing = (words) => h("p", { class: "soft" }, words);

let fields = 0;

/** A labelled control. `control`: an element, or the attributes of an input. `refuse(words)` shows what is wrong with it. */
export function field(label, control = {}, help = "") {
  const input = control instanceof Element ? control : h("input", control);
  input.id ||= `field-${++fields}`;
  const wrong = h("span", { class: "error", id: `${input.id}-error`, hidden: true });
  const told = help && h("span", { class: "help", id: `${input.id}-help`, text: help });
  input.setAttribute("aria-describedby", [help && `${input.id}-help`, wrong.id].filter(Boolean).join(" "));
  const made = h("div", { class: "field" }, h("label", { for: input.id, text: label }), told, input, wrong);
  made.input = input;
  made.refuse = (words) => {
    wrong.textContent = words;
    wrong.hidden = !words;
    input.toggleAttribute("aria-invalid", Boolean(words));
    if (words) input.setAttribute("aria-invalid", "true");
  };
  return made;
}

/** A choice among few: `options` are pairs of value and words. */
export const choice = (options, given = {}) => {
  const made = h("select", given, options.map(([value, words]) => h("option", { value }, words)));
  if (given.value !== undefined) made.value = given.value;
  return made;
};

/** A form that sends: `fields` by the server's names, `act(values)`; what the server says is wrong is shown at its field. */
export function form(fields, words, act, more = {}) {
  const told = h("div");
  const send = h("button", { class: "button main", type: "submit" }, words);
  const made = h("form", { class: "stack", novalidate: true, ...more }, told, Object.values(fields), h("div", { class: "row" }, send));
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (send.disabled) return;
    for (const one of Object.values(fields)) one.refuse("");
    told.replaceChildren();
    const missing = Object.values(fields).find(({ input }) => input.required && !input.value.trim());
    if (missing) return missing.refuse(say("ui_needed")), missing.input.focus();
    send.disabled = true;
    try {
      await act(Object.fromEntries(Object.entries(fields).map(([name, { input }]) => [name, input.value.trim()])), made);
    } catch (problem) {
      explain(problem, fields, told);
    } finally {
      send.disabled = false;
    }
  });
  return made;
}

function explain(problem, fields, told) {
  let first = null;
  for (const [pointer, words] of Object.entries(problem.errors ?? {})) {
    const one = fields[pointer.split("/").pop()];
    if (!one) continue;
    one.refuse([words].flat().join(" "));
    first ??= one.input;
  }
  if (!first) told.replaceChildren(notice("bad", problem.detail ?? String(problem)));
  (first ?? told.querySelector(".notice")).focus?.();
}

/** A table from columns `{ title, cell(row), isNumber? }`; on a narrow screen each row is a card. */
export function table(caption, columns, rows, chosen = null) {
  const head = h("tr", {}, columns.map(({ title, isNumber }) => h("th", { scope: "col", class: isNumber && "number" }, title)));
  const line = (row) => {
    const made = h("tr", {}, columns.map(({ title, cell, isNumber }) => h("td", { "data-label": title, class: isNumber && "number" }, cell(row) ?? "–")));
    if (chosen) made.addEventListener("click", () => chosen(row, made));
    return made;
  };
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption }, h("table", { class: "folds" }, h("caption", {}, caption), h("thead", {}, head), h("tbody", {}, rows.map(line))));
}

/** A question in a dialog; answers what `content(close)` closes it with, null when it is left. */
export function dialog(title, content) {
  return new Promise((answer) => {
    let found = null;
    const close = (value) => ((found = value), made.close());
    const heading = h("h2", { id: "dialog-title", tabindex: "-1" }, title);
    const made = h("dialog", { "aria-labelledby": "dialog-title" }, h("div", { class: "stack" }, heading, content(close), button(say("ui_close"), () => close(null), "plain")));
    made.addEventListener("close", () => (made.remove(), answer(found)));
    document.body.append(made);
    made.showModal();
  });
}

/** A short word at the bottom of the screen, read out politely. */
export function toast(words) {
  let place = document.querySelector(".toasts");
  if (!place) document.body.append((place = h("div", { class: "toasts", role: "status", "aria-live": "polite" })));
  const made = h("p", {}, words);
  place.append(made);
  setTimeout(() => made.remove(), 6000);
}

/** The days of a month as a calendar: `cell(day)` says `{ tone, mark, label }` or null; `chosen(day)` is told what was pressed. */
export function calendar(month, names, cell, chosen, today) {
  const [year, number] = month.split("-").map(Number);
  const before = (new Date(Date.UTC(year, number - 1, 1)).getUTCDay() + 6) % 7;
  const made = h("div", { class: "days" }, names.map((name) => h("span", { "aria-hidden": "true" }, name)), Array.from({ length: before }, () => h("div")));
  for (let day = 1; day <= new Date(Date.UTC(year, number, 0)).getUTCDate(); day++) {
    const iso = `${month}-${String(day).padStart(2, "0")}`;
    const known = cell(iso);
    const inside = [h("span", { class: "number" }, String(day)), h("span", { class: "mark", "aria-hidden": "true" }, known?.mark ?? "")];
    const given = { class: known?.tone ?? "", "aria-current": iso === today && "date" };
    if (!known) made.append(h("div", given, inside));
    else made.append(h("button", { type: "button", ...given, "aria-label": known.label, "aria-pressed": "false", onclick: press(iso, chosen) }, inside));
  }
  return made;
}

const press = (day, chosen) => (event) => {
  for (const other of event.currentTarget.parentElement.querySelectorAll("[aria-pressed]")) other.setAttribute("aria-pressed", "false");
  event.currentTarget.setAttribute("aria-pressed", "true");
  chosen(day);
};
