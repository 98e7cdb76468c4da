// Who is signed in, and asking the server: tokens are renewed by one tab at a time, a refusal and a silence are told apart.

import { at, language, say } from "./words.js";

const KEPT = "tapak-session";
const PATIENCE_MS = 15_000;
/** For what sets and signs a paper, or judges a whole month anew. */
export const LONG_MS = 120_000;
const PATIENCE_WITH_FILES_MS = 120_000;

/** The server understood and said no: `detail` is its sentence for people, `errors` what is wrong by field. */
export class Problem extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`);
    Object.assign(this, { status, code: problem.code ?? "", detail: this.message, errors: problem.errors ?? null });
  }
}

/** Nobody knows whether the server got it: no network, or no word in time. */
export class Silence extends Error {
  constructor() {
    super(say("ui_offline"));
    this.detail = this.message;
  }
}

/** The sign-in that is kept in this browser: `{ nip, me, access_token, refresh_token }`, or null. */
export function signedIn() {
  try {
    return JSON.parse(localStorage.getItem(KEPT));
  } catch {
    return null;
  }
}

const keep = (session) => localStorage.setItem(KEPT, JSON.stringify(session));

/** Ask the server and get its JSON; a Blob is sent as it is. Raises Problem or Silence; `sign-in-ended` is told to the page when the sign-in is over. */
export async function ask(method, path, body = undefined, patienceMs = PATIENCE_MS) {
  return (await answered(method, path, body, false, {}, patienceMs)).found;
}

/** Replace something at an address, if it is still as it was when `etag` was told. */
export async function replace(path, body, etag) {
  return (await answered("PUT", path, body, false, etag ? { "If-Match": etag } : {})).found;
}

/** Do something to what is at an address, if it is still as it was when `etag` was told: what there is afterwards, and its etag. */
export async function edit(method, path, body, etag) {
  const { found, response } = await answered(method, path, body, false, { "If-Match": etag });
  return { found, etag: response.headers.get("ETag") };
}

/** The same for something that is not JSON: the bytes and the name the server gives them. */
export async function download(path) {
  const { response } = await answered("GET", path, undefined, true, {}, LONG_MS);
  const name = nameIn(response.headers.get("Content-Disposition") ?? "") ?? path.split("/").pop();
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function nameIn(disposition) {
  const written = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1];
  return written ? decodeURIComponent(written) : /filename="?([^";]+)"?/.exec(disposition)?.[1];
}

/** Ask only if it changed since `etag`: `{ found, etag }`, with `found` null when it did not. */
export async function askNewer(path, etag) {
  const { found, response } = await answered("GET", path, undefined, false, etag ? { "If-None-Match": etag } : {});
  return { found: response.status === 304 ? null : found, etag: response.headers.get("ETag") };
}

async function answered(method, path, body, raw = false, headers = {}, patienceMs = PATIENCE_MS) {
  let session = signedIn();
  if (!session) throw ended();
  let response = await send(method, path, body, session.access_token, headers, patienceMs);
  if (response.status === 401) {
    session = await renewed(session.access_token);
    response = await send(method, path, body, session.access_token, headers, patienceMs);
  }
  if (response.status === 401) throw ended();
  return { response, found: raw && response.ok ? null : await read(response) };
}

async function send(method, path, body, token, headers = {}, patienceMs = PATIENCE_MS) {
  const all = { Accept: "application/json", "Accept-Language": language(), ...headers };
  if (token) all.Authorization = `Bearer ${token}`;
  const isFile = body instanceof Blob;
  if (body !== undefined) all["Content-Type"] = isFile ? body.type || "application/octet-stream" : "application/json";
  const patience = new AbortController();
  const giveUp = setTimeout(() => patience.abort(), isFile ? PATIENCE_WITH_FILES_MS : PATIENCE_MS);
  try {
    return await fetch(at(path), { method, headers: all, body: isFile || body === undefined ? body : JSON.stringify(body), cache: "no-store", signal: patience.signal });
  } catch {
    throw new Silence();
  } finally {
    clearTimeout(giveUp);
  }
}

async function read(response) {
  if (response.status === 204 || response.status === 304) return null;
  let found;
  try {
    found = await response.json();
  } catch {
    if (response.ok) throw new Silence();
    found = {};
  }
  if (!response.ok) throw new Problem(response.status, found);
  return found;
}

/** New tokens. A refresh token is good once, so tabs take turns, and who comes second finds the new ones there. */
async function renewed(spent) {
  return alone("tapak-session", async () => {
    const session = signedIn();
    if (!session) throw ended();
    if (session.access_token !== spent) return session;
    const response = await send("POST", "/v1/auth/refresh", undefined, session.refresh_token);
    if (response.status === 401) throw ended();
    const next = { ...session, ...(await read(response)) };
    keep(next);
    return next;
  });
}

const alone = (name, act) => (navigator.locks ? navigator.locks.request(name, act) : act());

function ended() {
  localStorage.removeItem(KEPT);
  dispatchEvent(new Event("sign-in-ended"));
  return new Problem(401, { detail: say("ui_sign_in_ended"), code: "sign_in_ended" });
}

/** Sign in; with a one-time code the password is chosen thereby. */
export async function signIn(nip, password, code = null) {
  const [path, body] = code ? ["/v1/auth/activate", { nip, code, password }] : ["/v1/auth/login", { nip, password }];
  const tokens = await read(await send("POST", path, body));
  keep({ nip, me: null, ...tokens });
  return refreshMe();
}

/** Who the server says this is; kept, so that it is known without a network. */
export async function refreshMe() {
  const me = await ask("GET", "/v1/me");
  keep({ ...signedIn(), me });
  return me;
}

/** End the sign-in here, and on the server if it can be reached. */
export async function signOut() {
  const session = signedIn();
  localStorage.removeItem(KEPT);
  if (session) await send("POST", "/v1/auth/logout", undefined, session.refresh_token).catch(() => null);
}
