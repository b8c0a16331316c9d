// Plans on the map: zones, planned lanes in the colour of their vehicle, and the ground already seen.
import { map } from '../shared/settings.js';
import { svg } from '../shared/dom.js';
import { get } from '../shared/api.js';
import { colourOf } from './icons.js';
import { Trails } from './trails.js';

const SEEN_COLOUR = '#0a9396';
const FLYING = new Set(['launching', 'flying', 'returning', 'held']);
const MOST_SEEN_POINTS = 20000;

export class PlansLayer {
  constructor(store, fleet) {
    this.store = store;
    this.fleet = fleet;
    this.plans = new Map();
    this.zones = L.layerGroup().addTo(map);
    this.lanes = L.layerGroup().addTo(map);
    this.preview = L.layerGroup().addTo(map);
    this.swathM = 0;
    const seen = () => ({ color: SEEN_COLOUR, width: (mpp) => Math.max(2, this.swathM / mpp), cap: 'butt' });
    this.seen = new Trails(seen, { pane: 'coverage', opacity: 0.25, longest: MOST_SEEN_POINTS }).addTo(map);
    document.body.append(hatch());
    store.on('vehicles', (ids) => this.addSeen(ids));
  }

  // Shows the operation's plan and what was flown of it; null shows nothing.
  async show(operation, refit) {
    const key =
      operation &&
      JSON.stringify([operation.id, operation.plan_hash, operation.sorties.map((s) => s.status), operation.vehicles]);
    if (this.shown === key) return;
    const other = this.operation?.id !== operation?.id;
    this.shown = key;
    this.operation = operation;
    const plan = operation ? await this.fetchPlan(operation.plan_hash) : null;
    if (this.shown !== key) return;
    this.zones.clearLayers();
    this.lanes.clearLayers();
    if (other) this.seen.clear();
    if (!plan) return;
    this.swathM = plan.features.find((f) => f.properties.kind === 'sortie')?.properties.swath_m ?? 0;
    this.draw(plan, this.zones, this.lanes, operation);
    if (other) {
      if (refit) this.fit(plan);
      await this.fetchSeen(operation);
    }
  }

  // Shows a plan that nobody has flown yet, in place of the lanes of the one being flown; zones stay.
  showPreview(plan, vehicles) {
    this.preview.clearLayers();
    if (!plan) {
      this.lanes.addTo(map);
      return;
    }
    this.lanes.remove();
    this.draw(plan, this.preview, this.preview, { vehicles, sorties: [] });
    this.fit(plan, 380);
  }

  fit(plan, leftPx = 50) {
    const bounds = L.latLngBounds([]);
    for (const feature of plan.features) bounds.extend(L.geoJSON(feature).getBounds());
    if (bounds.isValid())
      map.fitBounds(bounds, {
        paddingTopLeft: [leftPx, 50],
        paddingBottomRight: [50, 50],
        maxZoom: 17,
        animate: false,
      });
  }

  async fetchPlan(hash) {
    if (!this.plans.has(hash)) {
      try {
        this.plans.set(hash, await get(`/plans/${encodeURIComponent(hash)}`));
      } catch {
        this.shown = null;
        return null;
      }
    }
    return this.plans.get(hash);
  }

  draw(plan, zones, lanes, operation) {
    for (const feature of plan.features) {
      const kind = feature.properties.kind;
      if (kind === 'area') L.geoJSON(feature, { pane: 'zones', interactive: false, style: AREA }).addTo(zones);
      if (kind === 'no_fly') L.geoJSON(feature, { pane: 'zones', interactive: false, style: NO_FLY }).addTo(zones);
      if (kind === 'sortie') this.drawSortie(feature, operation, lanes);
    }
  }

  drawSortie(feature, operation, group) {
    const { drone, sortie } = feature.properties;
    const vehicle = operation.vehicles[drone];
    const colour = vehicle ? this.fleet.colour(vehicle) : colourOf(drone);
    const state = operation.sorties.find((s) => s.drone === drone && s.sortie === sortie);
    const flown = state?.status === 'flown';
    L.geoJSON(feature, {
      pane: 'plan',
      interactive: false,
      style: { color: colour, weight: flown ? 1 : 1.8, opacity: flown ? 0.35 : 0.85, dashArray: flown ? '2 6' : '7 5' },
    }).addTo(group);
  }

  async fetchSeen(operation) {
    try {
      const tracks = await get(`/operations/${encodeURIComponent(operation.id)}/tracks`);
      if (this.operation?.id !== operation.id) return;
      for (const feature of tracks.features ?? []) {
        if (feature.geometry?.type !== 'LineString') continue;
        const points = feature.geometry.coordinates.map(([lon, lat]) => [lat, lon]);
        this.seen.set(feature.properties.vehicle ?? String(this.seen.lines.size), points);
      }
    } catch {
      // Without tracks the ground seen from now on is still drawn.
    }
  }

  addSeen(ids) {
    if (!ids || !this.operation) return;
    for (const sortie of this.operation.sorties) {
      if (!FLYING.has(sortie.status) || !ids.has(sortie.vehicle)) continue;
      const vehicle = this.store.vehicles.get(sortie.vehicle);
      if (vehicle?.flying && vehicle.lat !== null) this.seen.append(vehicle.id, vehicle.lat, vehicle.lon);
    }
  }
}

const AREA = { color: '#0f62b8', weight: 2, fillColor: '#0f62b8', fillOpacity: 0.05 };
const NO_FLY = { color: '#c2201a', weight: 2, dashArray: '5 4', fillOpacity: 1, className: 'no-fly' };

function hatch() {
  const stripes = svg('path', {
    d: 'M0 8 8 0M-2 2 2-2M6 10l4-4',
    stroke: '#c2201a',
    'stroke-width': 1.6,
    opacity: 0.55,
  });
  const pattern = svg(
    'pattern',
    { id: 'no-fly-hatch', width: 8, height: 8, patternUnits: 'userSpaceOnUse' },
    svg('rect', { width: 8, height: 8, fill: '#c2201a', opacity: 0.08 }),
    stripes,
  );
  return svg('svg', { class: 'pattern', 'aria-hidden': true }, svg('defs', {}, pattern));
}
