// The link by which a phone's calendar subscribes to one's shifts and leave: made, copied, renewed, ended.

import { button, field, h, notice, nothing, toast } from "../../ui/elements.js";
import { Problem, Silence, ask } from "../../ui/session.js";
import { at, language, moment, say } from "../../ui/words.js";

/** A card that asks for the link only when it is opened. */
export function feedCard(zone) {
  const inside = h("div", { class: "stack", "aria-live": "polite" });
  const made = h("details", { class: "card" }, h("summary", {}, h("strong", {}, say("app_feed"))), inside);
  made.addEventListener("toggle", () => made.open && act("GET"), { once: true });
  async function act(method) {
    inside.replaceChildren(nothing(say("ui_loading")));
    try {
      await ask(method, "/v1/me/feed");
      inside.replaceChildren(...parts(await ask("GET", "/v1/me/feed"), zone, act));
    } catch (problem) {
      if (!(problem instanceof Problem || problem instanceof Silence)) throw problem;
      inside.replaceChildren(notice("bad", problem.detail), button(say("ui_again"), () => act("GET")));
    }
  }
  return made;
}

function parts({ path, made_at }, zone, act) {
  const what = h("p", { class: "soft" }, say("app_feed_what"));
  if (!path) return [what, h("div", {}, button(say("app_feed_make"), () => act("POST"), "main"))];
  const url = new URL(`${at(path)}${language() === "id" ? "" : `?lang=${language()}`}`, location.href);
  const link = field(say("app_feed_link"), { type: "text", readonly: true, value: url.href }, say("app_feed_made", { at: moment(made_at, zone) }));
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(url.href);
      toast(say("app_feed_copied"));
    } catch {
      link.input.select(); // without the right to the clipboard it is marked, to be copied by hand
      toast(say("app_feed_marked"));
    }
  };
  const open = h("a", { class: "button", href: url.href.replace(/^https?:/, "webcal:") }, say("app_feed_open"));
  return [what, link, h("div", { class: "row" }, button(say("app_feed_copy"), copy, "main"), open, button(say("app_feed_renew"), () => act("POST")), button(say("app_feed_end"), () => act("DELETE"), "danger"))];
}
