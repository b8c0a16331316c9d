// What waits for the network, taps and photos: kept on the phone until the centre has answered, each with the time it
// was made and a name of its own, so that what was sent twice counts once.
import { ApiError, call, newId } from '../shared/api.js';
import { halfOf } from '../shared/outcomes.js';
import { attach } from '../shared/pictures.js';

const LOCK = 'aeropatrol.outbox';
const RETRY_MS = 4000;
const LATE_MS = 10000;
// Steps after which the unit has the sighting no longer: its photos go first, unless they will not go.
const CLOSING = new Set(['resolve', 'refuse']);
const PATIENT_TRIES = 5;
const LATER = new Set([401, 408, 429]);

export class Outbox {
  // `onChange()` after every change; `onAnswer(entry, answer)` and `onRefused(entry, error)` as they come;
  // `onUnkept()` when something lives only as long as the page.
  constructor(store, { onChange, onAnswer, onRefused, onUnkept }) {
    Object.assign(this, { store, onChange, onAnswer, onRefused, onUnkept, busy: false, kept: [], unkept: [] });
    addEventListener('online', () => this.flush());
    setInterval(() => this.flush(), RETRY_MS);
  }

  get entries() {
    return [...this.kept, ...this.unkept];
  }

  // How many taps of people wait.
  get taps() {
    return this.entries.filter((entry) => !entry.picture && !entry.replaces).length;
  }

  get photos() {
    return this.entries.filter((entry) => entry.picture);
  }

  stepsOf(sighting) {
    return this.entries.filter((entry) => entry.sighting === sighting && entry.body);
  }

  photosOf(sighting) {
    return this.photos.filter((entry) => entry.sighting === sighting);
  }

  step(sighting, body, lateNote) {
    const path = `/sightings/${encodeURIComponent(sighting)}/steps`;
    return this.add({ path, sighting, body: { ...body, id: newId() }, lateNote });
  }

  photo(sighting, picture) {
    return this.add({ sighting, picture });
  }

  // Reports of where a unit is replace one another, and so do those of its duty; steps and photos never do.
  async add(entry) {
    const at = entry.body?.at ?? new Date().toISOString();
    const replaced = this.kept.filter((other) => entry.replaces && other.replaces === entry.replaces);
    const whole = { ...entry, at, tries: 0 };
    try {
      await this.store.add(whole);
      await this.store.remove(replaced.map((other) => other.n));
    } catch {
      this.unkept = this.unkept.filter((other) => !entry.replaces || other.replaces !== entry.replaces);
      this.unkept.push(whole);
      if (!entry.replaces) this.onUnkept();
    }
    await this.load();
    await this.flush();
  }

  async load() {
    this.kept = await this.store.waiting();
    this.onChange();
  }

  async flush() {
    if (this.busy) return;
    this.busy = true;
    try {
      await alone(() => this.sendAll());
    } finally {
      this.busy = false;
      this.onChange();
    }
  }

  async sendAll() {
    await this.load();
    let entry = this.next();
    while (entry && (await this.send(entry))) entry = this.next();
  }

  // Taps are small and urgent: they go before photos.
  next() {
    const tap = this.entries.find((entry) => !entry.picture);
    const photo = tap && CLOSING.has(tap.body.action) ? this.photosOf(tap.sighting)[0] : null;
    return (photo?.tries < PATIENT_TRIES ? photo : null) ?? tap ?? this.photos[0];
  }

  // Whether to go on with the next one.
  async send(entry) {
    try {
      const answer = await sent(entry);
      this.onAnswer(entry, answer);
      await this.drop(entry);
      return true;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status >= 500 || LATER.has(error.status)) return this.later(entry);
      await this.drop(entry);
      this.onRefused(entry, error);
      return true;
    }
  }

  async later(entry) {
    entry.tries += 1;
    if (entry.n !== undefined) await this.store.change(entry).catch(() => {});
    return false;
  }

  async drop(entry) {
    this.unkept = this.unkept.filter((other) => other !== entry);
    if (entry.n !== undefined) await this.store.remove([entry.n]).catch(() => {});
    await this.load();
  }
}

// Of several windows of one phone, one sends.
function alone(work) {
  return navigator.locks
    ? navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => (lock ? work() : null))
    : work();
}

const sent = (entry) =>
  entry.picture ? attach(entry.sighting, entry.picture, entry.at) : call('POST', entry.path, bodyOf(entry));

export const isLate = (entry) => entry.tries > 0 || Date.now() - Date.parse(entry.at) > LATE_MS;

// A step that could not be sent at once says in its note when it was really taken, in both languages where nothing
// else is said.
function bodyOf(entry) {
  if (!entry.lateNote || !isLate(entry)) return entry.body;
  const note = entry.body.note ? `${entry.body.note} · ${halfOf(entry.lateNote)}` : entry.lateNote;
  return { ...entry.body, note };
}
