// Everything the feed has told, as maps/views.py describes it.
export const KINDS = ['vehicles', 'operations', 'sightings', 'units', 'alarms', 'links', 'traffic'];
const EVENTS_KEPT = 300;

const idOf = (kind, item) => (kind === 'links' ? item.url : item.id);

export class Store {
  constructor() {
    for (const kind of KINDS) this[kind] = new Map();
    this.trails = new Map();
    this.events = [];
    this.heardAt = new Map();
    this.seq = 0;
    this.serverAheadMs = 0;
    this.replay = false;
    this.exercise = false;
    this.listeners = new Map();
  }

  // Calls `listener(ids)` after a change of that kind; ids is null when everything is new.
  on(kind, listener) {
    if (!this.listeners.has(kind)) this.listeners.set(kind, new Set());
    this.listeners.get(kind).add(listener);
  }

  apply(message) {
    if (message.type === 'state') this.replace(message);
    else if (message.type === 'changes') this.merge(message);
    else if (message.type === 'event') this.addEvents([message.event]);
  }

  // Seconds since the vehicle was heard; grows on when the feed is silent.
  ageS(vehicleId) {
    const heard = this.heardAt.get(vehicleId);
    return heard === undefined ? null : Math.max(0, (performance.now() - heard) / 1000);
  }

  serverNow() {
    return Date.now() + this.serverAheadMs;
  }

  addEvents(events) {
    const seen = new Set(this.events.map((event) => event.seq));
    const fresh = events.filter((event) => event.seq === 0 || !seen.has(event.seq));
    if (fresh.length === 0) return;
    this.events.push(...fresh);
    this.events.sort((a, b) => a.seq - b.seq);
    this.events.splice(0, Math.max(0, this.events.length - EVENTS_KEPT));
    this.emit('events', null);
  }

  replace(message) {
    const { state, trails } = message;
    this.noteTime(state.at);
    Object.assign(this, { seq: state.seq, replay: state.replay, exercise: state.exercise });
    for (const kind of KINDS) this[kind] = new Map(state[kind].map((item) => [idOf(kind, item), item]));
    this.heardAt.clear();
    for (const vehicle of state.vehicles) this.noteHeard(vehicle);
    this.trails = new Map((trails || []).map((trail) => [trail.vehicle, trail.points]));
    this.emit('state', null);
    for (const kind of KINDS) this.emit(kind, null);
  }

  merge(message) {
    this.noteTime(message.at);
    for (const kind of KINDS) {
      const changed = message[kind] || [];
      const gone = message.gone?.[kind] || [];
      if (changed.length + gone.length === 0) continue;
      for (const item of changed) this[kind].set(idOf(kind, item), item);
      for (const id of gone) this[kind].delete(id);
      if (kind === 'vehicles') this.noteVehicles(changed);
      this.emit(kind, new Set([...changed.map((item) => idOf(kind, item)), ...gone]));
    }
    if (message.moved) this.move(message.moved);
  }

  // Vehicles that only moved come as rows; nothing else of them has changed.
  move({ columns, rows }) {
    const moved = new Set();
    for (const row of rows) {
      const known = this.vehicles.get(row[0]);
      if (!known) continue;
      const vehicle = { ...known };
      columns.forEach((name, at) => (vehicle[name] = row[at]));
      this.vehicles.set(vehicle.id, vehicle);
      this.noteHeard(vehicle);
      moved.add(vehicle.id);
    }
    this.emit('vehicles', moved);
  }

  // It is an exercise as soon as, and as long as, everything that flies is simulated.
  noteVehicles(changed) {
    changed.forEach((vehicle) => this.noteHeard(vehicle));
    const exercise =
      this.vehicles.size > 0 && [...this.vehicles.values()].every((vehicle) => vehicle.simulated === true);
    if (exercise === this.exercise) return;
    this.exercise = exercise;
    this.emit('exercise', null);
  }

  noteHeard(vehicle) {
    this.heardAt.set(vehicle.id, performance.now() - vehicle.age_s * 1000);
  }

  noteTime(at) {
    const ahead = Date.parse(at) - Date.now();
    if (Number.isFinite(ahead)) this.serverAheadMs = ahead;
  }

  emit(kind, ids) {
    for (const listener of this.listeners.get(kind) || []) listener(ids);
  }
}
