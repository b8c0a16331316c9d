// What is flown: an area looked at whole, rings inside it, or a pattern about a place on the map.
import { map } from '../shared/settings.js';
import { el } from '../shared/dom.js';
import { labelled, t } from '../shared/i18n.js';
import { toast } from '../shared/toast.js';
import { PointSketch } from '../map/draw.js';

// Name, usual value, least, most, step.
const COURSE = ['course_deg', 0, 0, 359, 1];
const SIDES = [['long_m', 1000, 10, 20000, 10], ['short_m', 500, 10, 20000, 10], COURSE];
const FIELDS = {
  coverage: [],
  perimeter: [['rings', 1, 1, 20, 1]],
  orbit: [['radius_m', 200, 10, 5000, 10], ['turns', 1, 1, 50, 1]],
  'expanding-square': [['legs', 12, 2, 200, 1], COURSE],
  sector: [['radius_m', 300, 10, 5000, 10], ['passes', 1, 1, 6, 1], COURSE],
  'parallel-track': SIDES,
  'creeping-line': SIDES,
};
const OF_AREAS = ['coverage', 'perimeter'];
const PLACE = { pane: 'draw', radius: 7, color: '#0f62b8', weight: 2.5, fillColor: '#fff', fillOpacity: 1, interactive: false };

export class PlanningPattern {
  // `onChange()` after every change; `number` makes a field for a figure.
  constructor(onChange, number) {
    Object.assign(this, { onChange, number, at: null, inputs: {} });
    const kinds = Object.keys(FIELDS).map((kind) => labelled(el('option', { value: kind }), `plan.kind_${kind}`));
    this.select = el('select', { id: 'plan-kind', 'aria-labelledby': 'plan-kind-legend', on: { change: () => this.chosen() } }, kinds);
    this.pick = labelled(el('button', { type: 'button', on: { click: () => this.place() } }), 'plan.pick');
    this.words = el('p', { class: 'dim small wide', role: 'status' });
    this.node = el('fieldset', { class: 'grid2' });
    this.always = [
      labelled(el('legend', { id: 'plan-kind-legend' }), 'plan.what'),
      el('div', { class: 'wide' }, this.select),
    ];
    this.marker = L.circleMarker([0, 0], PLACE);
    this.fill();
  }

  get kind() {
    return this.select.value;
  }

  get isCoverage() {
    return this.kind === 'coverage';
  }

  get needsArea() {
    return OF_AREAS.includes(this.kind);
  }

  get isReady() {
    return this.needsArea || this.at !== null;
  }

  // What the planner needs beside area and fleet.
  get figures() {
    const figures = { pattern: this.kind };
    for (const [name, input] of Object.entries(this.inputs)) figures[name] = Number(input.value);
    if (this.at && !this.needsArea) figures.at = this.at;
    return figures;
  }

  chosen() {
    this.sketch?.cancel();
    this.fill();
    this.onChange();
  }

  fill() {
    this.inputs = {};
    const fields = FIELDS[this.kind].map(([name, value, least, most, step]) => {
      this.inputs[name] = this.number(`plan-${name}`, value, least, most, step, () => this.onChange());
      return el('label', {}, labelled(el('span'), `plan.${name}`), this.inputs[name]);
    });
    const place = this.needsArea ? [] : [el('div', { class: 'wide' }, this.pick), this.words];
    this.node.replaceChildren(...this.always, ...fields, ...place);
    this.tell();
  }

  place() {
    this.sketch?.cancel();
    toast(t('plan.how_to_pick'));
    const done = (at) => {
      Object.assign(this, { sketch: null, at });
      this.tell();
      this.onChange();
    };
    this.sketch = new PointSketch(done, () => (this.sketch = null));
  }

  tell() {
    const shown = this.at !== null && !this.needsArea;
    this.words.textContent = shown ? t('plan.place', { lat: this.at[0].toFixed(5), lon: this.at[1].toFixed(5) }) : t('plan.no_place');
    if (shown) this.marker.setLatLng(this.at).addTo(map);
    else this.marker.remove();
  }

  leave() {
    this.sketch?.cancel();
    this.marker.remove();
  }
}
