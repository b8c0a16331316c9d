// Vehicles on the map: one marker each, kept and changed, never rebuilt.
import { map } from '../shared/settings.js';
import { el, setClass, setText, svg } from '../shared/dom.js';
import { ageText } from '../shared/format.js';
import { onLanguage, t } from '../shared/i18n.js';
import { colourOf, vehicleShape } from './icons.js';
import { Trails } from './trails.js';

const TRAIL = 2.2;
// With more vehicles than this only the chosen, the silent and the alarmed carry a label.
const MOST_LABELS = 60;

export class FleetLayer {
  constructor(store, selection) {
    this.store = store;
    this.selection = selection;
    this.markers = new Map();
    this.trails = new Trails((id) => ({ color: this.colour(id), width: () => TRAIL }), { opacity: 0.85 }).addTo(map);
    store.on('state', () => this.restart());
    store.on('vehicles', (ids) => this.update(ids));
    store.on('alarms', () => this.update(null));
    selection.on(() => this.update(null));
    onLanguage(() => this.update(null));
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
  }

  update(ids, moved = true) {
    map.getContainer().classList.toggle('crowded', this.store.vehicles.size > MOST_LABELS);
    for (const id of ids ?? this.store.vehicles.keys()) {
      const vehicle = this.store.vehicles.get(id);
      const marker = this.markers.get(id);
      if (!vehicle) this.drop(id, marker);
      else if (vehicle.lat !== null && vehicle.lon !== null)
        this.show(vehicle, marker ?? this.make(vehicle), moved && ids);
    }
  }

  drop(id, marker) {
    marker?.leaflet.remove();
    this.markers.delete(id);
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

  show(vehicle, marker, moved) {
    marker.leaflet.setLatLng([vehicle.lat, vehicle.lon]);
    if (moved) this.trails.append(vehicle.id, vehicle.lat, vehicle.lon);
    const age = this.store.ageS(vehicle.id);
    const stale = age > vehicle.stale_after_s;
    const shape =
      (stale ? 'lost' : '') + (vehicle.flying === false ? (stale ? '-ground' : 'ground') : stale ? '' : 'flying');
    const colour = stale ? '#6b7885' : this.colour(vehicle.id);
    if (marker.shape !== shape || marker.colour !== colour) {
      marker.turning.replaceChildren(...vehicleShape(shape, colour));
      Object.assign(marker, { shape, colour });
    }
    marker.turning.setAttribute('transform', `rotate(${vehicle.heading_deg ?? 0} 20 20)`);
    setText(marker.name, vehicle.name);
    setText(marker.more, stale ? t('vehicle.silent', { age: ageText(age) }) : subtitle(vehicle));
    setClass(marker.more, stale ? 'bad' : '');
    const element = marker.leaflet.getElement();
    const alarmed = [...this.store.alarms.values()].some(
      (alarm) => alarm.vehicle === vehicle.id && alarm.severity === 'critical',
    );
    element.classList.toggle('stale', stale);
    element.classList.toggle('alarmed', alarmed);
    element.classList.toggle('chosen', this.selection.is('vehicle', vehicle.id));
    const label = `${vehicle.name}, ${marker.more.textContent}`;
    if (element.getAttribute('aria-label') !== label) element.setAttribute('aria-label', label);
  }
}

export const byNumber = (a, b) => a.localeCompare(b, 'en', { numeric: true });

function subtitle(vehicle) {
  if (vehicle.flying === false) return vehicle.armed ? t('vehicle.armed') : t('vehicle.ground');
  const height = Number.isFinite(vehicle.alt_rel_m) ? `${Math.round(vehicle.alt_rel_m)} m` : '–';
  return `${height} · ${vehicle.mode}`;
}
