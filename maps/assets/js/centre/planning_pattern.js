// What is flown: an area looked at whole, rings inside it, a pattern about a place, along a line, or a day of patrol.
import { map } from '../shared/settings.js';
import { el } from '../shared/dom.js';
import { distance, metresBetween } from '../shared/format.js';
import { labelled, t } from '../shared/i18n.js';
import { toast } from '../shared/toast.js';
import { LineSketch, PointSketch } from '../map/draw.js';

// Name, usual value, least, most, step.
const COURSE = ['course_deg', 0, 0, 359, 1];
const SIDES = [['long_m', 1000, 10, 20000, 10], ['short_m', 500, 10, 20000, 10], COURSE];
const FIELDS = {
  coverage: [],
  perimeter: [['rings', 1, 1, 20, 1]],
  corridor: [['width_m', 0, 0, 5000, 10]],
  route: [['stay_s', 30, 0, 3600, 5]],
  orbit: [['radius_m', 200, 10, 5000, 10], ['turns', 1, 1, 50, 1]],
  'expanding-square': [['legs', 12, 2, 200, 1], COURSE],
  sector: [['radius_m', 300, 10, 5000, 10], ['passes', 1, 1, 6, 1], COURSE],
  'parallel-track': SIDES,
  'creeping-line': SIDES,
  patrol: [],
};
const OF_AREAS = ['coverage', 'perimeter'];
const OF_LINES = ['corridor', 'route'];
const LINE = { pane: 'draw', color: '#0f62b8', weight: 3, interactive: false };
const PLACE = { pane: 'draw', radius: 7, color: '#0f62b8', weight: 2.5, fillColor: '#fff', fillOpacity: 1, interactive: false };

export class PlanningPattern {
  // `onChange()` after every change; `number` makes a field for a figure.
  constructor(onChange, number) {
    Object.assign(this, { onChange, number, at: null, line: null, inputs: {} });
    const kinds = Object.keys(FIELDS).map((kind) => labelled(el('option', { value: kind }), `plan.kind_${kind}`));
    this.select = el('select', { id: 'plan-kind', 'aria-labelledby': 'plan-kind-legend', on: { change: () => this.chosen() } }, kinds);
    this.pick = el('button', { type: 'button', on: { click: () => this.place() } });
    this.words = el('p', { class: 'dim small wide', role: 'status' });
    this.node = el('fieldset', { class: 'grid2' });
    this.always = [
      labelled(el('legend', { id: 'plan-kind-legend' }), 'plan.what'),
      el('div', { class: 'wide' }, this.select),
    ];
    this.marker = L.circleMarker([0, 0], PLACE);
    this.course = L.polyline([], LINE);
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

  get isPatrol() {
    return this.kind === 'patrol';
  }

  get isRoute() {
    return this.kind === 'route';
  }

  get needsLine() {
    return OF_LINES.includes(this.kind);
  }

  get needsPlace() {
    return !this.needsArea && !this.needsLine && !this.isPatrol;
  }

  get isPlaced() {
    return this.line !== null || this.at !== null;
  }

  get isReady() {
    return (this.needsLine && this.line !== null) || (this.needsPlace && this.at !== null) || this.needsArea;
  }

  // What the planner needs beside area and fleet.
  get figures() {
    const figures = { pattern: this.kind };
    for (const [name, input] of Object.entries(this.inputs)) figures[name] = Number(input.value);
    if (this.at && this.needsPlace) figures.at = this.at;
    if (this.needsLine) figures.line = { type: 'LineString', coordinates: this.line };
    if (this.isRoute) Object.assign(figures, { stays_s: [figures.stay_s], stay_s: undefined });
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
    labelled(this.pick, this.isRoute ? 'plan.draw_stops' : this.needsLine ? 'plan.draw_line' : 'plan.pick');
    const place = this.needsPlace || this.needsLine ? [el('div', { class: 'wide' }, this.pick), this.words] : [];
    this.node.replaceChildren(...this.always, ...fields, ...place);
    this.tell();
  }

  place() {
    this.sketch?.cancel();
    toast(t(this.needsLine ? 'plan.how_to_draw' : 'plan.how_to_pick'), 'hint');
    const done = (found) => {
      this.sketch = null;
      if (this.needsLine) this.line = found;
      else this.at = found;
      this.tell();
      this.onChange();
    };
    this.sketch = new (this.needsLine ? LineSketch : PointSketch)(done, () => (this.sketch = null));
  }

  tell() {
    this.marker.remove();
    this.course.remove();
    if (this.needsLine) this.tellLine();
    else if (this.needsPlace) this.tellPlace();
  }

  // Once there is a plan, its own colours say who flies what.
  dim(planned) {
    this.course.setStyle({ opacity: planned ? 0.15 : 1 });
  }

  tellPlace() {
    if (this.at) this.marker.setLatLng(this.at).addTo(map);
    this.words.textContent = this.at ? t('plan.place', { lat: this.at[0].toFixed(5), lon: this.at[1].toFixed(5) }) : t('plan.no_place');
  }

  tellLine() {
    const turned = (this.line ?? []).map(([lon, lat]) => [lat, lon]);
    if (this.line) this.course.setLatLngs(turned).addTo(map);
    const metres = turned.slice(1).reduce((sum, at, i) => sum + metresBetween(...turned[i], ...at), 0);
    const words = { length: distance(metres), stops: turned.length };
    if (this.isRoute) this.words.textContent = t(this.line ? 'plan.stops' : 'plan.no_stops', words);
    else this.words.textContent = t(this.line ? 'plan.line' : 'plan.no_line', words);
  }

  leave() {
    this.sketch?.cancel();
    this.marker.remove();
    this.course.remove();
  }
}
