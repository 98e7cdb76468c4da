// The frame every page of people is in: words, sign-in, bar, list of pages, the page that is shown, the account. See docs/pages.md.

import { button, card, choice, facts, field, form, h, icon, notice, toast } from "./elements.js";
import { ask, Problem, refreshMe, signedIn, signIn, signOut, Silence } from "./session.js";
import { at, choose, language, learn, say } from "./words.js";

const place = document.getElementById("shell");
let told = null; // what start() was given
let leave = null; // cleans up after the page that is shown

/**
 * Begin a page of people.
 *
 * `pages`: `{ id, title, icon, roles?, show(place, context), isHidden? }`, the first is the home page. `show` fills `place`, may be async,
 * and may answer a function that is called when the page is left. `context`: `{ me, args, go(id, ...args) }`.
 * `account(place, context)`: more for the account page. `signedIn(me)`, `signingOut()`: told when that happens.
 */
export async function start(given) {
  told = { pages: [], signedIn: async () => {}, signingOut: async () => {}, account: () => {}, ...given };
  try {
    await learn();
  } catch {
    place.replaceChildren(h("p", { role: "alert" }, "Tidak ada sambungan · No connection"), h("button", { class: "button", onclick: () => location.reload() }, "↻"));
    return;
  }
  place.className = "";
  place.removeAttribute("aria-busy");
  addEventListener("hashchange", () => signedIn() && showPage());
  addEventListener("sign-in-ended", () => showSignIn(say("ui_sign_in_ended")));
  addEventListener("storage", followOtherTabs);
  await (signedIn() ? enter() : showSignIn());
}

// Another tab signed in or out; new tokens of the same person are no news.
function followOtherTabs({ key, oldValue, newValue }) {
  if (key !== "tapak-session") return;
  const [before, now] = [oldValue, newValue].map((kept) => JSON.parse(kept)?.nip);
  if (before !== now) now ? enter() : showSignIn();
}

/** Show another page of this shell. */
export const go = (id, ...args) => {
  location.hash = `#/${[id, ...args].map(encodeURIComponent).join("/")}`;
};

async function enter() {
  let me = signedIn().me;
  // Whoever was here before is shown at once, also without a network; what changed meanwhile shows at the next page.
  const asked = refreshMe().catch((problem) => {
    if (problem instanceof Silence || problem instanceof Problem) return null;
    throw problem;
  });
  me ??= await asked;
  if (!me || !signedIn()) return showSignIn(say("ui_offline"));
  drawFrame(me);
  await told.signedIn(me);
  await showPage();
}

function pagesOf(me) {
  const roles = new Set(me.grants.map((grant) => grant.role));
  return told.pages.filter((page) => !page.roles || page.roles.some((role) => roles.has(role)));
}

function drawFrame(me) {
  const links = pagesOf(me).filter((page) => !page.isHidden).map((page) => h("a", { href: `#/${page.id}` }, icon(page.icon), say(page.title)));
  place.replaceChildren(
    h("a", { class: "skip", href: "#content", onclick: (event) => (event.preventDefault(), document.getElementById("content").focus()) }, say("ui_skip")),
    h("header", { class: "bar" }, h("img", { src: at(`/static/${document.documentElement.dataset.version}/tapak.svg`), alt: "" }), h("strong", {}, "Tapak"),
      h("div", { class: "who" }, h("span", {}, me.name), h("span", { class: "soft" }, me.unit?.name ?? "")),
      h("a", { class: "button plain", href: "#/account", "aria-label": say("ui_account") }, icon("person"))),
    h("div", { class: "shell sided" }, h("nav", { class: "pages", "aria-label": say("ui_pages") }, links), h("main", { class: "content", id: "content", tabindex: "-1" })),
  );
}

