// What the app keeps in this browser, and in which order, so that closing it at any moment loses no check-in. One database for each person.

const NAME = "tapak-";

/** The person's database. */
export function open(nip) {
  return new Promise((found, failed) => {
    const asked = indexedDB.open(NAME + nip, 1);
    asked.onupgradeneeded = () => {
      const db = asked.result;
      db.createObjectStore("kept");
      for (const store of ["queue", "receipts"]) {
        // A number of a device is given once: a second report of that number, from whatever tab, is an error here and no fork of the chain.
        db.createObjectStore(store, { keyPath: "order", autoIncrement: store === "queue" }).createIndex("place", ["device", "seq"], { unique: true });
      }
    };
    asked.onsuccess = () => {
      // Another tab with a newer version of the app, or who wipes the site, is not kept waiting.
      asked.result.onversionchange = () => asked.result.close();
      found(asked.result);
    };
    asked.onerror = () => failed(asked.error);
  });
}

/** The people whose phones this browser is, as far as it tells. */
export async function people() {
  const all = (await indexedDB.databases?.()) ?? [];
  return all.map(({ name }) => name).filter((name) => /^tapak-\d{18}$/.test(name)).map((name) => name.slice(NAME.length));
}

/** What `act` asks of the stores, when it is on the disk. */
function transact(db, stores, mode, act) {
  return new Promise((done, failed) => {
    const transaction = db.transaction(stores, mode, { durability: mode === "readwrite" ? "strict" : "default" });
    const asked = act(...stores.map((name) => transaction.objectStore(name)));
    transaction.oncomplete = () => done(asked?.result);
    transaction.onabort = () => failed(transaction.error);
  });
}

/** What is kept under a name: `key`, `device`, `chain`, `keys`, `today` and the pages last seen. */
export const find = (db, name) => transact(db, ["kept"], "readonly", (kept) => kept.get(name));

/** Put something under a name. */
export const keep = (db, name, content) => transact(db, ["kept"], "readwrite", (kept) => kept.put(content, name));

/** Keep a signed report and the new end of the chain, both or neither. */
export const enqueue = (db, report, chain) =>
  transact(db, ["queue", "kept"], "readwrite", (queue, kept) => {
    queue.add(report);
    kept.put(chain, "chain");
  });

/** Reports without a lasting answer, oldest first. */
export const queued = (db) => transact(db, ["queue"], "readonly", (queue) => queue.getAll());

/** Take a report out of the queue and keep its lasting answer, both or neither. */
export const settle = (db, report, item) =>
  transact(db, ["queue", "receipts"], "readwrite", (queue, receipts) => {
    receipts.put({ ...report, item });
    queue.delete(report.order);
  });

/** The newest reports that were answered, newest first. */
export const answered = (db, most = 60) =>
  transact(db, ["receipts"], "readonly", (receipts) => receipts.getAll()).then((all) => all.reverse().slice(0, most));

/** Alone among all tabs and the worker of this browser. */
export const alone = (name, act) => navigator.locks.request(NAME + name, act);

const channel = new BroadcastChannel("tapak-phone");

/** Tell every tab that something of this phone changed. */
export const announce = () => {
  channel.postMessage("changed");
  dispatchEvent(new Event("phone-changed"));
};
channel.onmessage = () => dispatchEvent(new Event("phone-changed"));
