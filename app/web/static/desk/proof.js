// Proofs checked in this browser: receipts (EdDSA, RFC 8037), signed notes (C2SP), inclusion in the tree (RFC 9162 section 2.1.3.2).

import { verifyAsync } from "../vendor/noble-ed25519.js";

const bytesOf = (base64) => Uint8Array.from(atob(base64.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const written = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
const hash = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", await new Blob(parts).arrayBuffer()));

/** Origin, size and root (base64) of a signed note. */
export function noteOf(text) {
  const [origin, size, root] = text.split("\n");
  return { origin, size: Number(size), root };
}

/** What a receipt says, when one of the server's keys signed it; null otherwise. */
export async function openReceipt(compact, keys) {
  try {
    const [head, body, signature] = compact.split(".");
    const { kid, alg } = JSON.parse(new TextDecoder().decode(bytesOf(head)));
    const key = keys.find((one) => one.kid === kid);
    if (!key || alg !== "EdDSA") return null;
    const said = new TextEncoder().encode(`${head}.${body}`);
    return (await verifyAsync(bytesOf(signature), said, bytesOf(key.x))) ? JSON.parse(new TextDecoder().decode(bytesOf(body))) : null;
  } catch {
    return null;
  }
}

/** Whether the log of the newer size and root begins with the whole log of the older one (RFC 9162 section 2.1.4.2). */
export async function isGrown(older, newer, path) {
  if (older.size === newer.size) return older.root === newer.root && path.length === 0;
  const isWhole = (older.size & (older.size - 1)) === 0 && older.size > 0;
  const steps = [...(isWhole ? [plain(older.root)] : []), ...path].map(bytesOf);
  let node = older.size - 1;
  let last = newer.size - 1;
  while (node % 2 === 1) [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  let [before, after] = [steps[0], steps[0]];
  if (!before) return false;
  for (const step of steps.slice(1)) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      [before, after] = [await hash(Uint8Array.of(1), step, before), await hash(Uint8Array.of(1), step, after)];
      while (node % 2 === 0 && node !== 0) [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
    } else {
      after = await hash(Uint8Array.of(1), after, step);
    }
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 && written(before) === plain(older.root) && written(after) === plain(newer.root);
}

/** A hash in base64url without padding, whichever way it was written. */
const plain = (base64) => written(bytesOf(base64));

/** Whether the leaf stands at its place in the tree of that size and root. */
export async function isIncluded({ leaf_index, leaf_hash, path }, size, root) {
  let node = leaf_index;
  let last = size - 1;
  if (node > last) return false;
  let found = bytesOf(leaf_hash);
  for (const step of path) {
    if (last === 0) return false;
    const beside = bytesOf(step);
    if (node % 2 === 1 || node === last) {
      found = await hash(Uint8Array.of(1), beside, found);
      while (node % 2 === 0 && node !== 0) {
        node = Math.floor(node / 2);
        last = Math.floor(last / 2);
      }
    } else {
      found = await hash(Uint8Array.of(1), found, beside);
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && written(found) === written(bytesOf(root));
}
