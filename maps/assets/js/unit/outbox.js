// Taps that wait for the network: kept on the phone, sent in order, each with the time it was made.
import { ApiError, call } from '../shared/api.js';

const KEPT = 'aeropatrol.outbox';
const MOST = 200;
const RETRY_MS = 4000;

export class Outbox {
  // `onChange()` after every change; `onAnswer(entry, answer)` and `onRefused(entry, error)` as they come.
  constructor({ onChange, onAnswer, onRefused }) {
    Object.assign(this, { onChange, onAnswer, onRefused, busy: false });
    this.entries = read();
    addEventListener('online', () => this.flush());
    addEventListener(
      'storage',
      (event) => event.key === KEPT && !this.busy && ((this.entries = read()), this.onChange()),
    );
    setInterval(() => this.flush(), RETRY_MS);
  }

  // Position reports replace one another; steps never do.
  add(entry) {
    if (entry.replaces)
      this.entries = this.entries.filter((other, i) => other.replaces !== entry.replaces || (i === 0 && this.busy));
    this.entries.push({ ...entry, at: new Date().toISOString(), tries: 0 });
    this.entries.splice(0, Math.max(0, this.entries.length - MOST));
    this.keep();
    return this.flush();
  }

  // How many taps of people wait.
  get waiting() {
    return this.entries.filter((entry) => !entry.replaces).length;
  }

  async flush() {
    if (this.busy) return;
    this.busy = true;
    try {
      while (this.entries.length > 0 && (await this.sendFirst()));
    } finally {
      this.busy = false;
      this.onChange();
    }
  }

  // Whether to go on with the next one.
  async sendFirst() {
    const entry = this.entries[0];
    try {
      const answer = await call('POST', entry.path, bodyOf(entry));
      this.drop(entry);
      this.onAnswer(entry, answer);
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) return this.later(entry);
      if (error.status >= 500 || error.status === 429 || error.status === 401) return this.later(entry);
      this.drop(entry);
      this.onRefused(entry, error);
      return true;
    }
  }

  later(entry) {
    entry.tries += 1;
    this.keep();
    return false;
  }

  drop(entry) {
    this.entries = this.entries.filter((other) => other !== entry);
    this.keep();
  }

  keep() {
    localStorage.setItem(KEPT, JSON.stringify(this.entries));
    this.onChange();
  }
}

function read() {
  try {
    const entries = JSON.parse(localStorage.getItem(KEPT) ?? '[]');
    return Array.isArray(entries) ? entries : [];
  } catch {
    return [];
  }
}

// A step that could not be sent at once says in its note when it was really taken.
function bodyOf(entry) {
  if (!entry.lateNote || entry.tries === 0) return entry.body;
  const note = [entry.body.note, entry.lateNote].filter(Boolean).join(' · ');
  return { ...entry.body, note };
}
