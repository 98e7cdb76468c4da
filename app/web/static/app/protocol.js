// The protocol of docs/protocol.md: reports, their chain, anchors and receipts. Pure but for WebCrypto; no page, no network, no clock.

export const APP = "tapak-web/1";

const utf8 = new TextEncoder();
const subtle = globalThis.crypto.subtle;
const SIGNING = { name: "ECDSA", hash: "SHA-256" };

/** Bytes as base64url without padding. */
export const b64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/** The bytes of base64url in its one spelling. Raises a RangeError for any other. */
export function unb64(text) {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) throw new RangeError("not base64url");
  const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  if (b64(bytes) !== text) throw new RangeError("not the one spelling");
  return bytes;
}

const json = (part) => JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(unb64(part)));

/** The hash of a text: what a receipt and the next report know a report by. */
export const hashOf = async (text) => b64(await subtle.digest("SHA-256", utf8.encode(text)));

/** The id of a device: the RFC 7638 thumbprint of its public key. */
export const thumbprint = ({ crv, kty, x, y }) => hashOf(JSON.stringify({ crv, kty, x, y }));

/** A key pair that no script can take away, only use. */
export const newKey = () => subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);

/** The public half as the server takes it. */
export async function jwkOf(publicKey) {
  const { kty, crv, x, y } = await subtle.exportKey("jwk", publicKey);
  return { kty, crv, x, y };
}

/** The compact JWS of a payload. WebCrypto signs as r and s, which is what a JWS takes. */
export async function signed(privateKey, kid, payload) {
  const header = { alg: "ES256", typ: "checkin+jws", kid };
  const input = [header, payload].map((part) => b64(utf8.encode(JSON.stringify(part)))).join(".");
  return `${input}.${b64(await subtle.sign(SIGNING, privateKey, utf8.encode(input)))}`;
}

/** Whether a report is signed by the device. */
export async function isSignedBy(compact, jwk) {
  const [input, signature] = parts(compact);
  const key = await subtle.importKey("jwk", jwk, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
  return subtle.verify(SIGNING, key, unb64(signature), utf8.encode(input));
}

/** The payload of a report, unverified. */
export const payloadIn = (compact) => json(compact.split(".")[1]);

function parts(compact) {
  const at = compact.lastIndexOf(".");
  return [compact.slice(0, at), compact.slice(at + 1)];
}

/** r and s out of a DER signature, 32 bytes each. */
export function fromDer(der) {
  const length = der[3];
  return Uint8Array.from([...padded(der.slice(4, 4 + length)), ...padded(der.slice(6 + length))]);
}

/** The DER signature of r and s. */
export function toDer(raw) {
  const numbers = [raw.slice(0, 32), raw.slice(32)].flatMap((number) => {
    let from = 0;
    while (from < 31 && number[from] === 0) from++;
    const bytes = number[from] & 0x80 ? [0, ...number.slice(from)] : [...number.slice(from)];
    return [2, bytes.length, ...bytes];
  });
  return Uint8Array.from([48, numbers.length, ...numbers]);
}

const padded = (number) => [...Array(32).fill(0), ...number].slice(-32);

/** A new UUIDv7 of an instant in milliseconds (RFC 9562, section 5.7). */
export function idAt(ms) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let at = 5, left = Math.floor(ms); at >= 0; at--, left = Math.floor(left / 256)) bytes[at] = left % 256;
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** An instant with the offset of the clock that shows it: what the phone itself thinks the time is. */
export function withOffset(ms, offsetMin) {
  const local = new Date(ms + offsetMin * 60_000).toISOString().slice(0, -1);
  const [hours, minutes] = [Math.floor(Math.abs(offsetMin) / 60), Math.abs(offsetMin) % 60].map((number) => String(number).padStart(2, "0"));
  return `${local}${offsetMin < 0 ? "-" : "+"}${hours}:${minutes}`;
}

/**
 * What is signed. `draft`: `{ id, nip, direction, fixes, claimed_at, code }`; `link`: `{ seq, prev }`, the end of the chain;
 * `counted`: `{ anchor, elapsed_ms, boot_id }` or null. Raises a RangeError, naming the member, rather than make what the server refuses.
 */
