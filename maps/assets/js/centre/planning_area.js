// The area to plan for, its no-fly zones, each with its band of heights, and swap pads: drawn, or read from a GeoJSON file.
import { map } from '../shared/settings.js';
import { el } from '../shared/dom.js';
import { fileButton } from '../shared/file_button.js';
import { labelled, t } from '../shared/i18n.js';
import { toast } from '../shared/toast.js';
import { PointSketch, PolygonSketch } from '../map/draw.js';

const LARGEST_FILE = 2 * 2 ** 20;
const AREA_STYLE = { color: '#0f62b8', weight: 2.5, fillOpacity: 0.1 };
const ZONE_STYLE = { color: '#c2201a', weight: 2, dashArray: '5 4', className: 'no-fly', fillOpacity: 1 };
const PAD_STYLE = { pane: 'draw', radius: 7, weight: 2.5, color: '#1d7a4c', fillColor: '#bfe8d0', fillOpacity: 1, interactive: false };
const MOST_PADS = 20;
// Room for the drawer at the left.
const FIT = { paddingTopLeft: [380, 50], paddingBottomRight: [50, 50], animate: false };

export class PlanningArea {
  // `onChange()` after every change; `onSwath(metres)` when a file proposes one; `drawn` is there from the beginning.
  constructor(onChange, onSwath, drawn) {
    Object.assign(this, { onChange, onSwath, features: [], properties: {}, ...drawn });
    this.layer = L.layerGroup().addTo(map);
    this.words = el('p', { class: 'dim small', role: 'status' });
    this.bands = el('ul', { class: 'bands' });
    const file = (this.file = el('input', { type: 'file', accept: '.geojson,.json,application/geo+json', id: 'area-file' }));
    file.addEventListener('change', () => this.read(file.files[0]));
    file.addEventListener('click', () => (file.value = '')); // the same file, put right, can be chosen again
    this.node = el(
      'fieldset',
      {},
      (this.legend = labelled(el('legend'), 'plan.area')),
      el(
        'div',
        { class: 'buttons' },
        (this.drawArea = button('plan.draw_area', () => this.draw('area'))),
        button('plan.draw_no_fly', () => this.draw('no_fly')),
        (this.addPad = button('patrol.pick_pad', () => this.pickPad())),
        button('plan.start_over', () => this.startOver()),
        fileButton('plan.upload', file),
      ),
      this.words,
      this.bands,
    );
    this.listBands();
    this.show(true);
  }

  // What is there, for the next time the form is opened.
  get drawn() {
    return { features: this.features, properties: this.properties };
  }

  // The area as the planner takes it.
  get geojson() {
    return { type: 'FeatureCollection', properties: this.properties, features: this.features };
  }

  count(zones) {
    return this.features.filter((f) => isPolygon(f) && (f.properties.kind === 'no_fly') === zones).length;
  }

  get isBlank() {
    return this.features.length === 0;
  }

  get isEmpty() {
    return this.count(false) === 0;
  }

  draw(kind) {
    this.sketch?.cancel();
    toast(t('plan.how_to_draw'), 'hint');
    const done = (ring) => {
      this.sketch = null;
      const geometry = { type: 'Polygon', coordinates: [ring] };
      this.features.push({ type: 'Feature', properties: { kind }, geometry });
      this.listBands();
      this.onChange();
    };
    this.sketch = new PolygonSketch(done, () => (this.sketch = null));
  }

  pickPad() {
    this.sketch?.cancel();
    toast(t('plan.how_to_pick'), 'hint');
    const done = ([lat, lon]) => {
      this.sketch = null;
      this.features.push({ type: 'Feature', properties: { kind: 'pad' }, geometry: { type: 'Point', coordinates: [lon, lat] } });
      this.onChange();
    };
    this.sketch = new PointSketch(done, () => (this.sketch = null));
  }

  // [latitude, longitude] where batteries may be swapped too.
  get pads() {
    return this.features.filter(isPad).map(({ geometry }) => [geometry.coordinates[1], geometry.coordinates[0]]);
  }

  async read(chosen) {
    if (!chosen) return;
    try {
      if (chosen.size > LARGEST_FILE) throw new RangeError();
      const document = JSON.parse(await chosen.text());
      this.features = featuresOf(document);
      this.shown(this.features); // raises on what Leaflet cannot draw
      this.properties = document.type === 'FeatureCollection' ? (document.properties ?? {}) : {};
      if (this.isEmpty) throw new SyntaxError();
      if (Number.isFinite(this.properties.swath_m)) this.onSwath(this.properties.swath_m);
    } catch (error) {
      toast(t(error instanceof RangeError ? 'plan.file_large' : 'plan.file_wrong'), 'bad');
      this.features = [];
    }
    this.listBands();
    this.onChange();
    const bounds = this.shown(this.features).getBounds();
    if (bounds.isValid()) map.fitBounds(bounds, FIT);
  }

  get zones() {
    return this.features.filter((f) => isPolygon(f) && f.properties.kind === 'no_fly');
  }

