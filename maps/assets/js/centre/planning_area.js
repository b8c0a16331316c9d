// The area to plan for: drawn corner by corner, or read from a GeoJSON file.
import { map } from '../shared/settings.js';
import { el } from '../shared/dom.js';
import { labelled, t } from '../shared/i18n.js';
import { toast } from '../shared/toast.js';
import { PolygonSketch } from '../map/draw.js';

const LARGEST_FILE = 2 * 2 ** 20;
const AREA_STYLE = { color: '#0f62b8', weight: 2.5, fillOpacity: 0.1 };
const ZONE_STYLE = { color: '#c2201a', weight: 2, dashArray: '5 4', className: 'no-fly', fillOpacity: 1 };
// Room for the drawer at the left.
const FIT = { paddingTopLeft: [380, 50], paddingBottomRight: [50, 50], animate: false };

export class PlanningArea {
  // `onChange()` after every change; `onSwath(metres)` when a file proposes one.
  constructor(onChange, onSwath) {
    Object.assign(this, { onChange, onSwath, features: [], properties: {} });
    this.layer = L.layerGroup().addTo(map);
    this.words = el('p', { class: 'dim small', role: 'status' });
    const file = (this.file = el('input', { type: 'file', accept: '.geojson,.json,application/geo+json', id: 'area-file' }));
    file.addEventListener('change', () => this.read(file.files[0]));
    file.addEventListener('click', () => (file.value = '')); // the same file, put right, can be chosen again
    this.node = el(
      'fieldset',
      {},
      labelled(el('legend'), 'plan.area'),
      el(
        'div',
        { class: 'buttons' },
        button('plan.draw_area', () => this.draw('area')),
        button('plan.draw_no_fly', () => this.draw('no_fly')),
        button('plan.start_over', () => this.startOver()),
      ),
      el('label', { class: 'file' }, labelled(el('span'), 'plan.upload'), file),
      this.words,
    );
    this.show(true);
  }

  // The area as the planner takes it.
  get geojson() {
    return { type: 'FeatureCollection', properties: this.properties, features: this.features };
  }

  count(zones) {
    return this.features.filter((f) => isPolygon(f) && (f.properties.kind === 'no_fly') === zones).length;
  }

  get isEmpty() {
    return this.count(false) === 0;
  }

  draw(kind) {
    this.sketch?.cancel();
    toast(t('plan.how_to_draw'));
    const done = (ring) => {
      this.sketch = null;
      const geometry = { type: 'Polygon', coordinates: [ring] };
      this.features.push({ type: 'Feature', properties: { kind }, geometry });
      this.onChange();
    };
    this.sketch = new PolygonSketch(done, () => (this.sketch = null));
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
    this.onChange();
    const bounds = this.shown(this.features).getBounds();
    if (bounds.isValid()) map.fitBounds(bounds, FIT);
  }

  startOver() {
    this.sketch?.cancel();
    this.file.value = '';
    Object.assign(this, { features: [], properties: {} });
    this.onChange();
  }

  // `outlined`: on the map too; a plan over it shows the area itself.
  show(outlined) {
    this.layer.clearLayers();
    if (outlined) this.shown(this.features).addTo(this.layer);
    this.words.textContent = this.features.length
      ? t('plan.drawn', { areas: this.count(false), zones: this.count(true) })
      : t('plan.no_area');
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
const isPolygon = (f) => ['Polygon', 'MultiPolygon'].includes(f.geometry?.type);

// Features as they are in the file; a bare geometry becomes an area.
function featuresOf(document) {
  const withProperties = (f) => ({ ...f, properties: f.properties ?? {} });
  if (document.type === 'FeatureCollection') return document.features.map(withProperties);
  if (document.type === 'Feature') return [withProperties(document)];
  return [{ type: 'Feature', properties: { kind: 'area' }, geometry: document }];
}
