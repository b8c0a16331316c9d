// Sightings and units on the map, and the line from a unit to what it goes to.
import { map, settings } from '../shared/settings.js';
import { el } from '../shared/dom.js';
import { onLanguage, t } from '../shared/i18n.js';
import { halfOf } from '../shared/outcomes.js';
import { marked, realityOf } from '../shared/reality.js';
import { sightingIcon, UNIT_COLOURS, unitIcon } from './icons.js';

const CLOSED = new Set(settings.settled);
// Settled and of no more use on the map, unless chosen.
const UNSEEN = new Set(['dismissed', 'duplicate', 'archived']);

// Markers of one kind of thing, rebuilt only when `lookOf(item)` changes.
class Markers {
  constructor(kind, lookOf, build, selection) {
    Object.assign(this, { kind, lookOf, build, selection });
    this.shown = new Map();
  }

  show(items) {
    const wanted = new Set();
    for (const { id, lat, lon, item } of items) {
      wanted.add(id);
      const look = this.lookOf(item);
      let entry = this.shown.get(id);
      if (!entry) {
        const marker = L.marker([lat, lon], { pane: 'places', keyboard: true, riseOnHover: true });
        marker.on('click', () => this.selection.choose(this.kind, id));
        entry = { marker, look: '' };
        this.shown.set(id, entry);
      }
      entry.marker.setLatLng([lat, lon]);
      if (entry.look !== look) {
        entry.marker.setIcon(this.build(item));
        entry.look = look;
      }
      entry.marker.addTo(map);
      entry.marker.getElement().setAttribute('aria-label', this.labelOf(item));
    }
    for (const [id, entry] of this.shown) {
      if (!wanted.has(id)) {
        entry.marker.remove();
        this.shown.delete(id);
      }
    }
  }
}

export class PlacesLayer {
  constructor(store, selection, classes) {
    Object.assign(this, { store, selection, classes });
    this.lines = L.layerGroup().addTo(map);
    this.sightings = new Markers(
      'sighting',
      (s) => [...sightingLook(s), realityOf(store, s), this.chosen(s), t('language')].join(),
      (s) => this.sightingIcon(s),
      selection,
    );
    this.sightings.labelOf = (s) => `${marked(store, s, classes.name(s.klass))}, ${t(`sighting.${s.status}`)}`;
    const unitName = (unit) => marked(store, unit, halfOf(unit.name));
    this.units = new Markers(
      'unit',
      (u) => [u.status, u.kind, unitName(u)].join(),
      (u) => unitMarker(u, unitName(u)),
      selection,
    );
    this.units.labelOf = (u) => `${unitName(u)}, ${t(`unit.${u.status}`)}`;
    const all = () => this.update();
    for (const kind of ['sightings', 'units', 'exercise']) store.on(kind, all);
    selection.on(all);
    onLanguage(all);
  }

  chosen(sighting) {
    return this.selection.is('sighting', sighting.id);
  }

  update() {
    const sightings = [...this.store.sightings.values()].filter((s) => !UNSEEN.has(s.status) || this.chosen(s));
    this.sightings.show(
      sightings.map((item) => ({ id: item.id, lat: item.place.lat_deg, lon: item.place.lon_deg, item })),
    );
    const units = [...this.store.units.values()].filter((unit) => unit.lat_deg !== null && unit.lon_deg !== null);
    this.units.show(units.map((item) => ({ id: item.id, lat: item.lat_deg, lon: item.lon_deg, item })));
    this.drawLines(units);
  }

  sightingIcon(sighting) {
    const state = [
      sighting.status === 'new' ? 'fresh' : '',
      this.chosen(sighting) ? 'chosen' : '',
      CLOSED.has(sighting.status) ? '' : 'open',
      sighting.supervised ? `supervised ${sighting.supervised.level}` : '',
    ];
    const name = this.classes.name(sighting.klass);
    const tag = el('div', { class: 'tag' }, marked(this.store, sighting, name));
    return L.divIcon({
      className: `marker sighting-marker ${state.join(' ')}`,
      html: el('div', {}, sightingIcon(sighting), tag),
      iconSize: [30, 30],
      iconAnchor: [15, 15],
    });
  }

  drawLines(units) {
    this.lines.clearLayers();
    for (const unit of units) {
      const sighting = unit.sighting && this.store.sightings.get(unit.sighting);
      if (!sighting || CLOSED.has(sighting.status)) continue;
      const ends = [
        [unit.lat_deg, unit.lon_deg],
        [sighting.place.lat_deg, sighting.place.lon_deg],
      ];
      L.polyline(ends, {
        pane: 'plan',
        color: UNIT_COLOURS[unit.status],
        weight: 2.5,
        dashArray: '2 7',
        lineCap: 'round',
        interactive: false,
      }).addTo(this.lines);
    }
    const chosen = this.store.sightings.get(this.selection.id('sighting'));
    if (chosen?.place.ce90_m) {
      L.circle([chosen.place.lat_deg, chosen.place.lon_deg], {
        radius: chosen.place.ce90_m,
        pane: 'plan',
        color: '#0f62b8',
        weight: 1.5,
        fillOpacity: 0.08,
        interactive: false,
      }).addTo(this.lines);
    }
  }
}

const sightingLook = (s) => [s.status, s.priority, s.klass, s.supervised?.level];

function unitMarker(unit, name) {
  const tag = el('div', { class: 'tag' }, name);
  return L.divIcon({
    className: 'marker unit-marker',
    html: el('div', {}, unitIcon(unit, true), tag),
    iconSize: [26, 32],
    iconAnchor: [13, 31],
  });
}
