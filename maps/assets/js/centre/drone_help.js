// A drone for those on the ground: it flies to the sighting or looks there from where it is, follows the unit,
// speaks, lights up. Held to confirm.
import { el } from '../shared/dom.js';
import { get, post } from '../shared/api.js';
import { act } from '../shared/act.js';
import { metresBetween } from '../shared/format.js';
import { holdButton } from '../shared/hold.js';
import { pick, t } from '../shared/i18n.js';
import { halfOf } from '../shared/outcomes.js';
import { toast } from '../shared/toast.js';
import { LookList } from './look_list.js';

let payloads = null;

async function payloadsOnce() {
  payloads ??= get('/payloads').catch(() => ((payloads = null), []));
  return payloads;
}

export class DroneHelp {
  constructor(store) {
    this.store = store;
    this.choice = el('select', { on: { change: () => this.show() } });
    this.words = el('input', { maxlength: 500, autocomplete: 'off' });
    this.buttons = el('div', { class: 'stack' });
    this.summary = el('summary');
    this.ranking = new LookList((look) => this.take(look.vehicle), () => this.list());
    this.body = el('div', { class: 'stack' }, this.ranking.node, this.choice, this.words, this.buttons);
    const opened = { toggle: () => this.update(this.sighting) };
    this.node = el('details', { class: 'drone-help', on: opened }, this.summary, this.body);
  }

  // Those that are there first before those that cannot go, which may look from where they are.
  update(sighting) {
    if (!sighting) return;
    this.sighting = sighting;
    this.summary.textContent = t('sighting.drone');
    if (!this.node.open) return;
    this.ranking.refresh(`sighting=${encodeURIComponent(sighting.id)}`);
    this.list();
  }

  list() {
    if (this.choice === document.activeElement) return;
    const kept = this.choice.value;
    const vehicles = [...this.store.vehicles.values()].filter((vehicle) => vehicle.lat !== null);
    const order = new Map((this.ranking.answer?.looks ?? []).map((look, i) => [look.vehicle, i]));
    const rank = ({ id }) => order.get(id) ?? order.size;
    vehicles.sort((a, b) => rank(a) - rank(b) || this.away(a) - this.away(b));
    const option = (vehicle) => el('option', { value: vehicle.id }, this.optionWords(vehicle));
    this.choice.replaceChildren(...vehicles.map(option));
    if (vehicles.some((vehicle) => vehicle.id === kept)) this.choice.value = kept;
    this.show();
  }

  take(vehicle) {
    this.choice.value = vehicle;
    this.show();
  }

  away(vehicle) {
    const { place } = this.sighting;
    return metresBetween(vehicle.lat, vehicle.lon, place.lat_deg, place.lon_deg);
  }

  // One that flies an operation says so: looking elsewhere costs what that looks for.
  optionWords(vehicle) {
    const state = vehicle.flying ? 'vehicle.flying' : vehicle.flying === null ? 'vehicle.unknown' : 'vehicle.ground';
    const parts = [vehicle.name || vehicle.id, t(state), `${Math.round(this.away(vehicle))} m`];
    if (vehicle.operation) parts.push(t('units.on_operation'));
    return parts.join(' · ');
  }

  async show() {
    const vehicle = this.choice.value;
    const unit = this.sighting.unit && this.store.units.get(this.sighting.unit);
    const free = this.mayFly(vehicle);
    const key = JSON.stringify([vehicle, free, this.sighting.id, unit?.id, unit?.name, t('language')]);
    if (this.key === key) return;
    this.key = key;
    const carried = await payloadsOnce();
    if (this.key !== key) return;
    this.choice.setAttribute('aria-label', t('drone.vehicle'));
    this.words.setAttribute('aria-label', t('drone.words'));
    this.words.setAttribute('placeholder', t('drone.words'));
    this.words.classList.toggle('hidden', !vehicle || !carried.some((payload) => payload.speaks));
    this.choice.classList.toggle('hidden', !vehicle);
    if (!vehicle) return this.buttons.replaceChildren(el('p', { class: 'dim' }, t('drone.none')));
    const rows = [this.looks(vehicle, unit, free), ...carried.map((payload) => this.payload(vehicle, payload))];
    return this.buttons.replaceChildren(...rows);
  }

  // Whether it is worth asking; the server decides.
  mayFly(id) {
    const vehicle = this.store.vehicles.get(id);
    return Boolean(vehicle?.flying) && !vehicle.operation;
  }

  looks(vehicle, unit, free) {
    const look = (more) => (button) => this.ask(button, vehicle, 'look', more);
    return el(
      'div',
      { class: 'buttons' },
      free ? held('drone.fly_there', { vehicle }, (button) => this.flyThere(button, vehicle)) : null,
      held('drone.look', { vehicle }, look({ sighting: this.sighting.id })),
      unit ? held('drone.follow', { vehicle, unit: halfOf(unit.name) }, look({ unit: unit.id })) : null,
      held('drone.ahead', { vehicle }, look({})),
    );
  }

  payload(vehicle, payload) {
    const use = (on) => (button) => {
      const text = payload.speaks && on ? this.words.value.trim() : '';
      if (payload.speaks && on && !text) {
        this.words.focus();
        return toast(t('drone.words_needed'), 'bad');
      }
      return this.ask(button, vehicle, `payloads/${encodeURIComponent(payload.name)}`, { on, text });
    };
    const values = { vehicle, payload: pick(payload) };
    return el('div', { class: 'buttons' }, held('drone.on', values, use(true)), held('drone.off', values, use(false)));
  }

  async flyThere(button, vehicle) {
    button.blur();
    const body = { confirm: vehicle, sighting: this.sighting.id };
    const answer = await act(button, () => post(`/vehicles/${encodeURIComponent(vehicle)}/fly-there`, body));
    if (answer) toast(t('drone.on_its_way', { vehicle, alt: Math.round(answer.alt_m) }));
  }

  ask(button, vehicle, what, more) {
    button.blur();
    const path = `/vehicles/${encodeURIComponent(vehicle)}/${what}`;
    return act(button, () => post(path, { confirm: vehicle, ...more }), t('drone.done', { vehicle }));
  }
}

// A button to hold that names the vehicle; it is made anew when the language changes.
function held(key, values, run) {
  const button = holdButton(key, run, '');
  delete button.dataset.t;
  button.textContent = t(key, values);
  return button;
}
