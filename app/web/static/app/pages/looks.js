// Who looked at where one had been: everybody but oneself who was shown a position, when, and for what.

import { badge, button, h, nothing } from "../../ui/elements.js";
import { ask } from "../../ui/session.js";
import { moment, number, say } from "../../ui/words.js";
import { kept } from "../phone.js";
import { find } from "../store.js";

/** Show the looks, newest first; older ones when asked. */
export async function show(place) {
  const zone = (await find(kept(), "today"))?.found.sites[0]?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const list = h("ul", { class: "list lines" });
  const below = h("div", { class: "row" });
  const grow = async (after) => {
    const { items, next } = await ask("GET", `/v1/me/access-log?limit=50${after ? `&after=${after}` : ""}`);
    list.append(...items.map((one) => line(one, zone)));
    if (!list.children.length) list.replaceWith(nothing(say("app_no_looks")));
    below.replaceChildren(...(next ? [button(say("app_looks_more"), () => grow(next))] : []));
  };
  place.append(h("p", { class: "soft" }, say("app_looks_what")), list, below);
  await grow(null);
}

const line = (one, zone) =>
  h("li", { class: "stack tight" },
    h("span", { class: "row apart" }, h("strong", {}, one.by ?? say("app_look_nobody")), badge(say(`app_look_${one.shown}`), one.shown === "point" ? "info" : "")),
    h("span", { class: "small soft" }, [moment(one.at, zone), one.about === "finding" ? say("app_look_finding", { id: one.finding }) : say("app_look_export"), say("app_look_checkins", { n: number(one.checkins) })].join(" · ")));
