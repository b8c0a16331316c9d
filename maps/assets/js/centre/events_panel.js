// What happened, newest first.
import { el, KeyedList, setText } from '../shared/dom.js';
import { get } from '../shared/api.js';
import { clock } from '../shared/format.js';
import { known, onLanguage, pick } from '../shared/i18n.js';
import { halfOf } from '../shared/outcomes.js';

const SHOWN = 150;
const HIDDEN = new Set(['vehicle.item_reached']);

export class EventsPanel {
  constructor(room, store) {
    Object.assign(this, { room, store });
    const list = el('ol', { class: 'events' });
    room.body.append(list);
    this.list = new KeyedList(list, (event) => `${event.seq}|${event.at}|${event.kind}|${event.vehicle}`, () => eventRow(store));
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
    const events = this.store.events.filter((event) => !HIDDEN.has(event.kind));
    this.list.show(events.slice(-SHOWN).reverse());
  }
}

function eventRow(store) {
  const time = el('time', { class: 'num dim' });
  const words = el('span');
  const node = el('li', {}, time, words);
  const update = (event) => {
    setText(time, clock(event.at));
    setText(words, wordsOf(event, store));
  };
  return { node, update };
}

function wordsOf(event, store) {
  const unit = event.unit && halfOf(store.units.get(event.unit)?.name ?? event.unit);
  const operation = event.operation && halfOf(store.operations.get(event.operation)?.name ?? event.operation.slice(0, 8));
  const subject = [event.vehicle, unit, event.vehicle || event.unit ? null : operation].filter(Boolean);
  const actor = event.actor && ![event.vehicle, 'system'].includes(event.actor) ? `${event.actor}: ` : '';
  const what = known(`event.${event.kind}`) ?? event.kind;
  return `${actor}${what}${subject.length ? ` · ${subject.join(' · ')}` : ''}${dataWords(event.data)}`;
}

// The few values that say more than the kind.
function dataWords(data) {
  const said = data.text && typeof data.text === 'object' ? pick(data.text) : data.text;
  const words = [said, data.mode, data.command, data.result, data.reason, halfOf(data.outcome), halfOf(data.note), data.detail];
  const shown = words.filter((word) => typeof word === 'string' && word !== '');
  return shown.length ? ` · ${shown.join(' · ')}` : '';
}