async function showPage() {
  const { me } = signedIn();
  const [id, ...args] = location.hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  const own = pagesOf(me);
  const page = id === "account" ? ACCOUNT : (own.find((one) => one.id === id) ?? own[0]);
  const content = document.getElementById("content");
  leave?.();
  leave = null;
  for (const link of place.querySelectorAll(".pages a")) {
    const isHere = link.getAttribute("href") === `#/${page.id}`;
    if (isHere) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = `Tapak · ${say(page.title)}`;
  const heading = h("h1", { tabindex: "-1" }, say(page.title));
  const inside = h("div", { class: "stack" });
  content.classList.toggle("full", Boolean(page.isWide));
  content.replaceChildren(heading, inside);
  scrollTo(0, 0);
  if (location.hash) heading.focus({ preventScroll: true });
  try {
    const cleanUp = await page.show(inside, { me, args, go });
    // Somebody may have gone on while it was loading.
    if (inside.isConnected) leave = cleanUp ?? null;
    else cleanUp?.();
  } catch (problem) {
    inside.replaceChildren(failure(problem));
  }
}

/** What went wrong, in words, with a way to try again; what nobody foresaw is not hidden. */
export function failure(problem) {
  if (!(problem instanceof Silence || problem instanceof Problem)) console.error(problem);
  return notice(problem instanceof Silence ? "warn" : "bad", problem.detail ?? say("ui_broken"), h("div", {}, button(say("ui_again"), () => showPage())));
}

function languages() {
  const options = [["id", "Bahasa Indonesia"], ["en", "English"]];
  return field(say("ui_language"), choice(options, { value: language(), onchange: (event) => choose(event.target.value) }));
}

function showSignIn(why = "") {
  leave?.();
  leave = null;
  const isFirst = location.hash === "#/activate";
  const nip = { inputmode: "numeric", autocomplete: "username", maxlength: 18, required: true, value: signInName() };
  const fields = { nip: field(say("ui_nip"), nip) };
  if (isFirst) fields.code = field(say("ui_code"), { autocomplete: "one-time-code", required: true }, say("ui_code_help"));
  fields.password = field(isFirst ? say("ui_new_password") : say("ui_password"), { type: "password", autocomplete: isFirst ? "new-password" : "current-password", required: true });
  const enterWith = async (values) => {
    await signIn(values.nip, values.password, values.code);
    localStorage.setItem("tapak-nip", values.nip);
    if (isFirst) history.replaceState(null, "", location.pathname);
    await enter();
  };
  const other = h("a", { href: isFirst ? "#/" : "#/activate", onclick: () => setTimeout(() => showSignIn()) }, say(isFirst ? "ui_have_password" : "ui_first_time"));
  const heading = h("h1", {}, say(told.title ?? "ui_sign_in"));
  document.title = `Tapak · ${say("ui_sign_in")}`;
  place.replaceChildren(
    h("header", { class: "bar" }, h("img", { src: at(`/static/${document.documentElement.dataset.version}/tapak.svg`), alt: "" }), h("strong", {}, "Tapak")),
    h("main", { class: "content narrow", id: "content", tabindex: "-1" }, heading, why && notice("info", why),
      card(say(isFirst ? "ui_activate" : "ui_sign_in"), form(fields, say("ui_sign_in"), enterWith), h("p", {}, other)), languages()),
  );
}

const signInName = () => localStorage.getItem("tapak-nip") ?? "";

const ACCOUNT = { id: "account", title: "ui_account", show: showAccount };

function showAccount(inside, context) {
  const { me } = context;
  const roles = me.grants.map((grant) => h("li", {}, say("ui_grant", { role: say(`ui_role_${grant.role}`), unit: grant.unit })));
  inside.append(card("", facts([[say("ui_name"), me.name], [say("ui_nip"), h("span", { class: "number" }, me.nip)], [say("ui_position"), me.position], [say("ui_unit"), me.unit?.name]]), roles.length > 0 && h("ul", {}, roles)));
  told.account(inside, context);
  const fields = {
    current_password: field(say("ui_password"), { type: "password", autocomplete: "current-password", required: true }),
    new_password: field(say("ui_new_password"), { type: "password", autocomplete: "new-password", required: true }),
  };
  const change = form(fields, say("ui_change_password"), async (values, made) => {
    await ask("POST", "/v1/auth/password", values);
    made.reset();
    toast(say("ui_password_changed"));
  });
  inside.append(card(say("ui_language"), languages()), card(say("ui_change_password"), change));
  inside.append(button(say("ui_sign_out"), leaveAccount, "danger"));
}

async function leaveAccount() {
  if ((await told.signingOut()) === false) return;
  await signOut();
  history.replaceState(null, "", location.pathname);
  showSignIn();
}
