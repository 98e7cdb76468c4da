// What the program does by itself: when each job is due, and how it went.

import { badge, card, facts, h, table } from "../ui/elements.js";
import { ask } from "../ui/session.js";
import { knows, moment, number, say } from "../ui/words.js";

const TONES = { done: "good", failed: "bad", running: "info" };

export async function show(place) {
  const { items } = await ask("GET", "/v1/jobs");
  place.append(...items.map(job));
}

function job({ name, zone, next_at, is_late, runs }) {
  const head = h("header", {}, h("h2", {}, knows(`desk_job_${name}`) ? say(`desk_job_${name}`) : name), is_late ? badge(say("desk_job_late"), "bad") : badge(say("desk_job_on_time"), "good"));
  const columns = [
    { title: say("desk_job_slot"), cell: ({ slot }) => moment(slot, zone) },
    { title: say("desk_status"), cell: ({ status, error }) => h("span", {}, badge(say(`desk_run_${status}`), TONES[status]), error && ` ${error}`) },
    { title: say("desk_job_count"), cell: ({ count }) => number(count), isNumber: true },
    { title: say("desk_job_took"), cell: took, isNumber: true },
  ];
  return card("", head, facts([[say("desk_job_next"), moment(next_at, zone)]]), runs.length > 0 && table(say("desk_job_runs"), columns, runs));
}

const took = ({ started_at, ended_at, attempts }) =>
  (ended_at ? say("desk_seconds", { s: number((Date.parse(ended_at) - Date.parse(started_at)) / 1000, 1) }) : "–") + (attempts > 1 ? ` · ${say("desk_attempts", { n: attempts })}` : "");
