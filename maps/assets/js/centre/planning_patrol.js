// A day of patrol: which sites are looked at again how often, from where, and when. The schedule comes from the server.
import { map } from '../shared/settings.js';
import { el } from '../shared/dom.js';
import { fileButton } from '../shared/file_button.js';
import { get } from '../shared/api.js';
import { labelled, pick, t } from '../shared/i18n.js';
import { toast } from '../shared/toast.js';
import { PointSketch } from '../map/draw.js';

// Kinds with a profile of their own for patrols; other sites are looked at every half hour.
const KINDS = ['school_gate', 'construction_site', 'residential', 'rail_line', 'village', 'checkpoint', 'event'];
const OWN_DEADLINE_MIN = 30;
const OWN_DWELL_S = 60;
const WINDOWS = /^\d\d:\d\d-\d\d:\d\d([,，、\s]+\d\d:\d\d-\d\d:\d\d)*$/;
const LARGEST_FILE = 2 * 2 ** 20;
const MARK = { pane: 'draw', radius: 6, weight: 2.5, fillOpacity: 1, interactive: false };
const SITE = { ...MARK, color: '#0f62b8', fillColor: '#fff' };
const STAND = { ...MARK, radius: 7, color: '#1d7a4c', fillColor: '#bfe8d0' };

export class PlanningPatrol {
  // `onChange()` after every change; `number` makes a field for a figure.
  constructor(onChange, number) {
    Object.assign(this, { onChange, number, base: null, pads: [], sites: [] });
    this.layer = L.layerGroup().addTo(map);
    this.begin = el('input', { type: 'time', id: 'patrol-begin', value: '07:00', on: { input: onChange } });
    this.end = el('input', { type: 'time', id: 'patrol-end', value: '19:00', on: { input: onChange } });
    this.drones = number('patrol-drones', '', 1, 200, 1, onChange);
    this.drones.required = false;
    this.jitter = el('input', { type: 'checkbox', id: 'patrol-jitter', on: { change: onChange } });
    this.list = el('ul', { class: 'patrol-sites' });
    this.words = el('p', { class: 'dim small', role: 'status' });
    this.node = el('div', { class: 'stack patrol hidden' }, this.sitesPart(), this.timesPart());
    this.tell();
  }

  sitesPart() {
    const file = el('input', { type: 'file', accept: '.geojson,.json,application/geo+json', id: 'patrol-file' });
    file.addEventListener('change', () => this.read(file.files[0]));
    file.addEventListener('click', () => (file.value = ''));
    const buttons = [
      button('patrol.pick_base', () => this.pickPlace((at) => (this.base = at))),
      button('patrol.pick_pad', () => this.pickPlace((at) => this.pads.push(at))),
      button('patrol.pick_site', () => this.pickPlace((at) => this.addSite({ name: this.freshName(), at }))),
      button('patrol.add_sites', () => this.addCatalogue()),
      button('plan.start_over', () => this.startOver()),
    ];
    return el(
      'fieldset',
      {},
      labelled(el('legend'), 'patrol.sites'),
      el('div', { class: 'buttons' }, buttons),
      fileButton('plan.upload', file),
      this.words,
      this.list,
    );
  }

  timesPart() {
    const field = (key, input, look = '') => el('label', { class: look }, labelled(el('span'), key), input);
    return el(
      'fieldset',
      { class: 'grid2' },
      labelled(el('legend'), 'patrol.when'),
      field('patrol.begin', this.begin),
      field('patrol.end', this.end),
      field('patrol.drones', this.drones, 'wide'),
      el('label', { class: 'line wide' }, this.jitter, labelled(el('span'), 'patrol.jitter')),
    );
  }

  get isEmpty() {
    return this.base === null && this.pads.length === 0 && this.sites.length === 0;
  }

  get isReady() {
    return this.base !== null && this.sites.length > 0;
  }

  freshName() {
    return t('patrol.site', { n: this.sites.length + 1 });
  }

  pickPlace(done) {
    this.sketch?.cancel();
    if (!this.told) toast(t('plan.how_to_pick'), 'hint');
    this.told = true;
    const found = (at) => {
      this.sketch = null;
      done(at);
      this.changed();
    };
    this.sketch = new PointSketch(found, () => (this.sketch = null));
  }

  // A site as the form keeps it; what is null is left to the profile of its kind.
  addSite({ name, at, kind = null, deadline_s: deadlineS = null, dwell_s: dwellS = null, windows = null }) {
    const own = kind === null || !KINDS.includes(kind);
    const site = { name, at, kind: own ? null : kind };
    site.deadlineMin = deadlineS === null ? (own ? OWN_DEADLINE_MIN : null) : deadlineS / 60;
    site.dwellS = dwellS === null ? (own ? OWN_DWELL_S : null) : dwellS;
    site.windows = windows === null ? '' : [windows].flat().join(' ');
    this.sites.push(site);
  }

  async addCatalogue() {
    let found = [];
    try {
      found = await get('/sites');
    } catch {
      return toast(t('error.unreachable'), 'bad');
    }
    const bounds = map.getBounds();
    const middle = (site) => L.polygon(site.areas.map((area) => area[0].map(([lon, lat]) => [lat, lon]))).getBounds().getCenter();
    const shown = found.map((site) => [site, middle(site)]).filter(([, at]) => bounds.contains(at));
    for (const [site, { lat, lng }] of shown) this.addSite({ name: pick(site), at: [lat, lng], kind: site.profile.id });
    if (shown.length === 0) toast(t('patrol.no_sites_in_view'), 'bad');
    return this.changed();
  }

