// What others decided about oneself, newest first; how much of it is new is told on the first page, with the check-in that is due.

import { badge, h, notice, nothing } from "../../ui/elements.js";
import { signedIn } from "../../ui/session.js";
import { clock as face, moment, say } from "../../ui/words.js";
import { kept, seen } from "../phone.js";
import { find } from "../store.js";

const PAGES = { leave: "requests", correction: "requests", permission: "requests", swap: "requests", activity: "work", finding: "findings", letter: "today" };
const key = () => `tapak-news-seen-${signedIn()?.nip}`;
const isNew = ({ at }) => at > (localStorage.getItem(key()) ?? "");

/** The line of the first page: how much is new, and what is due; empty when neither is. */
export async function newsLine() {
  const { found } = await seen("inbox", "/v1/me/inbox");
  const fresh = found.items.filter(isNew).length;
  return [
    found.reminder && notice("warn", found.reminder.message),
    fresh > 0 && h("a", { class: "card", href: "#/news" }, h("div", { class: "row apart" }, h("strong", {}, say("app_news")), badge(say("app_news_n", { n: fresh }), "info"))),
  ].filter(Boolean);
}

export async function show(place) {
  const zone = (await find(kept(), "today"))?.found.sites[0]?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  place.replaceChildren(nothing(say("ui_loading")));
  const { found, at } = await seen("inbox", "/v1/me/inbox");
  const line = (one) => h("li", { class: "stack tight" }, h("div", { class: "row apart" }, h("span", { class: "small soft" }, moment(one.at, zone)), isNew(one) && badge(say("app_news_new"), "info")), h("a", { href: `#/${PAGES[one.about.split(":")[0]] ?? "today"}` }, one.message));
  const lines = found.items.map(line);
  place.replaceChildren(
    h("p", { class: "soft" }, say("app_news_what")), at ? notice("info", say("app_seen_at", { at: face(at, zone) })) : "",
    found.reminder ? notice("warn", found.reminder.message) : "",
    lines.length ? h("ul", { class: "list lines" }, lines) : nothing(say("app_no_news")));
  if (found.items.length && !at) localStorage.setItem(key(), found.items[0].at);
}
