// From an area to an operation: set the area and the figures, plan, look, create.
import { settings } from '../shared/settings.js';
import { el } from '../shared/dom.js';
import { post } from '../shared/api.js';
import { act } from '../shared/act.js';
import { labelled, t } from '../shared/i18n.js';
import { toast } from '../shared/toast.js';
import { byNumber } from '../map/fleet.js';
import { PatrolSchedule } from './patrol_schedule.js';
import { figuresOf } from './plan_figures.js';
import { PlanningArea } from './planning_area.js';
import { PlanningPatrol } from './planning_patrol.js';
import { PlanningPattern } from './planning_pattern.js';

const ABOVE = ['take_off', 'ground', 'sea'];
const HIGHEST_M = 500;
// More free vehicles than these are chosen by hand: nobody means all of them.
const MANY_VEHICLES = 12;
const HIGHEST_AMSL_M = 9500;
// Name, usual value, least, most, step.
const FIGURES = [
  ['swath_m', 60, 5, 1000, 1],
  ['altitude_m', 60, 5, HIGHEST_M, 1],
  ['speed_m_s', 10, 1, 30, 0.5],
  ['endurance_s', 1500, 60, 20000, 10],
];

export class Planning {
  constructor(store, drawer, plans, selection) {
    Object.assign(this, { store, drawer, plans, selection, plan: null, drawn: null });
  }

  // `rest`: the operation of which only what nobody has looked at yet is planned.
  open(rest = null) {
    Object.assign(this, { plan: null, rest, chosen: null });
    const proposed = (swath) => (this.inputs.swath_m.value = String(swath));
    this.area = new PlanningArea(() => this.fresh(), proposed, rest ? null : this.drawn);
    this.pattern = new PlanningPattern(() => this.fresh(), number);
    this.patrol = new PlanningPatrol(() => this.fresh(), number);
    this.schedule = new PatrolSchedule((button, flight) => this.useFlight(button, flight));
    const parts = [this.pattern.node, this.patrol.node, this.area.node, this.fleetPart(), this.figuresPart(), this.planPart(), this.createPart()];
    this.form = el('form', { class: 'form planning', on: { submit: (event) => event.preventDefault() } }, parts);
    if (Number.isFinite(this.area.properties.swath_m)) proposed(this.area.properties.swath_m);
    this.drawer.open(rest ? 'plan.rest_title' : 'plan.title', this.form, () => this.leave(), () => this.hasWork);
    this.show();
  }

  get hasWork() {
    return this.plan !== null || !this.area.isBlank || this.pattern.isPlaced || !this.patrol.isEmpty;
  }

  // What was drawn stays for the next time.
  leave() {
    if (!this.rest) this.drawn = this.area.drawn;
    this.area.leave();
    this.pattern.leave();
    this.patrol.leave();
    this.schedule.leave();
    this.plans.showPreview(null);
  }

  fleetPart() {
    const free = [...this.store.vehicles.values()].filter((vehicle) => vehicle.operation === null);
    free.sort((a, b) => byNumber(a.id, b.id));
    const changed = { change: () => this.fresh() };
    const many = free.length > MANY_VEHICLES;
    this.boxes = free.map(({ id }) => el('input', { type: 'checkbox', value: id, checked: !many, on: changed }));
    const names = free.map((vehicle, i) => el('label', {}, this.boxes[i], ` ${vehicle.name}`));
    this.drones = number('plan-drones', 2, 1, 100, 1, () => this.fresh());
    const none = [
      el('label', {}, labelled(el('span'), 'plan.drones'), this.drones),
      labelled(el('p', { class: 'dim small' }), 'plan.no_free_vehicles'),
    ];
    const list = free.length ? [many ? this.allOrNone() : null, el('div', { class: 'checkboxes' }, names)] : none;
    return (this.fleet = el('fieldset', {}, labelled(el('legend'), 'plan.vehicles'), list));
  }

  allOrNone() {
    const check = (on) => () => {
      for (const box of this.boxes) box.checked = on;
      this.fresh();
    };
    const button = (key, on) => labelled(el('button', { type: 'button', on: { click: check(on) } }), key);
    this.chosen = el('span', { class: 'dim small', role: 'status' });
    return el('div', { class: 'line' }, button('plan.all_vehicles', true), button('plan.no_vehicles', false), this.chosen);
  }

  get nobodyChosen() {
    return this.boxes.length > 0 && this.vehicles().length === 0;
  }

