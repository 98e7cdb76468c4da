// The check-in app: its pages, and what it does whenever somebody is signed in.

import { button, dialog, h, nothing } from "../ui/elements.js";
import { download } from "../ui/session.js";
import { start } from "../ui/shell.js";
import { at, say } from "../ui/words.js";
import { deliverAll } from "./background.js";
import { begin, kept, send } from "./phone.js";
import { queued } from "./store.js";

/** A page whose code is loaded when it is first shown, so that checking in does not wait for it. */
const later = (name) => async (place, context) => (await import(`./pages/${name}.js`)).show(place, context);

start({
  title: "app_title",
  signedIn: begin,
  signingOut,
  pages: [
    { id: "today", title: "app_title", icon: "today", show: later("today") },
    { id: "days", title: "app_days", icon: "days", show: later("days") },
    { id: "work", title: "app_work", icon: "list", show: later("work") },
    { id: "requests", title: "app_requests", icon: "request", show: later("requests") },
    { id: "findings", title: "app_findings", icon: "finding", show: later("findings") },
    { id: "statement", title: "app_statement", icon: "days", show: later("statement"), isHidden: true },
    { id: "phone", title: "app_phone", icon: "phone", show: later("phone") },
    { id: "news", title: "app_news", icon: "list", show: later("news"), isHidden: true },
    { id: "looks", title: "app_looks", icon: "person", show: later("looks"), isHidden: true },
  ],
  account: (place) => place.append(h("a", { class: "card", href: "#/phone" }, h("strong", {}, say("app_phone")), h("span", { class: "soft" }, say("app_phone_what"))), h("a", { class: "card", href: "#/looks" }, h("strong", {}, say("app_looks")), h("span", { class: "soft" }, say("app_looks_short"))), h("a", { class: "card", href: "#/news" }, h("strong", {}, say("app_news")), h("span", { class: "soft" }, say("app_news_what"))), button(say("app_export"), () => download("/v1/me/export"))),
});

// Also for who has signed out, or lent the browser to somebody: what is signed needs nobody to be signed in.
if (navigator.onLine && navigator.locks) deliverAll(at("")).catch(() => null);

if ("serviceWorker" in navigator) {
  const scope = { scope: at("/app/") };
  // Workers that know no modules keep the app offline all the same; only then a page must be open for delivery.
  navigator.serviceWorker.register(at("/app/worker.js?module"), { ...scope, type: "module" }).catch(() => navigator.serviceWorker.register(at("/app/worker.js"), scope));
}

/** Whoever signs out with check-ins still waiting is told; they are signed and leave without him, as long as the browser is not emptied. */
async function signingOut() {
  await send();
  const waiting = (await queued(kept())).length;
  if (!waiting) return true;
  const asked = (close) => [nothing(say("app_sign_out_waiting", { count: waiting })), button(say("ui_sign_out"), () => close(true), "danger")];
  return Boolean(await dialog(say("ui_sign_out"), asked));
}
