// Vehicles on the map: one marker each, kept and changed, never rebuilt. Of many only the chosen and the
// alarmed have one; the others are on a canvas.
import { map } from '../shared/settings.js';
import { el, setClass, setText, svg } from '../shared/dom.js';
import { ageText } from '../shared/format.js';
import { onLanguage, t } from '../shared/i18n.js';
import { colourOf, vehicleShape } from './icons.js';
import { Swarm } from './swarm.js';
import { Trails } from './trails.js';

const TRAIL = 2.2;
// With more vehicles than this only the chosen, the silent and the alarmed carry a label.
const MOST_LABELS = 60;
// With more than this they are drawn on a canvas.
const MOST_MARKERS = 200;
const STALE = '#6b7885';

export class FleetLayer {
  constructor(store, selection) {
    this.store = store;
    this.selection = selection;
    this.markers = new Map();
    this.trails = new Trails((id) => ({ color: this.colour(id), width: () => TRAIL }), { opacity: 0.85 }).addTo(map);
    this.swarm = new Swarm().addTo(map);
    this.alarmed = new Set();
    map.on('click', (event) => this.clicked(event));
    store.on('state', () => this.restart());
    store.on('vehicles', (ids) => this.update(ids));
    store.on('alarms', () => (this.noteAlarms(), this.update(null, false)));
    selection.on(() => this.update(null, false));
    onLanguage(() => this.update(null, false));
    setInterval(() => this.update(null, false), 500);
  }

  // A vehicle keeps its colour as long as the page lives: by its place among all that were seen.
  colour(id) {
    return colourOf(this.numbers().get(id) ?? 0);
  }

  numbers() {
    if (this.known?.size !== this.store.vehicles.size) {
      const ids = [...this.store.vehicles.keys()].sort(byNumber);
      this.known = new Map(ids.map((id, index) => [id, index]));
    }
    return this.known;
  }

  restart() {
    this.known = null;
    this.trails.replaceAll(this.store.trails);
    for (const [id, marker] of this.markers) if (!this.store.vehicles.has(id)) this.drop(id, marker);
    this.swarm.clear();
    this.noteAlarms();
  }

  noteAlarms() {
    const critical = [...this.store.alarms.values()].filter((alarm) => alarm.severity === 'critical');
    this.alarmed = new Set(critical.map((alarm) => alarm.vehicle));
  }

  // A canvas takes no clicks: whoever is under the pointer is looked up.
  clicked(event) {
    const id = this.many ? this.swarm.at(event.containerPoint) : null;
    if (id) this.selection.choose('vehicle', id);
  }

  update(ids, moved = true) {
    map.getContainer().classList.toggle('crowded', this.store.vehicles.size > MOST_LABELS);
    const many = this.store.vehicles.size > MOST_MARKERS;
    const all = this.many !== many;
    this.many = many;
    for (const id of (all ? null : ids) ?? this.store.vehicles.keys()) {
      const vehicle = this.store.vehicles.get(id);
      const marker = this.markers.get(id);
      if (!vehicle) this.drop(id, marker);
      else if (vehicle.lat !== null && vehicle.lon !== null) {
        if (moved && ids?.has(id)) this.trails.append(id, vehicle.lat, vehicle.lon);
        if (many && !this.alarmed.has(id) && !this.selection.is('vehicle', id)) this.put(vehicle, marker);
        else this.show(vehicle, marker ?? this.make(vehicle));
      }
    }
  }

  put(vehicle, marker) {
    if (marker) this.drop(vehicle.id, marker);
    const stale = this.store.ageS(vehicle.id) > vehicle.stale_after_s;
    const colour = stale ? STALE : this.colour(vehicle.id);
    this.swarm.set(
      vehicle.id,
      vehicle.lat,
      vehicle.lon,
      vehicle.heading_deg ?? 0,
      vehicle.flying !== false,
      colour,
    );
  }

  drop(id, marker) {
    marker?.leaflet.remove();
    this.markers.delete(id);
    this.swarm.remove(id);
  }

  make(vehicle) {
    const turning = svg('g', {});
    const picture = svg(
      'svg',
      { viewBox: '0 0 40 40', width: 40, height: 40, 'aria-hidden': true },
      svg('circle', { class: 'ring', cx: 20, cy: 20, r: 18.5 }),
      turning,
    );
    const name = el('span');
    const more = el('small');
    const tag = el('div', { class: 'tag' }, name, el('br'), more);
    const icon = L.divIcon({
      className: 'marker vehicle-marker',
      html: el('div', {}, picture, tag),
      iconSize: [40, 40],
      iconAnchor: [20, 20],
    });
    const leaflet = L.marker([vehicle.lat, vehicle.lon], {
      icon,
      pane: 'fleet',
      keyboard: true,
      riseOnHover: true,
    }).addTo(map);
    leaflet.on('click', () => this.selection.choose('vehicle', vehicle.id));
    const marker = { leaflet, turning, name, more, shape: '', colour: '' };
    this.markers.set(vehicle.id, marker);
    return marker;
  }

  show(vehicle, marker) {
    this.swarm.remove(vehicle.id);
    marker.leaflet.setLatLng([vehicle.lat, vehicle.lon]);
    const age = this.store.ageS(vehicle.id);
    const stale = age > vehicle.stale_after_s;
    const shape =
      (stale ? 'lost' : '') + (vehicle.flying === false ? (stale ? '-ground' : 'ground') : stale ? '' : 'flying');
    const colour = stale ? STALE : this.colour(vehicle.id);
    if (marker.shape !== shape || marker.colour !== colour) {
      marker.turning.replaceChildren(...vehicleShape(shape, colour));
      Object.assign(marker, { shape, colour });
    }
    marker.turning.setAttribute('transform', `rotate(${vehicle.heading_deg ?? 0} 20 20)`);
    setText(marker.name, vehicle.name);
    setText(marker.more, stale ? t('vehicle.silent', { age: ageText(age) }) : subtitle(vehicle));
    setClass(marker.more, stale ? 'bad' : '');
    const element = marker.leaflet.getElement();
    const alarmed = this.alarmed.has(vehicle.id);
    const chosen = this.selection.is('vehicle', vehicle.id);
    element.classList.toggle('stale', stale);
    element.classList.toggle('alarmed', alarmed);
    element.classList.toggle('chosen', chosen);
    const above = chosen ? 2000 : alarmed ? 1000 : 0;
    if (marker.leaflet.options.zIndexOffset !== above) marker.leaflet.setZIndexOffset(above);
    const label = `${vehicle.name}, ${marker.more.textContent}`;
    if (element.getAttribute('aria-label') !== label) element.setAttribute('aria-label', label);
  }
}

export const byNumber = new Intl.Collator('en', { numeric: true }).compare;

function subtitle(vehicle) {
  if (vehicle.flying === false) return vehicle.armed ? t('vehicle.armed') : t('vehicle.ground');
  const height = Number.isFinite(vehicle.alt_rel_m) ? `${Math.round(vehicle.alt_rel_m)} m` : '–';
  return `${height} · ${vehicle.mode}`;
}