  // For patterns that need no area: what they keep out of.
  get zonesToAvoid() {
    return this.zones.length ? { area: { type: 'FeatureCollection', features: this.zones } } : {};
  }

  // Only the zones are asked for, with swap pads or without; what is an area already stays on hold.
  zonesOnly(only, pads) {
    Object.assign(this, { onlyZones: only, withPads: pads });
    this.addPad.classList.toggle('hidden', !pads);
    this.node.classList.toggle('zones-only', only);
    labelled(this.legend, only ? (pads ? 'plan.zones_and_pads' : 'plan.zones') : 'plan.area');
    this.words.classList.toggle('hidden', only);
  }

  // One line a zone: from, to, and what both are above; empty is closed at all heights.
  listBands() {
    const hint = labelled(el('li', { class: 'dim small' }), 'plan.bands_hint');
    const lines = this.zones.map((zone, i) => this.band(zone.properties, i + 1));
    this.bands.replaceChildren(...lines, ...(lines.length ? [hint] : []));
  }

  band(properties, number) {
    const field = (name) => {
      const input = el('input', { type: 'number', id: `zone-${number}-${name}`, min: -400, max: 9500, step: 1, value: properties[name] ?? '' });
      input.addEventListener('input', () => this.setBand(properties, name, input.value === '' ? null : Number(input.value)));
      return labelled(input, `plan.zone_${name}`, 'placeholder');
    };
    const options = ['take_off', 'sea'].map((above) => labelled(el('option', { value: above }), `plan.from_${above}`));
    const above = labelled(el('select', {}, options), 'plan.zone_above', 'aria-label');
    above.value = properties.above ?? 'take_off';
    above.addEventListener('change', () => this.setBand(properties, 'above', above.value));
    const inputs = ['floor_m', 'ceiling_m'].map(field);
    inputs.forEach((input, i) => input.setAttribute('aria-label', t(`plan.zone_${i ? 'ceiling_m' : 'floor_m'}`)));
    return el('li', {}, el('span', {}, t('plan.zone', { n: number })), ...inputs, above);
  }

  setBand(properties, name, value) {
    if (value === null) delete properties[name];
    else properties[name] = value;
    this.onChange();
  }

  startOver() {
    this.sketch?.cancel();
    this.file.value = '';
    Object.assign(this, { features: [], properties: {} });
    this.listBands();
    this.onChange();
  }

  // `outlined`: on the map too; a plan over it shows the area itself.
  show(outlined) {
    this.layer.clearLayers();
    if (outlined) this.shown(this.onlyZones ? this.zones : this.features).addTo(this.layer);
    this.zones.forEach((zone, i) => this.labelZone(zone, i + 1));
    if (this.withPads) this.pads.forEach((at, i) => this.mark(at, t('patrol.pad', { n: i + 1 })));
    const count = { areas: this.count(false), zones: this.count(true), pads: this.pads.length };
    this.words.textContent = t(this.pads.length ? 'plan.drawn_pads' : this.features.length ? 'plan.drawn' : 'plan.no_area', count);
    this.addPad.disabled = this.pads.length >= MOST_PADS;
  }

  // Which zone is which, and its band, on the map.
  labelZone(zone, number) {
    const { floor_m: floor, ceiling_m: ceiling, above } = zone.properties;
    const open = floor === undefined && ceiling === undefined;
    const band = open ? '' : ` ${floor ?? 0}–${ceiling ?? '∞'} m ${t(`plan.above_${above ?? 'take_off'}`)}`;
    this.label(L.geoJSON(zone).getBounds().getCenter(), `${t('plan.zone', { n: number })}${band}`);
  }

  mark(at, words) {
    L.circleMarker(at, PAD_STYLE).addTo(this.layer);
    this.label(at, words);
  }

  label(at, words) {
    const icon = L.divIcon({ className: 'zone-label', html: el('span', {}, words), iconSize: null });
    L.marker(at, { pane: 'draw', interactive: false, keyboard: false, icon }).addTo(this.layer);
  }

  shown(features) {
    const style = (f) => (f.properties.kind === 'no_fly' ? ZONE_STYLE : AREA_STYLE);
    return L.geoJSON(features.filter(isPolygon), { pane: 'zones', interactive: false, style });
  }

  leave() {
    this.sketch?.cancel();
    this.layer.remove();
  }
}

const button = (key, run) => labelled(el('button', { type: 'button', on: { click: run } }), key);
const isPad = (f) => f.properties.kind === 'pad' && f.geometry?.type === 'Point';
const isPolygon = (f) => ['Polygon', 'MultiPolygon'].includes(f.geometry?.type);

// Features as they are in the file; a bare geometry becomes an area.
function featuresOf(document) {
  const withProperties = (f) => ({ ...f, properties: f.properties ?? {} });
  if (document.type === 'FeatureCollection') return document.features.map(withProperties);
  if (document.type === 'Feature') return [withProperties(document)];
  return [{ type: 'Feature', properties: { kind: 'area' }, geometry: document }];
}
