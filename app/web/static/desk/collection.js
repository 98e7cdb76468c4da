// Collections of the server, page by page.

import { button, h, nothing } from "../ui/elements.js";
import { failure } from "../ui/shell.js";
import { ask } from "../ui/session.js";
import { say } from "../ui/words.js";

/** The address with what is asked; null, undefined and "" are left out. */
export function asked(path, given) {
  const query = new URLSearchParams(Object.entries(given).filter(([, value]) => value !== null && value !== undefined && value !== ""));
  return query.size ? `${path}?${query}` : path;
}

/** A page of a collection: its items, and where the next one begins. */
export const page = (path, given) => ask("GET", asked(path, given));

/**
 * A collection that grows when asked. `draw(items)` makes the elements of a page; `empty` says that there is nothing.
 * What comes back is filled at once and loads again with `.load()`.
 */
export function growing(path, given, draw, empty, limit = 50) {
  const items = h("div", { class: "stack" });
  const below = h("div", { class: "row" });
  const made = h("div", { class: "stack", "aria-live": "polite" }, items, below);
  let turn = 0;
  async function grow(after) {
    const mine = turn;
    try {
      const found = await page(path, { ...given, limit, after });
      if (mine !== turn) return;
      items.append(...(found.items.length || after ? [draw(found.items)].flat() : [nothing(empty)]));
      below.replaceChildren(...(found.next ? [button(say("desk_more"), () => grow(found.next))] : []));
    } catch (problem) {
      if (mine === turn) below.replaceChildren(failure(problem));
    }
  }
  made.load = () => {
    turn += 1;
    items.replaceChildren();
    below.replaceChildren();
    return grow(null);
  };
  made.load();
  return made;
}

/** All items of a short collection. */
export async function all(path, given = {}) {
  const items = [];
  let after = null;
  do {
    const found = await page(path, { ...given, limit: 200, after });
    items.push(...found.items);
    after = found.next;
  } while (after && items.length < 2000);
  return items;
}
