// What is chosen: at most one of each kind; whoever shows it listens.
export class Selection {
  constructor() {
    this.chosen = new Map();
    this.listeners = new Set();
  }

  on(listener) {
    this.listeners.add(listener);
  }

  // Choosing what is chosen already lets it go, unless `keep`.
  choose(kind, id, keep = false) {
    if (this.is(kind, id) && !keep) this.chosen.delete(kind);
    else this.chosen.set(kind, id);
    this.tell(kind);
  }

  clear(kind) {
    if (this.chosen.delete(kind)) this.tell(kind);
  }

  is(kind, id) {
    return this.chosen.get(kind) === id;
  }

  id(kind) {
    return this.chosen.get(kind);
  }

  tell(kind) {
    for (const listener of this.listeners) listener(kind);
  }
}
