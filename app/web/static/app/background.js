// Delivering without a page: what the service worker does when the network is back.

import { deliver } from "./delivery.js";
import { find, open, people } from "./store.js";

/** Send what waits on every phone that this browser is. Raises when something still waits, so that the browser calls again. */
export async function deliverAll(address) {
  let waits = 0;
  for (const nip of await people()) {
    const db = await open(nip);
    waits += (await deliver(db, nip, address, (await find(db, "language")) ?? "id")).waits;
    db.close();
  }
  if (waits) throw new Error(`${waits} still wait`);
}
