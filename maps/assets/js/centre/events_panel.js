// What happened, newest first. What vehicles say as a matter of routine is shown on demand.
import { el, KeyedList, setText } from '../shared/dom.js';
import { get } from '../shared/api.js';
import { clock } from '../shared/format.js';
import { known, labelled, onLanguage, pick } from '../shared/i18n.js';
import { halfOf } from '../shared/outcomes.js';

const SHOWN = 150;
const ROUTINE_FROM_SEVERITY = 5;

export class EventsPanel {
  constructor(room, store, classes) {
    Object.assign(this, { room, store, classes });
    const list = el('ol', { class: 'events' });
    this.routine = el('input', { type: 'checkbox', id: 'events-routine', on: { change: () => this.update() } });
    room.body.append(
      el('label', { class: 'events-filter' }, this.routine, labelled(el('span'), 'events.routine')),
      list,
    );
    this.list = new KeyedList(
      list,
      (event) => `${event.seq}|${event.at}|${event.kind}|${event.vehicle}`,
      () => this.row(),
    );
    store.on('events', () => this.update());
    onLanguage(() => this.update());
  }

  // Fills up what the feed did not bring.
  async load() {
    try {
      this.store.addEvents(await get(`/events?after=${Math.max(0, this.store.seq - 200)}&limit=200`));
    } catch {
      // The log goes on with what the feed brings.
    }
  }

  update() {
    const events = this.store.events.filter((event) => this.routine.checked || !isRoutine(event));
    this.list.show(events.slice(-SHOWN).reverse());
  }

  row() {
    const time = el('time', { class: 'num dim' });
    const words = el('span');
    const update = (event) => {
      setText(time, clock(event.at));
      setText(words, this.wordsOf(event));
    };
    return { node: el('li', {}, time, words), update };
  }

  // Whom it is about, what happened, what more is known of it, and whose doing it was.
  wordsOf(event) {
    const { store } = this;
    const unit = event.unit && halfOf(store.units.get(event.unit)?.name ?? event.unit);
    const operation =
      event.operation && halfOf(store.operations.get(event.operation)?.name ?? event.operation.slice(0, 8));
    const about = event.kind.startsWith('sighting.')
      ? this.classes.name(event.data.klass ?? '')
      : (event.vehicle ?? unit ?? operation);
    const what = event.kind === 'vehicle.text' ? '' : (known(`event.${event.kind}`) ?? event.kind);
    const actor = halfOf(event.actor);
    const by = [event.vehicle, 'system', unit].includes(actor) ? null : actor;
    const more = event.kind.startsWith('sighting.') ? unit : null;
    return [...new Set([about, what, ...dataWords(event.data), more, by])].filter(Boolean).join(' · ');
  }
}

const isRoutine = (event) =>
  event.kind === 'vehicle.item_reached' ||
  (event.kind === 'vehicle.text' && event.data.severity >= ROUTINE_FROM_SEVERITY);

// The few values that say more than the kind.
function dataWords(data) {
  const said = data.text && typeof data.text === 'object' ? pick(data.text) : data.text;
  const words = [
    said,
    data.mode,
    data.command,
    data.result,
    data.reason,
    halfOf(data.outcome),
    halfOf(data.note),
    data.detail,
    data.payload,
    data.channel,
    halfOf(data.name),
  ];
  return words.filter((word) => typeof word === 'string' && word !== '');
}
