// The first page: the shift that runs, where the phone is, and one large button for what the person means to do.

import { badge, button, card, facts, field, form, h, notice, nothing, toast } from "../../ui/elements.js";
import { ask, askNewer, Silence } from "../../ui/session.js";
import { clock as face, dayName, metres, say, zoneName } from "../../ui/words.js";
import * as clock from "../clock.js";
import { history } from "../delivery.js";
import { plan } from "../drawing.js";
import { checkIn, device, enrol, freshen, kept } from "../phone.js";
import { advice, forReport, nearest } from "../place.js";
import { find, keep } from "../store.js";
import { watch } from "../watch.js";
import { outcome } from "./outcome.js";

/** Show the page; it lives until it is left. */
export async function show(place, { go }) {
  const known = await device();
  if (!known) return showEnrolment(place);
  const page = new Today(place, known, go);
  await page.begin();
  return () => page.end();
}

function showEnrolment(place) {
  if (!isSecureContext || !navigator.locks) return void place.replaceChildren(notice("bad", say("app_unfit")));
  const guess = `${navigator.userAgentData?.platform ?? navigator.platform ?? ""} · web`.trim();
  const fields = { name: field(say("app_phone_name"), { value: guess, required: true, maxlength: 60 }, say("app_phone_name_help")) };
  const enter = form(fields, say("app_enrol"), async ({ name }) => {
    navigator.storage?.persist?.();
    await enrol(name);
    place.replaceChildren();
    await show(place, {});
  });
  place.replaceChildren(card(say("app_enrol"), say("app_enrol_what"), enter));
}

class Today {
  constructor(place, known, go) {
    Object.assign(this, { place, known, go, today: null, keptAt: null, position: { fixes: [], error: null }, other: null, codeAt: null });
    this.notices = h("div", { class: "stack" });
    this.day = h("div", { class: "stack" });
    this.act = h("div", { class: "stack" });
    this.advice = h("div", { class: "stack", "aria-live": "polite" });
    this.plan = h("div");
    this.results = h("div", { class: "stack", role: "status" });
    this.news = h("div", { class: "stack", "aria-live": "polite" });
    place.replaceChildren(this.notices, this.act, this.advice, this.results, this.news, this.plan, this.day);
  }

  async begin() {
    const before = await find(kept(), "today");
    if (before) this.take(before.found, before.at);
    this.changed = () => this.showResults();
    addEventListener("phone-changed", this.changed);
    this.stopWatch = watch((position) => {
      this.position = position;
      this.showPosition();
    });
    this.timer = setInterval(() => this.showPosition(), 1000);
    await this.showResults();
    this.load();
  }

  end() {
    removeEventListener("phone-changed", this.changed);
    this.stopWatch();
    clearInterval(this.timer);
  }

  /** The newest the server says; without network what it said before, and when. */
  async load() {
    try {
      const before = await find(kept(), "today");
      const { found, etag } = await askNewer("/v1/me/today", before?.etag);
      const now = { found: found ?? before.found, etag, at: Date.now() };
      await keep(kept(), "today", now);
      this.take(now.found, null);
      if (this.known.status !== "active") this.known = await enrol(this.known.name);
    } catch (problem) {
      if (!(problem instanceof Silence)) throw problem;
    }
    this.showNotices();
    await this.showNews();
  }

  /** News is asked for last, so that checking in does not wait for it; without a network there is none. */
  async showNews() {
    try {
      const { newsLine } = await import("./news.js");
      this.news.replaceChildren(...(await newsLine()));
    } catch (problem) {
      if (!(problem instanceof Silence || problem instanceof TypeError)) throw problem; // TypeError: the page itself is not there offline
    }
  }

  take(today, keptAt) {
    Object.assign(this, { today, keptAt });
    this.showDay();
    this.showAct();
    this.showNotices();
  }

  get zone() {
    return this.today?.sites[0]?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  }

  showNotices() {
    const { status } = this.known;
    const said = [];
    if (status !== "active") said.push(notice("warn", say(`app_device_${status}`), h("a", { href: "#/phone" }, say("app_phone"))));
    if (this.keptAt) said.push(notice("info", say("app_seen_at", { at: face(this.keptAt, this.zone) })));
    for (const other of this.today?.replacements ?? []) {
      said.push(notice("bad", say("app_replacement", { name: other.name }), button(say("app_disown"), () => this.disown(other), "danger")));
    }
    this.notices.replaceChildren(...said);
  }

  async disown({ id }) {
    await ask("DELETE", `/v1/devices/${id}`);
    toast(say("app_disowned"));
    await this.load();
  }