export function payloadOf(draft, link, counted) {
  const { id, nip, direction, fixes, claimed_at, code } = draft;
  const payload = { id, nip, direction, fixes, claimed_at, ...counted, seq: link.seq + 1, platform: "web", app: APP };
  if (link.prev) payload.prev = link.prev;
  if (code) payload.code = code;
  const wrong = wrongIn(payload);
  if (wrong) throw new RangeError(wrong);
  return payload;
}

const NEEDED = ["id", "nip", "direction", "fixes", "claimed_at", "seq", "platform", "app"];
const MAYBE = ["prev", "anchor", "elapsed_ms", "boot_id", "code"];
const FIX_NEEDED = ["lat", "lon", "accuracy_m", "age_ms"];
const FIX_MAYBE = ["altitude_m", "speed_mps", "bearing_deg", "provider", "is_mock"];
const RANGES = { lat: [-90, 90], lon: [-180, 180], accuracy_m: [0, 1e7], age_ms: [0, 366 * 86_400_000] };
const SHAPES = {
  id: (id) => typeof id === "string" && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id),
  nip: (nip) => typeof nip === "string" && /^[0-9]{18}$/.test(nip),
  direction: (direction) => direction === "in" || direction === "out",
  claimed_at: (at) => typeof at === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(at),
  seq: (seq) => Number.isInteger(seq) && seq >= 0,
  prev: (prev) => typeof prev === "string" && prev.length === 43,
  platform: (platform) => ["android", "ios", "web"].includes(platform),
  app: (app) => typeof app === "string" && app.length >= 1 && app.length <= 100,
  elapsed_ms: (elapsed_ms) => Number.isInteger(elapsed_ms) && elapsed_ms >= 0,
};

/** A JSON pointer to what is wrong in a payload, null if nothing is. */
export function wrongIn(payload) {
  const stray = strayMember(payload, NEEDED, MAYBE);
  if (stray) return `/${stray}`;
  if (!Array.isArray(payload.fixes) || payload.fixes.length < 1 || payload.fixes.length > 10) return "/fixes";
  for (const [at, fix] of payload.fixes.entries()) {
    const wrong = strayMember(fix, FIX_NEEDED, FIX_MAYBE) ?? FIX_NEEDED.find((name) => !isWithin(fix[name], RANGES[name], name === "age_ms"));
    if (wrong) return `/fixes/${at}/${wrong}`;
  }
  const wrong = Object.keys(SHAPES).find((name) => name in payload && !SHAPES[name](payload[name]));
  return wrong ? `/${wrong}` : null;
}

const strayMember = (found, needed, maybe) => needed.find((name) => !(name in found)) ?? Object.keys(found).find((name) => !needed.includes(name) && !maybe.includes(name));
const isWithin = (number, [least, most], isWhole) => typeof number === "number" && number >= least && number <= most && (!isWhole || Number.isInteger(number));

/** Whether an id is a UUIDv7 that the server will file if it arrives at that instant. */
export function isFiledAt(id, arrivesMs, bounds) {
  const ms = Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16);
  return id[14] === "7" && arrivesMs - bounds.oldest_id_ms <= ms && ms <= arrivesMs + bounds.newest_id_ms;
}

/** Whether bytes are signed by an Ed25519 key: by the browser itself, or by the library where it does not know how. */
async function isEd25519(publicKey, signature, message) {
  try {
    const key = await subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"]);
    return await subtle.verify("Ed25519", key, signature, message);
  } catch (error) {
    if (error.name !== "NotSupportedError") return false;
    const { verifyAsync } = await import("../vendor/noble-ed25519.js");
    return verifyAsync(signature, message, publicKey, { zip215: false });
  }
}

/** The payload of a JWS that one of the server's keys signed as that type; null if none did. */
export async function opened(compact, keys, typ) {
  try {
    const [input, signature] = parts(compact);
    const [header, payload] = input.split(".").map(json);
    const key = keys.find(({ kid, crv }) => kid === header.kid && crv === "Ed25519");
    if (!key || header.alg !== "EdDSA" || header.typ !== typ) return null;
    return (await isEd25519(unb64(key.x), unb64(signature), utf8.encode(input))) ? payload : null;
  } catch {
    return null;
  }
}

/** The name of the key a receipt says it is signed with; null if it cannot be read. */
export function keyNamedIn(compact) {
  try {
    return json(compact.split(".")[0]).kid ?? null;
  } catch {
    return null;
  }
}

