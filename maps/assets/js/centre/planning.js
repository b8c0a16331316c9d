// From an area to an operation: draw or open, set the figures, plan, look, create.
import { map, settings } from '../shared/settings.js';
import { el } from '../shared/dom.js';
import { post } from '../shared/api.js';
import { act } from '../shared/act.js';
import { distance, duration, percent } from '../shared/format.js';
import { labelled, t } from '../shared/i18n.js';
import { toast } from '../shared/toast.js';
import { PolygonSketch } from '../map/draw.js';
import { byNumber } from '../map/fleet.js';

const LARGEST_FILE = 2 * 2 ** 20;
const FIGURES = [
  ['swath_m', 60, 5, 1000, 1], ['altitude_m', 60, 5, 500, 1], ['speed_m_s', 10, 1, 30, 0.5],
  ['endurance_s', 1500, 60, 20000, 10],
];

export class Planning {
  constructor(store, drawer, plans, selection) {
    Object.assign(this, { store, drawer, plans, selection, features: [], plan: null });
    this.layer = L.layerGroup().addTo(map);
  }

  open() {
    Object.assign(this, { features: [], plan: null });
    this.form = el('form', { class: 'form planning', on: { submit: (event) => event.preventDefault() } },
      this.areaPart(), this.fleetPart(), this.figuresPart(), this.planPart(), this.createPart());
    this.drawer.open('plan.title', this.form, () => this.leave());
    this.show();
  }

  leave() {
    this.sketch?.cancel();
    this.layer.clearLayers();
    this.plans.showPreview(null);
  }

  areaPart() {
    this.areaText = el('p', { class: 'dim small', role: 'status' });
    this.drawButtons = [
      this.button('plan.draw_area', () => this.draw('area')),
      this.button('plan.draw_no_fly', () => this.draw('no_fly')),
      this.button('plan.start_over', () => this.restart()),
    ];
    const file = el('input', { type: 'file', accept: '.geojson,.json,application/geo+json', id: 'area-file', on: { change: () => this.read(file) } });
    return el('fieldset', {}, labelled(el('legend'), 'plan.area'), el('div', { class: 'buttons' }, this.drawButtons),
      el('label', { class: 'file' }, labelled(el('span'), 'plan.upload'), file), this.areaText);
  }

  fleetPart() {
    const ready = [...this.store.vehicles.values()].filter((v) => v.operation === null).sort((a, b) => byNumber(a.id, b.id));
    this.boxes = ready.map((vehicle) => el('input', { type: 'checkbox', value: vehicle.id, checked: true, on: { change: () => this.fresh() } }));
    const list = el('div', { class: 'checkboxes' }, this.boxes.map((box, i) => el('label', {}, box, ` ${ready[i].name}`)));
    this.drones = el('input', { type: 'number', min: 1, max: 100, value: '2', id: 'plan-drones', on: { input: () => this.fresh() } });
    const none = el('label', {}, labelled(el('span'), 'plan.drones'), this.drones);
    const why = labelled(el('p', { class: 'dim small' }), 'plan.no_free_vehicles');
    return el('fieldset', {}, labelled(el('legend'), 'plan.vehicles'), ready.length ? list : [none, why]);
  }

  figuresPart() {
    this.inputs = {};
    const fields = FIGURES.map(([name, value, min, max, step]) => {
      this.inputs[name] = el('input', { type: 'number', name, min, max, step, value: String(value), on: { input: () => this.fresh() } });
      return el('label', {}, labelled(el('span'), `plan.${name}`), this.inputs[name]);
    });
    return el('fieldset', { class: 'grid2' }, labelled(el('legend'), 'plan.figures'), this.cameraFields(), fields);
  }

  // The swath is given, or follows from a camera at the altitude.
  cameraFields() {
    const given = labelled(el('option', { value: '' }), 'plan.swath_given');
    this.camera = el('select', { id: 'plan-camera', on: { change: () => this.cameraChanged() } }, given,
      settings.cameras.map((camera) => el('option', { value: camera.name }, camera.title)));
    this.overlap = el('input', { type: 'number', min: 0, max: 0.9, step: 0.05, value: '0.3', on: { input: () => this.fresh() } });
    this.overlapField = el('label', { class: 'hidden' }, labelled(el('span'), 'plan.overlap'), this.overlap);
    return [el('label', { class: 'wide' }, labelled(el('span'), 'plan.camera'), this.camera), this.overlapField];
  }

  cameraChanged() {
    const camera = this.camera.value !== '';
    this.inputs.swath_m.parentNode.classList.toggle('hidden', camera);
    this.overlapField.classList.toggle('hidden', !camera);
    this.fresh();
  }

  planPart() {
    this.planButton = this.button('plan.make', () => this.make(), 'primary');
    this.figures = el('div', { class: 'plan-figures', role: 'status' });
    return el('fieldset', {}, this.planButton, this.figures);
  }

  createPart() {
    this.name = el('input', { maxlength: 100, id: 'plan-name', autocomplete: 'off' });
    this.purpose = el('input', { maxlength: 500, id: 'plan-purpose', autocomplete: 'off' });
    this.createButton = this.button('plan.create', () => this.create(), 'primary');
    this.creation = el('fieldset', {}, labelled(el('legend'), 'plan.operation'),
      el('label', {}, labelled(el('span'), 'plan.name'), this.name),
      el('label', {}, labelled(el('span'), 'plan.purpose'), this.purpose), this.createButton);
    return this.creation;
  }

  button(key, run, className = '') {
    return labelled(el('button', { type: 'button', class: className, on: { click: run } }), key);
  }

