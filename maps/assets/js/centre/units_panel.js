// Units on the ground: where they are, what they do, and a link to their own page.
import { map } from '../shared/settings.js';
import { el, KeyedList, setClass, setText } from '../shared/dom.js';
import { post } from '../shared/api.js';
import { act } from '../shared/act.js';
import { ageText } from '../shared/format.js';
import { labelled, onLanguage, t } from '../shared/i18n.js';
import { halfOf } from '../shared/outcomes.js';
import { realityNode, showReality } from '../shared/reality.js';
import { unitIcon } from '../map/icons.js';

export class UnitsPanel {
  constructor(room, store, selection, classes) {
    Object.assign(this, { room, store, selection, classes });
    this.empty = labelled(el('p', { class: 'empty' }), 'units.none');
    const list = el('ul', { class: 'units' });
    const link = labelled(
      el('a', { href: '/unit', target: '_blank', rel: 'noopener', class: 'button' }),
      'units.open_page',
    );
    room.body.append(this.empty, list, el('p', { class: 'foot' }, link));
    this.list = new KeyedList(
      list,
      (unit) => unit.id,
      (unit) => this.row(unit),
    );
    for (const kind of ['units', 'sightings', 'exercise']) store.on(kind, () => this.update());
    selection.on((kind) => kind === 'unit' && this.update());
    onLanguage(() => this.update());
    setInterval(() => this.update(), 5000);
  }

  update() {
    const units = [...this.store.units.values()].sort(
      (a, b) => (a.status === 'off') - (b.status === 'off') || a.name.localeCompare(b.name),
    );
    this.list.show(units);
    this.empty.classList.toggle('hidden', units.length > 0);
    const free = units.filter((unit) => unit.status === 'free').length;
    setText(this.room.count, units.length ? `${free}/${units.length}` : '');
  }

  row(first) {
    const icon = el('span', { class: 'icon' });
    const mark = realityNode();
    const name = el('b');
    const status = el('span', { class: 'chip' });
    const task = el('span', { class: 'note dim' });
    const age = el('span', { class: 'num dim' });
    const button = el(
      'button',
      { type: 'button', class: 'row', on: { click: () => this.choose(first.id) } },
      icon,
      el(
        'span',
        { class: 'stack' },
        el('span', { class: 'line' }, mark, name, status),
        el('span', { class: 'line' }, task, age),
      ),
    );
    const phone = phoneLink(first.id);
    let look = '';
    const update = (unit) => {
      const now = [unit.status, unit.kind].join();
      if (now !== look) icon.replaceChildren(unitIcon(unit));
      look = now;
      const sighting = unit.sighting && this.store.sightings.get(unit.sighting);
      showReality(mark, this.store, unit);
      setText(name, halfOf(unit.name));
      setText(status, t(`unit.${unit.status}`));
      setClass(status, `chip ${LOOK[unit.status] ?? ''}`);
      setText(task, sighting ? this.classes.name(sighting.klass) : t(withoutTask(unit)));
      const heard = unit.position_at ? (this.store.serverNow() - Date.parse(unit.position_at)) / 1000 : null;
      setText(age, heard === null ? t('units.no_position') : t('units.position_age', { age: ageText(heard) }));
      const chosen = this.selection.is('unit', unit.id);
      button.setAttribute('aria-pressed', String(chosen));
      phone.classList.toggle('hidden', !chosen);
    };
    return { node: el('li', {}, button, phone), update };
  }

  choose(id) {
    this.selection.choose('unit', id, true);
    const unit = this.store.units.get(id);
    if (unit?.lat_deg !== null && unit) map.panTo([unit.lat_deg, unit.lon_deg]);
    if (unit?.sighting) this.selection.choose('sighting', unit.sighting, true);
  }
}

// Where pages need a token, the unit's phone gets a link of its own, shown once.
function phoneLink(id) {
  const link = el('input', { readonly: true, class: 'hidden' });
  labelled(link, 'units.phone_link', 'aria-label');
  const button = labelled(el('button', { type: 'button' }), 'units.phone_link');
  button.addEventListener('click', async () => {
    const answer = await act(button, () => post(`/units/${encodeURIComponent(id)}/token`));
    if (!answer) return;
    link.value = `${location.origin}${answer.path}`;
    link.classList.remove('hidden');
    link.select();
  });
  return el('div', { class: 'details hidden' }, button, link);
}

function withoutTask(unit) {
  if (unit.operation !== null) return 'units.on_operation';
  return unit.silent ? 'units.silent' : `kind.${unit.kind}`;
}

const LOOK = { free: 'good', assigned: 'warn', en_route: 'blue', on_scene: 'violet', off: '' };
