// Sightings: open ones first by priority, then what is settled; the chosen one opens below its line.
import { map, settings } from '../shared/settings.js';
import { el, KeyedList, setClass, setText } from '../shared/dom.js';
import { ageText } from '../shared/format.js';
import { labelled, onLanguage, t } from '../shared/i18n.js';
import { halfOf } from '../shared/outcomes.js';
import { sightingIcon } from '../map/icons.js';
import { realityNode, showReality } from '../shared/reality.js';
import { SightingDetail } from './sighting_detail.js';

const SETTLED = new Set(settings.settled);
const MOST_SHOWN = 200;

export class SightingsPanel {
  constructor(rooms, store, selection, classes, sites) {
    Object.assign(this, { rooms, room: rooms.sightings, store, selection, classes, sites });
    this.empty = labelled(el('p', { class: 'empty' }), 'sightings.none');
    const list = el('ul', { class: 'sightings' });
    this.room.body.append(this.empty, list);
    this.list = new KeyedList(
      list,
      (s) => s.id,
      (s) => this.row(s),
    );
    for (const kind of ['sightings', 'units', 'exercise']) store.on(kind, () => this.update());
    selection.on((kind) => this.chosen(kind));
    onLanguage(() => this.update());
    setInterval(() => this.update(), 5000);
  }

  chosen(kind) {
    if (kind !== 'sighting') return;
    const sighting = this.store.sightings.get(this.selection.id('sighting'));
    if (sighting) {
      this.rooms.showTab('sightings');
      const place = [sighting.place.lat_deg, sighting.place.lon_deg];
      if (!map.getBounds().pad(-0.1).contains(place)) map.panTo(place);
    }
    this.update();
    if (sighting) this.list.rows.get(sighting.id)?.node.scrollIntoView({ block: 'nearest' });
  }

  update() {
    const all = [...this.store.sightings.values()].sort(order);
    const open = all.filter((s) => !SETTLED.has(s.status)).length;
    this.list.show(all.slice(0, MOST_SHOWN));
    this.empty.classList.toggle('hidden', all.length > 0);
    setText(this.room.count, all.length ? `${open}/${all.length}` : '');
    setClass(this.room.count, `count num ${open ? 'hot' : ''}`);
  }

  row(first) {
    const icon = el('span', { class: 'icon' });
    const mark = realityNode();
    const name = el('b');
    const status = el('span', { class: 'chip' });
    const note = el('span', { class: 'note dim' });
    const age = el('span', { class: 'num dim' });
    const button = el(
      'button',
      { type: 'button', class: 'row', on: { click: () => this.selection.choose('sighting', first.id) } },
      icon,
      el(
        'span',
        { class: 'stack' },
        el('span', { class: 'line' }, mark, name, status),
        el('span', { class: 'line' }, note, age),
      ),
    );
    const detail = new SightingDetail(this.store, this.classes, this.sites, this.selection);
    const node = el('li', {}, button, detail.node);
    let look = '';
    const update = (sighting) => {
      const now = [sighting.status, sighting.priority].join();
      if (now !== look) icon.replaceChildren(sightingIcon(sighting));
      look = now;
      const unit = sighting.unit && this.store.units.get(sighting.unit);
      showReality(mark, this.store, sighting);
      setText(name, this.classes.name(sighting.klass));
      setText(status, t(`sighting.${sighting.status}`));
      setClass(status, `chip ${LOOK[sighting.status] ?? ''}`);
      setText(note, halfOf(unit ? unit.name : sighting.note));
      setText(age, ageText((this.store.serverNow() - Date.parse(sighting.received_at)) / 1000));
      const chosen = this.selection.is('sighting', sighting.id);
      setClass(node, `${chosen ? 'open' : ''} ${SETTLED.has(sighting.status) ? 'settled' : ''}`);
      button.setAttribute('aria-expanded', String(chosen));
      detail.update(sighting, chosen);
    };
    return { node, update };
  }
}

const LOOK = { new: 'bad', assigned: 'warn', accepted: 'blue', on_scene: 'violet', resolved: 'good', dismissed: '' };

function order(a, b) {
  const settled = SETTLED.has(a.status) - SETTLED.has(b.status);
  if (settled) return settled;
  if (SETTLED.has(a.status)) return b.received_at.localeCompare(a.received_at);
  return a.priority - b.priority || b.received_at.localeCompare(a.received_at);
}