  figuresPart() {
    this.inputs = {};
    const fields = FIGURES.map(([name, value, least, most, step]) => {
      this.inputs[name] = number(`plan-${name}`, value, least, most, step, () => this.fresh());
      return el('label', {}, labelled(el('span'), `plan.${name}`), this.inputs[name]);
    });
    const parts = [...this.cameraFields(), ...fields, this.aboveField()];
    return (this.figuresNode = el('fieldset', { class: 'grid2' }, labelled(el('legend'), 'plan.figures'), parts));
  }

  // What the altitude is above; ground and sea need heights of the site.
  aboveField() {
    const options = ABOVE.map((above) => labelled(el('option', { value: above }), `plan.above_${above}`));
    const chosen = () => {
      this.inputs.altitude_m.max = String(this.above.value === 'sea' ? HIGHEST_AMSL_M : HIGHEST_M);
      this.fresh();
    };
    this.above = el('select', { id: 'plan-above', on: { change: chosen } }, options);
    return (this.aboveLabel = el('label', { class: 'wide' }, labelled(el('span'), 'plan.altitude_above'), this.above));
  }

  // The swath is given, or follows from a camera at the altitude.
  cameraFields() {
    const given = labelled(el('option', { value: '' }), 'plan.swath_given');
    const cameras = settings.cameras.map((camera) => el('option', { value: camera.name }, camera.title));
    this.camera = el('select', { id: 'plan-camera', on: { change: () => this.fresh() } }, given, cameras);
    this.overlap = number('plan-overlap', 0.3, 0, 0.9, 0.05, () => this.fresh());
    this.overlapField = el('label', { class: 'hidden' }, labelled(el('span'), 'plan.overlap'), this.overlap);
    this.cameraField = el('label', { class: 'wide' }, labelled(el('span'), 'plan.camera'), this.camera);
    return [this.cameraField, this.overlapField];
  }

  get byCamera() {
    return this.camera.value !== '' && !this.pattern.isPatrol;
  }

  swathFieldsShown() {
    this.inputs.swath_m.parentNode.classList.toggle('hidden', this.byCamera || this.pattern.isPatrol);
    this.overlapField.classList.toggle('hidden', !this.byCamera);
  }

  planPart() {
    this.planButton = primary('plan.make', () => this.make());
    this.figures = el('div', { role: 'status' });
    return el('fieldset', {}, this.planButton, this.schedule.node, this.figures);
  }

  createPart() {
    this.name = el('input', { maxlength: 100, id: 'plan-name', autocomplete: 'off' });
    this.purpose = el('input', { maxlength: 500, id: 'plan-purpose', autocomplete: 'off' });
    this.createButton = primary('plan.create', () => this.create());
    this.creation = el(
      'fieldset',
      {},
      labelled(el('legend'), 'plan.operation'),
      el('label', {}, labelled(el('span'), 'plan.name'), this.name),
      el('label', {}, labelled(el('span'), 'plan.purpose'), this.purpose),
      this.createButton,
    );
    return this.creation;
  }

  // What was planned does not fit the figures any more.
  fresh() {
    this.plan = null;
    this.plans.showPreview(null);
    this.schedule.clear();
    this.show();
  }

  show() {
    const { pattern, patrol } = this;
    const { isPatrol } = pattern;
    this.area.zonesOnly(!pattern.needsArea, !isPatrol);
    this.area.show(this.plan === null);
    patrol.show(isPatrol);
    pattern.dim(this.plan !== null);
    this.cameraField.classList.toggle('hidden', isPatrol);
    this.aboveLabel.classList.toggle('hidden', isPatrol);
    this.swathFieldsShown();
    for (const node of [pattern.node, this.area.node, this.figuresNode]) node.classList.toggle('hidden', this.rest !== null);
    labelled(this.planButton, this.rest ? 'plan.make_rest' : isPatrol ? 'patrol.make' : 'plan.make');
    if (this.chosen) this.chosen.textContent = t('plan.chosen_vehicles', { n: this.vehicles().length });
    if (this.rest) this.planButton.disabled = this.nobodyChosen;
    else if (isPatrol) this.planButton.disabled = !patrol.isReady;
    else this.planButton.disabled = this.nobodyChosen || !pattern.isReady || (pattern.needsArea && this.area.isEmpty);
    this.creation.classList.toggle('hidden', this.plan === null || this.vehicles().length === 0);
    if (!this.plan) this.figures.replaceChildren();
  }

  vehicles() {
    return this.boxes.filter((box) => box.checked).map((box) => box.value);
  }