  draw(kind) {
    this.sketch?.cancel();
    toast(t('plan.how_to_draw'));
    const done = (ring) => {
      this.sketch = null;
      this.add(feature(kind, [ring]));
    };
    this.sketch = new PolygonSketch(done, () => (this.sketch = null));
  }

  async read(file) {
    const chosen = file.files[0];
    if (!chosen) return;
    try {
      if (chosen.size > LARGEST_FILE) throw new RangeError();
      const document = JSON.parse(await chosen.text());
      this.features = polygonsOf(document);
      this.outer = document.type === 'FeatureCollection' ? (document.properties ?? {}) : {};
      if (this.features.length === 0) throw new SyntaxError();
      if (Number.isFinite(this.outer.swath_m)) this.inputs.swath_m.value = String(this.outer.swath_m);
    } catch (error) {
      toast(t(error instanceof RangeError ? 'plan.file_large' : 'plan.file_wrong'), 'bad');
      this.features = [];
    }
    this.fresh();
    const bounds = L.geoJSON(collection(this.features)).getBounds();
    if (bounds.isValid()) map.fitBounds(bounds, { paddingTopLeft: [380, 50], paddingBottomRight: [50, 50], animate: false });
  }

  add(added) {
    this.features.push(added);
    this.fresh();
  }

  restart() {
    this.sketch?.cancel();
    this.features = [];
    this.fresh();
  }

  // What was planned does not fit the figures any more.
  fresh() {
    this.plan = null;
    this.plans.showPreview(null);
    this.show();
  }

  show() {
    this.layer.clearLayers();
    const style = (f) => (f.properties.kind === 'no_fly' ? { color: '#c2201a', weight: 2, dashArray: '5 4', className: 'no-fly', fillOpacity: 1 } : { color: '#0f62b8', weight: 2.5, fillOpacity: 0.1 });
    if (!this.plan) L.geoJSON(collection(this.features), { pane: 'zones', interactive: false, style, pointToLayer: () => L.layerGroup() }).addTo(this.layer);
    const count = (kind) => this.features.filter((f) => isPolygon(f) && (f.properties.kind === 'no_fly') === (kind === 'no_fly')).length;
    this.areaText.textContent = this.features.length ? t('plan.drawn', { areas: count('area'), zones: count('no_fly') }) : t('plan.no_area');
    this.planButton.disabled = count('area') === 0;
    this.creation.classList.toggle('hidden', this.plan === null || this.vehicles().length === 0);
    if (!this.plan) this.figures.replaceChildren();
  }

  vehicles() {
    return this.boxes.filter((box) => box.checked).map((box) => box.value);
  }

  request() {
    const chosen = this.vehicles();
    const places = chosen.map((id) => this.store.vehicles.get(id)).map((v) => (v && v.lat !== null ? [v.lat, v.lon] : null));
    const asked = { area: { ...collection(this.features), properties: this.outer ?? {} }, drones: chosen.length || Number(this.drones.value) };
    for (const [name, input] of Object.entries(this.inputs)) if (input.value !== '') asked[name] = Number(input.value);
    if (this.camera.value) {
      delete asked.swath_m;
      Object.assign(asked, { camera: this.camera.value, overlap: Number(this.overlap.value) });
    }
    if (chosen.length && places.every(Boolean)) asked.starts = places;
    return asked;
  }

  async make() {
    if (!this.form.reportValidity()) return;
    this.figures.textContent = t('plan.working');
    const plan = await act(this.planButton, () => post('/plans', this.request()));
    if (!plan || !this.drawer.isOpen) {
      this.figures.replaceChildren();
      return;
    }
    this.plan = plan;
    this.show();
    this.plans.showPreview(plan, this.vehicles());
    this.figures.replaceChildren(figuresOf(plan));
  }

  async create() {
    const body = { plan_hash: this.plan.properties.hash, name: this.name.value.trim(), purpose: this.purpose.value.trim(), vehicles: this.vehicles() };
    if (!body.name || !body.purpose) {
      toast(t('plan.name_needed'), 'bad');
      (body.name ? this.purpose : this.name).focus();
      return;
    }
    const operation = await act(this.createButton, () => post('/operations', body), t('plan.created'));
    if (!operation) return;
    this.drawer.close();
    this.selection.choose('operation', operation.id, true);
  }
}

const feature = (kind, coordinates) => ({ type: 'Feature', properties: { kind }, geometry: { type: 'Polygon', coordinates } });
const isPolygon = (f) => ['Polygon', 'MultiPolygon'].includes(f.geometry?.type);
const collection = (features) => ({ type: 'FeatureCollection', features });

// Features as they are in the file; a bare geometry becomes an area.
function polygonsOf(document) {
  if (document.type === 'FeatureCollection') return document.features.map((f) => ({ ...f, properties: f.properties ?? {} }));
  if (document.type === 'Feature') return [{ ...document, properties: document.properties ?? {} }];
  return [{ type: 'Feature', properties: { kind: 'area' }, geometry: document }];
}

function figuresOf(plan) {
  const sorties = plan.features.filter((f) => f.properties.kind === 'sortie');
  const length = sorties.reduce((sum, f) => sum + f.properties.length_m, 0);
  const facts = [
    ['plan.covered', percent(plan.properties.covered_fraction, 2)], ['plan.makespan', duration(plan.properties.makespan_s)],
    ['plan.sorties', String(sorties.length)], ['plan.length', distance(length)],
  ];
  return el('dl', { class: 'facts num' }, facts.flatMap(([key, value]) => [el('dt', {}, t(key)), el('dd', {}, value)]));
}