  // Sites, base and pads as `aeropatrol patrol` reads them; only points are taken here.
  async read(chosen) {
    if (!chosen) return;
    try {
      if (chosen.size > LARGEST_FILE) throw new RangeError();
      const points = JSON.parse(await chosen.text()).features.filter((f) => f.geometry?.type === 'Point');
      if (points.length === 0) throw new SyntaxError();
      for (const { properties, geometry } of points) this.take(properties ?? {}, geometry.coordinates);
    } catch (error) {
      toast(t(error instanceof RangeError ? 'plan.file_large' : 'patrol.file_wrong'), 'bad');
    }
    this.changed();
  }

  take(properties, [lon, lat]) {
    if (!Number.isFinite(lat) || !Number.isFinite(lon)) throw new SyntaxError();
    const at = [lat, lon];
    if (['base', 'home', 'start'].includes(properties.kind)) this.base = at;
    else if (properties.kind === 'pad') this.pads.push(at);
    else this.addSite({ ...properties, at, name: String(properties.name ?? properties.zh ?? properties.id ?? this.freshName()) });
  }

  startOver() {
    this.sketch?.cancel();
    Object.assign(this, { base: null, pads: [], sites: [] });
    this.changed();
  }

  changed() {
    this.tell();
    this.onChange();
  }

  tell() {
    this.words.textContent = t('patrol.there_is', {
      base: t(this.base ? 'patrol.base_set' : 'patrol.no_base'),
      pads: this.pads.length,
      sites: this.sites.length,
    });
    this.list.replaceChildren(...this.sites.map((site, i) => this.row(site, i)));
    this.draw();
  }

  row(site, index) {
    const set = (name, input, number) =>
      input.addEventListener('input', () => {
        site[name] = number ? (input.value === '' ? null : Number(input.value)) : input.value;
        this.draw();
        this.onChange();
      });
    const field = (key, name, options, number) => {
      const input = el('input', { id: `patrol-${name}-${index}`, ...options, value: site[name] ?? '' });
      set(name, input, number);
      return el('label', {}, labelled(el('span'), key), input);
    };
    const hint = site.kind ? t('patrol.by_kind') : '';
    const remove = el('button', { type: 'button', class: 'quiet', 'aria-label': t('patrol.remove', { name: site.name }) }, '×');
    remove.addEventListener('click', () => {
      this.sites.splice(index, 1);
      this.changed();
    });
    const minutes = { type: 'number', min: 1, max: 10080, step: 'any', placeholder: hint, required: !site.kind };
    const seconds = { type: 'number', min: 0, max: 3600, step: 1, placeholder: hint };
    const windows = { placeholder: site.kind ? hint : '07:00-08:30', maxlength: 80, pattern: WINDOWS.source };
    return el(
      'li',
      {},
      el('div', { class: 'line' }, this.nameField(site, set, index), remove),
      el(
        'div',
        { class: 'three' },
        field('patrol.deadline', 'deadlineMin', minutes, true),
        field('patrol.dwell', 'dwellS', seconds, true),
        field('patrol.windows', 'windows', windows, false),
      ),
    );
  }

  nameField(site, set, index) {
    const input = el('input', { id: `patrol-name-${index}`, maxlength: 60, required: true, value: site.name });
    labelled(input, 'patrol.name', 'aria-label');
    set('name', input, false);
    return input;
  }

  draw() {
    this.layer.clearLayers();
    const label = (at, words) => {
      const icon = L.divIcon({ className: 'zone-label', html: el('span', {}, words), iconSize: null });
      L.marker(at, { pane: 'draw', interactive: false, keyboard: false, icon }).addTo(this.layer);
    };
    if (this.node.classList.contains('hidden')) return;
    for (const site of this.sites) {
      L.circleMarker(site.at, SITE).addTo(this.layer);
      label(site.at, site.name);
    }
    const stands = [...(this.base ? [this.base] : []), ...this.pads];
    for (const at of stands) L.circleMarker(at, STAND).addTo(this.layer);
    if (this.base) label(this.base, t('patrol.base'));
    this.pads.forEach((at, i) => label(at, t('patrol.pad', { n: i + 1 })));
  }

  show(shown) {
    this.node.classList.toggle('hidden', !shown);
    this.draw();
  }

  // What the planner of patrols takes; `zones` are features of the kind no_fly.
  request(zones) {
    const asked = {
      sites: { type: 'FeatureCollection', features: [...this.sites.map(featureOf), ...zones] },
      base: this.base,
      pads: this.pads,
      begin_s: secondsOf(this.begin.value),
      end_s: secondsOf(this.end.value),
    };
    if (asked.end_s <= asked.begin_s) asked.end_s += 86400;
    if (this.drones.value !== '') asked.drones = Number(this.drones.value);
    if (this.jitter.checked) Object.assign(asked, { jitter: 0.15, seed: Math.floor(Math.random() * 2 ** 31) });
    return asked;
  }

  leave() {
    this.sketch?.cancel();
    this.layer.remove();
  }
}

const button = (key, run) => labelled(el('button', { type: 'button', on: { click: run } }), key);
const secondsOf = (text) => Number(text.slice(0, 2)) * 3600 + Number(text.slice(3, 5)) * 60;

function featureOf(site, index) {
  const properties = { id: String(index + 1), name: site.name };
  if (site.kind) properties.kind = site.kind;
  if (site.deadlineMin !== null) properties.deadline_s = site.deadlineMin * 60;
  if (site.dwellS !== null) properties.dwell_s = site.dwellS;
  const windows = site.windows.split(/[,，、\s]+/).filter(Boolean);
  if (windows.length) properties.windows = windows;
  return { type: 'Feature', properties, geometry: { type: 'Point', coordinates: [site.at[1], site.at[0]] } };
}
