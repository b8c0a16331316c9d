// From an area to an operation: set the area and the figures, plan, look, create.
import { settings } from '../shared/settings.js';
import { el } from '../shared/dom.js';
import { post } from '../shared/api.js';
import { act } from '../shared/act.js';
import { distance, duration, percent } from '../shared/format.js';
import { labelled, t } from '../shared/i18n.js';
import { toast } from '../shared/toast.js';
import { byNumber } from '../map/fleet.js';
import { PlanningArea } from './planning_area.js';
import { PlanningPattern } from './planning_pattern.js';

// Name, usual value, least, most, step.
const FIGURES = [
  ['swath_m', 60, 5, 1000, 1],
  ['altitude_m', 60, 5, 500, 1],
  ['speed_m_s', 10, 1, 30, 0.5],
  ['endurance_s', 1500, 60, 20000, 10],
];

export class Planning {
  constructor(store, drawer, plans, selection) {
    Object.assign(this, { store, drawer, plans, selection, plan: null });
  }

  open() {
    this.plan = null;
    const proposed = (swath) => (this.inputs.swath_m.value = String(swath));
    this.area = new PlanningArea(() => this.fresh(), proposed);
    this.pattern = new PlanningPattern(() => this.fresh(), number);
    const parts = [this.pattern.node, this.area.node, this.fleetPart(), this.figuresPart(), this.planPart(), this.createPart()];
    this.form = el('form', { class: 'form planning', on: { submit: (event) => event.preventDefault() } }, parts);
    this.drawer.open('plan.title', this.form, () => this.leave());
    this.show();
  }

  leave() {
    this.area.leave();
    this.pattern.leave();
    this.plans.showPreview(null);
  }

  fleetPart() {
    const free = [...this.store.vehicles.values()].filter((vehicle) => vehicle.operation === null);
    free.sort((a, b) => byNumber(a.id, b.id));
    const changed = { change: () => this.fresh() };
    this.boxes = free.map(({ id }) => el('input', { type: 'checkbox', value: id, checked: true, on: changed }));
    const names = free.map((vehicle, i) => el('label', {}, this.boxes[i], ` ${vehicle.name}`));
    this.drones = number('plan-drones', 2, 1, 100, 1, () => this.fresh());
    const none = [
      el('label', {}, labelled(el('span'), 'plan.drones'), this.drones),
      labelled(el('p', { class: 'dim small' }), 'plan.no_free_vehicles'),
    ];
    const list = free.length ? el('div', { class: 'checkboxes' }, names) : none;
    return el('fieldset', {}, labelled(el('legend'), 'plan.vehicles'), list);
  }

  figuresPart() {
    this.inputs = {};
    const fields = FIGURES.map(([name, value, least, most, step]) => {
      this.inputs[name] = number(`plan-${name}`, value, least, most, step, () => this.fresh());
      return el('label', {}, labelled(el('span'), `plan.${name}`), this.inputs[name]);
    });
    return el('fieldset', { class: 'grid2' }, labelled(el('legend'), 'plan.figures'), this.cameraFields(), fields);
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
    return this.camera.value !== '' && this.pattern.isCoverage;
  }

  swathFieldsShown() {
    this.inputs.swath_m.parentNode.classList.toggle('hidden', this.byCamera);
    this.overlapField.classList.toggle('hidden', !this.byCamera);
  }

  planPart() {
    this.planButton = primary('plan.make', () => this.make());
    this.figures = el('div', { role: 'status' });
    return el('fieldset', {}, this.planButton, this.figures);
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
    this.show();
  }

  show() {
    const { pattern } = this;
    this.area.show(this.plan === null && pattern.needsArea);
    this.area.node.classList.toggle('hidden', !pattern.needsArea);
    this.cameraField.classList.toggle('hidden', !pattern.isCoverage);
    this.swathFieldsShown();
    this.planButton.disabled = !pattern.isReady || (pattern.needsArea && this.area.isEmpty);
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
    for (const [name, input] of Object.entries(this.inputs)) if (input.value !== '') asked[name] = Number(input.value);
    if (this.byCamera) {
      delete asked.swath_m;
      Object.assign(asked, { camera: this.camera.value, overlap: Number(this.overlap.value) });
    }
    const places = chosen
      .map((id) => this.store.vehicles.get(id))
      .map((v) => (v && v.lat !== null ? [v.lat, v.lon] : null));
    if (chosen.length && places.every(Boolean)) asked.starts = places;
    if (!this.pattern.isCoverage) {
      Object.assign(asked, this.pattern.figures, { spacing_m: asked.swath_m });
      delete asked.swath_m;
    }
    return asked;
  }

  async make() {
    if (!this.form.reportValidity()) return;
    this.figures.textContent = t('plan.working');
    const form = this.form;
    const plan = await act(this.planButton, () => post(this.pattern.isCoverage ? '/plans' : '/plans/pattern', this.request()));
    if (this.form !== form || !form.isConnected) return;
    this.figures.replaceChildren();
    if (!plan) return;
    this.plan = plan;
    this.show();
    this.plans.showPreview(plan, this.vehicles());
    this.figures.replaceChildren(figuresOf(plan));
  }

  async create() {
    const name = this.name.value.trim();
    const purpose = this.purpose.value.trim();
    if (!name || !purpose) {
      toast(t('plan.name_needed'), 'bad');
      (name ? this.purpose : this.name).focus();
      return;
    }
    const body = { plan_hash: this.plan.properties.hash, name, purpose, vehicles: this.vehicles() };
    const operation = await act(this.createButton, () => post('/operations', body), t('plan.created'));
    if (!operation) return;
    this.drawer.close();
    this.selection.choose('operation', operation.id, true);
  }
}

const primary = (key, run) => labelled(el('button', { type: 'button', class: 'primary', on: { click: run } }), key);

const number = (id, value, min, max, step, changed) =>
  el('input', { type: 'number', id, min, max, step, value: String(value), on: { input: changed } });

function figuresOf(plan) {
  const sorties = plan.features.filter((f) => f.properties.kind === 'sortie');
  const length = sorties.reduce((sum, f) => sum + f.properties.length_m, 0);
  const facts = [
    ['plan.covered', percent(plan.properties.covered_fraction, 2)],
    ['plan.makespan', duration(plan.properties.makespan_s)],
    ['plan.sorties', String(sorties.length)],
    ['plan.length', distance(length)],
  ];
  const lines = facts.flatMap(([key, value]) => [el('dt', {}, t(key)), el('dd', {}, value)]);
  return el('dl', { class: 'facts num' }, lines);
}
