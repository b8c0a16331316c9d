// What the phone keeps, so that it outlives the page, the browser and the battery: what waits to be sent, pictures
// included, and what was last known. Where the browser keeps nothing (private windows), all of it lives as long as
// the page.
const NAME = 'aeropatrol-unit';
const WAITING = 'waiting';
const FACTS = 'facts';

// The browser keeps it no longer than the page: its storage is full, or there is none.
export class NotKeptError extends Error {}

export class PhoneStore {
  constructor(db) {
    this.db = db;
    if (db) db.onclose = () => (this.db = null);
  }

  static async open() {
    try {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore(WAITING, { keyPath: 'n', autoIncrement: true });
        request.result.createObjectStore(FACTS);
      };
      return new PhoneStore(await answer(request));
    } catch {
      return new PhoneStore(null);
    }
  }

  // In the order in which they were added.
  async waiting() {
    return this.db ? answer(this.db.transaction(WAITING).objectStore(WAITING).getAll()) : [];
  }

  // Returns once it is on the disk; NotKeptError when it cannot be.
  async add(entry) {
    navigator.storage?.persist?.().catch(() => {});
    await this.write(WAITING, (store) => store.add(entry));
  }

  async change(entry) {
    await this.write(WAITING, (store) => store.put(entry));
  }

  async remove(numbers) {
    await this.write(WAITING, (store) => numbers.forEach((n) => store.delete(n)));
  }

  async fact(name) {
    return this.db ? answer(this.db.transaction(FACTS).objectStore(FACTS).get(name)) : undefined;
  }

  // undefined: no longer.
  async setFact(name, value) {
    await this.write(FACTS, (store) => (value === undefined ? store.delete(name) : store.put(value, name)));
  }

  async write(name, work) {
    if (!this.db) throw new NotKeptError('the browser keeps nothing');
    try {
      const transaction = this.db.transaction(name, 'readwrite', { durability: 'strict' });
      work(transaction.objectStore(name));
      await new Promise((done, failed) => {
        transaction.oncomplete = done;
        transaction.onabort = () => failed(transaction.error);
      });
    } catch (error) {
      throw new NotKeptError(error?.message ?? 'not kept');
    }
  }
}

function answer(request) {
  return new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}