  request() {
    const chosen = this.vehicles();
    const asked = { drones: chosen.length || Number(this.drones.value) };
    if (this.pattern.needsArea) asked.area = this.area.geojson;
    else Object.assign(asked, this.area.zonesToAvoid, this.area.pads.length ? { pads: this.area.pads } : {});
    for (const [name, input] of Object.entries(this.inputs)) if (input.value !== '') asked[name] = Number(input.value);
    if (this.above.value !== ABOVE[0]) asked.above = this.above.value;
    if (this.byCamera) {
      delete asked.swath_m;
      Object.assign(asked, { camera: this.camera.value, overlap: Number(this.overlap.value) });
    }
    Object.assign(asked, this.startsOf(chosen));
    if (!this.pattern.isCoverage) {
      Object.assign(asked, this.pattern.figures, this.byCamera ? {} : { spacing_m: asked.swath_m });
      delete asked.swath_m;
    }
    return asked;
  }

  restRequest() {
    const chosen = this.vehicles();
    return { operation: this.rest.id, drones: chosen.length || Number(this.drones.value), ...this.startsOf(chosen) };
  }

  // Where the chosen vehicles are, if all of them say so.
  startsOf(chosen) {
    const places = chosen
      .map((id) => this.store.vehicles.get(id))
      .map((v) => (v && v.lat !== null ? [v.lat, v.lon] : null));
    return chosen.length && places.every(Boolean) ? { starts: places } : {};
  }

  async make() {
    if (!this.form.reportValidity()) return;
    if (this.pattern.isPatrol && !this.rest) {
      await this.makePatrol();
      return;
    }
    this.figures.textContent = t('plan.working');
    const form = this.form;
    const [path, asked] = this.rest ? ['/plans/rest', this.restRequest()] : [this.pattern.isCoverage ? '/plans' : '/plans/pattern', this.request()];
    const plan = await act(this.planButton, () => post(path, asked));
    if (this.form !== form || !form.isConnected) return;
    this.figures.replaceChildren();
    if (!plan) return;
    this.plan = plan;
    this.show();
    this.plans.showPreview(plan, this.vehicles());
    this.figures.replaceChildren(figuresOf(plan));
    this.inView();
  }

  // On a small screen what came of it would lie below the fold, and with it the next step.
  inView() {
    this.figures.scrollIntoView({ block: 'nearest' });
    this.creation.scrollIntoView({ block: 'nearest' });
  }

  // Who looks at which site when; nothing is flown by it.
  async makePatrol() {
    const { form } = this;
    this.fresh();
    this.figures.textContent = t('plan.working');
    const { speed_m_s: speed, endurance_s: endurance } = this.inputs;
    const asked = { ...this.patrol.request(this.area.zones), speed_m_s: Number(speed.value), endurance_s: Number(endurance.value) };
    const day = await act(this.planButton, () => post('/patrols', asked));
    if (this.form !== form || !form.isConnected) return;
    this.figures.replaceChildren();
    if (!day) return;
    this.schedule.show(day);
    this.schedule.node.scrollIntoView({ block: 'nearest' });
  }

  // One flight of the schedule becomes a plan, for one drone, that is flown as any other.
  async useFlight(button, { way, stops }) {
    const { form } = this;
    const line = { type: 'MultiPoint', coordinates: stops.map(({ lat, lon }) => [lon, lat]) };
    const stays = stops.map((stop) => stop.stay_s);
    const asked = { pattern: 'route', line, stays_s: stays, starts: [way[0]], drones: 1, ...this.area.zonesToAvoid };
    for (const name of ['altitude_m', 'speed_m_s', 'endurance_s']) asked[name] = Number(this.inputs[name].value);
    const plan = await act(button, () => post('/plans/pattern', asked));
    if (this.form !== form || !form.isConnected || !plan) return;
    this.plan = plan;
    this.show();
    this.plans.showPreview(plan, this.vehicles().slice(0, 1));
    this.figures.replaceChildren(figuresOf(plan), el('p', { class: 'small' }, t('patrol.flight_planned')));
    this.inView();
  }

  async create() {
    const name = this.name.value.trim();
    const purpose = this.purpose.value.trim();
    if (!name || !purpose) {
      toast(t('plan.name_needed'), 'bad');
      (name ? this.purpose : this.name).focus();
      return;
    }
    const vehicles = this.pattern.isPatrol ? this.vehicles().slice(0, 1) : this.vehicles();
    const body = { plan_hash: this.plan.properties.hash, name, purpose, vehicles };
    const operation = await act(this.createButton, () => post('/operations', body), t('plan.created'));
    if (!operation) return;
    this.drawer.close();
    this.drawn = null;
    this.selection.choose('operation', operation.id, true);
  }
}

const primary = (key, run) => labelled(el('button', { type: 'button', class: 'primary', on: { click: run } }), key);

const number = (id, value, min, max, step, changed) =>
  el('input', { type: 'number', id, min, max, step, value: String(value), on: { input: changed } });
