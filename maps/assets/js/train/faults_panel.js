// Faults and happenings, live: a fault on a vehicle, or something that appears where the map is clicked.
import { map } from '../shared/settings.js';
import { el, KeyedList, setText } from '../shared/dom.js';
import { labelled, pick, t } from '../shared/i18n.js';
import { minutes } from './words.js';

const DRAWING = 'drawing';

export class FaultsPanel {
  constructor(room, training) {
    this.training = training;
    this.name = el('select', { id: 'fault' });
    this.vehicle = el('select', { id: 'fault-vehicle' });
    this.lasts = el('input', { id: 'fault-lasts', type: 'number', min: 1, max: 14400, step: 1 });
    this.numbers = el('div', { class: 'numbers' });
    this.name.addEventListener('change', () => this.showNumbers());
    labelled(this.lasts, 'train.to_the_end', 'placeholder');
    this.set = labelled(el('button', { type: 'submit', class: 'primary small' }), 'train.fault_set');
    const form = el(
      'form',
      {},
      field('train.fault', this.name),
      el('div', { class: 'pair' }, field('train.vehicle', this.vehicle), field('train.lasts', this.lasts)),
      this.numbers,
      this.set,
    );
    form.addEventListener('submit', (event) => this.inject(event));
    const active = el('ul', { class: 'active' });
    this.active = new KeyedList(active, (fault) => `${fault.name} ${fault.vehicle} ${fault.at_s}`, () => this.row());
    this.kind = el('select', { id: 'thing' });
    this.place = labelled(el('button', { type: 'button', class: 'small' }), 'train.thing_place');
    this.place.addEventListener('click', () => this.placing(true));
    this.hint = el('p', { class: 'dim small' });
    room.body.append(form, active, el('div', { class: 'pair' }, field('train.thing', this.kind), this.place), this.hint);
    map.on('click', (event) => this.placed(event.latlng));
    document.addEventListener('keydown', (event) => event.key === 'Escape' && this.placing(false));
    training.on((view) => this.show(view));
  }

  show(view) {
    options(this.name, view.faults, (fault) => [fault.name, pick(fault)], (fault) => t(fault.common ? 'train.common' : 'train.protocol'));
    options(this.kind, view.kinds, (kind) => [kind, t(`train.kind.${kind}`)]);
    const vehicles = view.run?.vehicles ?? [];
    options(this.vehicle, ['0', ...vehicles.map((id) => id.split('-').pop())], (number) => [number, number === '0' ? t('train.all') : number]);
    if (this.numbers.dataset.shown !== `${this.name.value} ${t('language')}`) this.showNumbers();
    const faults = this.training.running ? view.run.faults : [];
    this.active.show(faults);
    for (const control of [this.set, this.place]) control.disabled = !this.training.running;
  }

  showNumbers() {
    const offer = this.training.view.faults.find((fault) => fault.name === this.name.value);
    this.numbers.dataset.shown = `${this.name.value} ${t('language')}`;
    this.numbers.replaceChildren(
      ...Object.entries(offer?.numbers ?? {}).map(([name, number]) => {
        const input = el('input', { type: 'number', min: number.low, max: number.high, step: 'any', name, value: number.usual });
        return el('label', {}, t(`train.number.${name}`), input);
      }),
    );
  }

  row() {
    let shown = null;
    const words = el('span');
    const end = labelled(el('button', { type: 'button', class: 'small' }), 'train.fault_end');
    end.addEventListener('click', () => {
      this.training.ask(end, 'faults', { name: shown.name, vehicle: shown.vehicle, end: true });
    });
    const update = (fault) => {
      shown = fault;
      const offer = this.training.view.faults.find((each) => each.name === fault.name);
      const where = fault.vehicle === 0 ? t('train.all') : t('train.vehicle_n', { n: fault.vehicle });
      const until = fault.until_s === null ? '' : ` → ${minutes(fault.until_s)}`;
      setText(words, `${offer ? pick(offer) : fault.name} · ${where} · ${minutes(fault.at_s)}${until}`);
    };
    return { node: el('li', {}, words, end), update };
  }

  async inject(event) {
    event.preventDefault();
    const numbers = {};
    for (const input of this.numbers.querySelectorAll('input')) numbers[input.name] = Number(input.value);
    const lasts = Number(this.lasts.value);
    const body = { name: this.name.value, vehicle: Number(this.vehicle.value), numbers };
    if (lasts > 0) body.lasts_s = lasts;
    await this.training.ask(this.set, 'faults', body, t('train.fault_is_set'));
  }

  placing(on) {
    this.armed = on && this.training.running;
    map.getContainer().classList.toggle(DRAWING, this.armed);
    setText(this.hint, this.armed ? t('train.thing_click') : '');
  }

  placed(latlng) {
    if (!this.armed) return;
    this.placing(false);
    const body = { kind: this.kind.value, lat: latlng.lat, lon: latlng.lng };
    this.training.ask(this.place, 'things', body, t('train.thing_is_there'));
  }
}

function field(key, input) {
  return el('label', { for: input.id }, labelled(el('span'), key), input);
}

// Keeps what is chosen; builds anew only when what is offered is another.
function options(select, items, entryOf, groupOf) {
  const entries = items.map((item) => [...entryOf(item), groupOf ? groupOf(item) : '']);
  const look = JSON.stringify(entries);
  if (select.dataset.look === look) return;
  const chosen = select.value;
  select.dataset.look = look;
  select.replaceChildren();
  const groups = new Map();
  for (const [value, words, group] of entries) {
    if (group && !groups.has(group)) groups.set(group, select.appendChild(el('optgroup', { label: group })));
    (groups.get(group) ?? select).append(el('option', { value }, words));
  }
  if (entries.some(([value]) => value === chosen)) select.value = chosen;
}
