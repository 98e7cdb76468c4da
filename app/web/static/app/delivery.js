// Sending what waits: in batches, the same bytes again until the answer lasts, one tab or worker at a time.

import { keyNamedIn, lasts, resultsIn } from "./protocol.js";
import { alone, announce, answered, find, keep, queued, settle } from "./store.js";

const MOST_AT_ONCE = 100;
const PATIENCE_MS = 30_000;
// The server failed at this very request, or would not read so much at once: a smaller one may be answered.
const CHOKING = [413, 500];
// So many requests in a row at which the server chokes are not the fault of the reports in them. Halving a hundred takes seven.
const MOST_CHOKED = 16;

/**
 * Everything that waits, sent once, oldest first: `{ waits, askedS }`, how many must be sent again and after how many seconds at least.
 * `address` is the server's, `language` the one its sentences are wanted in.
 */
export async function deliver(db, nip, address, language) {
  return alone(`delivery-${nip}`, async () => {
    let [last, waits] = [-1, 0];
    for (;;) {
      const batch = (await queued(db)).filter(({ order }) => order > last).slice(0, MOST_AT_ONCE);
      if (!batch.length) return { waits, askedS: 0 };
      last = batch.at(-1).order;
      const said = await sendInParts(db, batch, address, language);
      waits += said.waits;
      if (said.isSilent) return { waits, askedS: said.askedS };
    }
  });
}

// Where the server chokes on a request, its halves are sent, and their halves: the one report that it chokes on waits, and the others do not wait for it.
async function sendInParts(db, batch, address, language) {
  let [waits, choked] = [0, 0];
  const parts = [batch];
  while (parts.length) {
    const part = parts.pop();
    const { results, status, wait } = await send(part, address, language);
    if (results) {
      waits += await settled(db, part, results, address);
      choked = 0;
      announce();
    } else if (!CHOKING.includes(status) || ++choked === MOST_CHOKED) {
      return { waits: waits + part.length + parts.flat().length, isSilent: true, askedS: wait };
    } else if (part.length > 1) {
      const middle = part.length >> 1;
      parts.push(part.slice(middle), part.slice(0, middle));
    } else waits++;
  }
  return { waits, isSilent: false, askedS: 0 };
}

async function send(batch, address, language) {
  const reports = batch.map(({ compact }) => compact);
  const patience = new AbortController();
  const giveUp = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    const headers = { "Content-Type": "application/json", Accept: "application/json", "Accept-Language": language };
    const response = await fetch(`${address}/v1/checkins`, { method: "POST", headers, body: JSON.stringify({ checkins: reports }), cache: "no-store", signal: patience.signal });
    const wait = Number(response.headers.get("Retry-After")) || 0;
    return { results: response.ok ? resultsIn(await response.json(), reports) : null, status: response.status, wait };
  } catch {
    return { results: null, status: 0, wait: 0 };
  } finally {
    clearTimeout(giveUp);
  }
}

async function settled(db, batch, results, address) {
  const keys = await keysFor(db, results, address);
  let waits = 0;
  for (const [at, item] of results.entries()) {
    if (await lasts(item, batch[at].compact, keys)) await settle(db, batch[at], item);
    else waits++;
  }
  return waits;
}

async function keysFor(db, results, address) {
  const keys = (await find(db, "keys")) ?? [];
  const named = results.filter(({ receipt }) => receipt).map(({ receipt }) => keyNamedIn(receipt));
  return named.every((name) => keys.some(({ kid }) => kid === name)) ? keys : learnKeys(db, address);
}

/** The server's keys, those met now added: a key named later is believed, one known by name is never replaced. */
export async function learnKeys(db, address) {
  const known = (await find(db, "keys")) ?? [];
  try {
    const response = await fetch(`${address}/.well-known/jwks.json`, { cache: "no-store" });
    const keys = [...known, ...(await response.json()).keys.filter(({ kid }) => !known.some((key) => key.kid === kid))];
    await keep(db, "keys", keys);
    return keys;
  } catch {
    return known;
  }
}

/** Reports that were answered and those that wait, newest first, as pages show them. */
export async function history(db) {
  const [waiting, done] = await Promise.all([queued(db), answered(db)]);
  return [...waiting.reverse(), ...done];
}