  showDay() {
    const { work_date, shift, note, done } = this.today;
    const hours = shift
      ? facts([
          [say("app_hours"), `${face(shift.start_at, this.zone)}–${face(shift.end_at, this.zone)} ${zoneName(this.zone)}`],
          [say("app_window"), `${face(shift.opens_at, this.zone)}–${face(shift.closes_at, this.zone)}`],
        ])
      : nothing(say("app_no_hours"));
    const line = (one) => h("li", { class: "row apart" }, h("span", {}, `${say(`app_${one.direction}`)} `, h("time", { class: "number" }, face(one.taken_at, this.zone))), badge(say(`app_verdict_${one.verdict}`), TONES[one.verdict]));
    const list = done.length ? h("ul", { class: "list lines" }, done.map(line)) : nothing(say("app_nothing_done"));
    const letters = (this.today.letters ?? []).map(letter);
    this.day.replaceChildren(card(dayName(work_date), note && notice("info", note), ...letters, hours, list));
  }

  showAct() {
    const next = this.today.next;
    const [first, second] = next === "out" ? ["out", "in"] : ["in", "out"];
    const big = button([h("span", {}, say(`app_check_${first}`), h("small", {}, say(next ? "app_next" : this.today.shift ? "app_all_done" : "app_no_hours")))], (pressed) => this.press(first, pressed), "main big");
    const small = button(say("app_instead", { direction: say(`app_check_${second}`) }), (pressed) => this.press(second, pressed), "plain");
    this.why = h("p", { class: "soft", id: "why-not" });
    big.setAttribute("aria-describedby", "why-not");
    this.buttons = [big, small];
    this.act.replaceChildren(big, this.why, small, this.codeField());
    this.showPosition();
  }

  /** The code at the door, where some site has a screen; what counts is when it was begun, not when it is sent. */
  codeField() {
    if (!this.today.sites.some((site) => site.has_code)) return "";
    const input = { autocomplete: "off", autocapitalize: "characters", spellcheck: "false", maxlength: 20 };
    this.code = field(say("app_code"), input, say("app_code_help"));
    this.code.input.addEventListener("input", () => (this.codeAt = this.code.input.value.trim() ? (this.codeAt ?? clock.read()) : null));
    return this.code;
  }

  showPosition() {
    if (!this.today || !this.buttons) return;
    const said = advice(this.position.fixes, this.position.error, this.today.sites, performance.now());
    const isHere = this.position.fixes.length > 0;
    this.why.textContent = isHere ? "" : say("app_needs_position");
    for (const one of this.buttons) if (!one.dataset.busy) one.toggleAttribute("disabled", !isHere);
    const words = { site: said.site?.name ?? "", distance: metres(said.m ?? 0), accuracy: metres(said.accuracy_m ?? 0) };
    const key = JSON.stringify([said.code, words]);
    if (this.shown === key) return;
    this.shown = key;
    const measured = said.fix && h("p", { class: "small soft number" }, say("app_accuracy", words), said.site ? ` · ${said.m > 0 ? say("app_distance", words) : say("app_within", words)}` : "");
    this.advice.replaceChildren(h("div", { class: `notice ${said.tone}`, "data-code": said.code }, h("p", {}, say(`app_place_${said.code}`, words)), measured));
    this.plan.replaceChildren(plan(said) ?? "");
  }

  async press(direction, pressed) {
    const reading = this.codeAt ?? clock.read();
    pressed.dataset.busy = "1";
    try {
      await checkIn(direction, (meant) => forReport(this.position.fixes, meant.ms), this.code?.input.value.trim() || null, reading);
      if (this.code) this.code.input.value = "";
      this.codeAt = null;
      toast(say("app_kept"));
    } finally {
      delete pressed.dataset.busy;
    }
  }

  /** The last check-in made here, and how many wait; a new answer may change what is next. */
  async showResults() {
    const all = await history(kept());
    const waiting = all.filter((one) => !one.item).length;
    const said = [];
    if (waiting) said.push(notice("info", say("app_waiting", { count: waiting }), !navigator.onLine && say("app_waiting_offline")));
    if (all[0]) said.push(outcome(all[0], this.zone));
    this.results.replaceChildren(...said);
    const newest = all.find((one) => one.item?.status === "stored")?.id;
    if (newest && this.newest !== undefined && this.newest !== newest) await this.load();
    this.newest = newest ?? null;
    if (waiting === 0) freshen();
  }
}

function letter({ number, first_day, last_day, place, proof }) {
  const days = [...new Set([first_day, last_day])].map((day) => dayName(day, false)).join(" – ");
  return notice("info", say("app_letter", { number, days }), place === "anywhere" && say("app_letter_anywhere"), proof === "letter" && say("app_letter_proof"));
}

const TONES = { accepted: "good", doubtful: "warn", rejected: "bad" };