/** Whether the receipt in an answer is the server's, and about this very report and this verdict. */
export async function isProof(item, compact, keys) {
  const said = await opened(item.receipt, keys, "receipt+jws");
  if (!said) return false;
  const promised = { id: item.id, verdict: item.verdict, received_at: item.received_at, payload_hash: await hashOf(compact) };
  return Object.entries(promised).every(([name, value]) => said[name] === value);
}

/**
 * One result for each report sent, or null when the answer is anything else: a hotel's sign-in page also answers 200.
 */
export function resultsIn(answer, reports) {
  const results = answer?.results;
  if (!Array.isArray(results) || results.length !== reports.length) return null;
  const own = results.every((item, at) => ["stored", "refused", "retry"].includes(item?.status) && [null, undefined, payloadIn(reports[at]).id].includes(item.id));
  return own ? results : null;
}

/** Whether a result is for good: stored and proven, or refused. Everything else waits and is sent again. */
export const lasts = async (item, compact, keys) => item.status === "refused" || (item.status === "stored" && (await isProof(item, compact, keys)));

/** How long to wait after that many failures in a row: no less than the server asks, no two phones alike, bounded (full jitter, AWS 2015). */
export const pauseMs = (failures, askedS, chance) => 1000 * (Math.min(askedS, 900) + chance * Math.min(60, 2 ** Math.min(failures, 30)));

const node = async (left, right) => new Uint8Array(await subtle.digest("SHA-256", Uint8Array.from([1, ...left, ...right])));
const isSame = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);

/** Where a path leads from a leaf: the root, if it is a proof; null if its length cannot be (RFC 9162, section 2.1.3). */
export async function climbed(leaf, index, size, path) {
  if (size === 1) return path.length ? null : leaf;
  if (!path.length) return null;
  const split = 2 ** Math.floor(Math.log2(size - 1));
  const [below, sibling] = [path.slice(0, -1), path.at(-1)];
  const inner = index < split ? await climbed(leaf, index, split, below) : await climbed(leaf, index - split, size - split, below);
  return inner && (index < split ? node(inner, sibling) : node(sibling, inner));
}

/** `{ origin, size, root }` of a checkpoint that the server's key signed, null otherwise (C2SP signed note and checkpoint). */
export async function openedCheckpoint(note, keys) {
  const [text, signature] = note.split("\n\n");
  const [origin, size, root] = text.split("\n");
  const [dash, name, packed] = signature.trimEnd().split(" ");
  const bytes = (standard) => Uint8Array.from(atob(standard), (letter) => letter.charCodeAt(0));
  if (dash !== "—" || name !== origin) return null;
  for (const { x } of keys) {
    const named = new Uint8Array(await subtle.digest("SHA-256", Uint8Array.from([...utf8.encode(`${name}\n`), 1, ...unb64(x)]))).slice(0, 4);
    const raw = bytes(packed);
    if (isSame(named, raw.slice(0, 4)) && (await isEd25519(unb64(x), raw.slice(4), utf8.encode(`${text}\n`)))) return { origin, size: Number(size), root: bytes(root) };
  }
  return null;
}

/** Whether a ledger proof (`GET /v1/ledger/proof/{id}`) shows that the leaf of a receipt is in the ledger. */
export async function isInLedger(proof, receipt, keys) {
  const said = await opened(receipt, keys, "receipt+jws");
  const checkpoint = await openedCheckpoint(proof.checkpoint, keys);
  if (!said || !checkpoint || said.id !== proof.id || said.leaf_hash !== proof.leaf_hash || proof.size !== checkpoint.size) return false;
  const root = await climbed(unb64(proof.leaf_hash), proof.leaf_index, proof.size, proof.path.map(unb64));
  return root !== null && isSame(root, checkpoint.root);
}

/** Earliest, likeliest and latest instant (ms) by a phone's count since an anchor, by section 3; null if the count proves nothing. */
export function bracket(anchoredMs, elapsedMs, afterMs, arrivesMs, bounds) {
  const drift = bounds.drift_ppm / 1e6;
  const earliest = Math.max(anchoredMs, ...afterMs, anchoredMs + elapsedMs * (1 - drift) - 1);
  const latest = Math.min(arrivesMs, anchoredMs + elapsedMs / (1 - drift) + bounds.anchor_trip_ms + 2);
  return earliest > latest ? null : { earliest, likeliest: Math.min(Math.max(earliest, anchoredMs + elapsedMs), latest), latest };
}
