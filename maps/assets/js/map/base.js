// What lies under everything: backdrop, grid, the site's base maps, scale, attribution.
import { map, settings } from '../shared/settings.js';
import { el } from '../shared/dom.js';
import { onLanguage, t } from '../shared/i18n.js';
import { colour, onTheme } from '../shared/theme.js';
import { Grid } from './grid.js';

const KEPT = 'aeropatrol.basemap';
const PANES = {
  backdrop: 150,
  grid: 160,
  zones: 410,
  plan: 420,
  coverage: 430,
  trails: 440,
  places: 610,
  fleet: 630,
  draw: 640,
};
const CRS = { wgs84: L.CRS.EPSG3857, gcj02: L.CRS.GCJ02 };

let layers = [];
let tiles = null;

export function prepareMap({ scaleAt = 'bottomleft' } = {}) {
  map.attributionControl.setPrefix(false);
  for (const [name, z] of Object.entries(PANES)) map.createPane(name).style.zIndex = z;
  for (const name of ['backdrop', 'grid', 'coverage', 'trails']) map.getPane(name).style.pointerEvents = 'none';
  L.control.scale({ imperial: false, position: scaleAt, maxWidth: 140 }).addTo(map);
  L.control.zoom({ position: 'bottomright', zoomInTitle: '+', zoomOutTitle: '−' }).addTo(map);
  new Grid({ pane: 'grid' }).addTo(map);
  let notice = '';
  const attribute = () => {
    if (notice) map.attributionControl.removeAttribution(notice);
    notice = escaped(t('map.notice'));
    map.attributionControl.addAttribution(notice);
  };
  attribute();
  onLanguage(attribute);
  chooseBasemap(localStorage.getItem(KEPT) ?? settings.basemaps[0]?.name ?? '');
  loadBackdrop();
}

export const basemapNames = () => settings.basemaps.map((basemap) => basemap.name);
export const basemapChosen = () => tiles?.options.basemap ?? '';

// Shows the base map of that name; '' or an unknown name is the backdrop alone. The map moves to its
// datum, so that what is drawn and clicked stays WGS-84.
export function chooseBasemap(name) {
  const basemap = settings.basemaps.find((candidate) => candidate.name === name);
  if (tiles) tiles.remove();
  tiles = null;
  const crs = CRS[basemap?.datum ?? 'wgs84'];
  if (map.options.crs !== crs) {
    const centre = map.getCenter();
    map.options.crs = crs;
    map.setView(centre, map.getZoom(), { reset: true, animate: false });
  }
  if (basemap) {
    tiles = L.tileLayer(basemap.url, {
      attribution: escaped(basemap.attribution),
      maxNativeZoom: basemap.maxZoom,
      maxZoom: 20,
      basemap: basemap.name,
    }).addTo(map);
  }
  localStorage.setItem(KEPT, basemap ? basemap.name : '');
}

// Leaflet takes attributions as HTML.
const escaped = (text) => el('i', {}, text).innerHTML;

async function loadBackdrop() {
  const [coast, districts] = await Promise.all(['coast', 'districts'].map(fetchGeojson));
  const renderer = L.canvas({ pane: 'backdrop', padding: 0.3 });
  const coastLayer = L.geoJSON(coast, { pane: 'backdrop', renderer, interactive: false, style: coastStyle });
  const districtLayer = L.geoJSON(districts, { pane: 'backdrop', renderer, interactive: false, style: districtStyle });
  layers = [
    [coastLayer, coastStyle],
    [districtLayer, districtStyle],
  ];
  for (const [layer] of layers) layer.addTo(map);
  for (const feature of districts.features) nameDistrict(feature);
  onTheme(() => layers.forEach(([layer, style]) => layer.setStyle(style())));
}

async function fetchGeojson(name) {
  const response = await fetch(`/assets/basemap/${name}.geojson`);
  return response.json();
}

const coastStyle = () => ({ color: colour('coast'), weight: 1, fillColor: colour('land'), fillOpacity: 1 });
const districtStyle = () => ({ color: colour('district'), weight: 1.2, dashArray: '7 5', fill: false, opacity: 0.8 });

function nameDistrict(feature) {
  const layer = L.geoJSON(feature);
  const icon = L.divIcon({ className: 'district-name', html: el('span', {}, feature.properties.name), iconSize: null });
  const name = L.marker(layer.getBounds().getCenter(), { icon, interactive: false, keyboard: false, pane: 'backdrop' });
  const show = () => (map.getZoom() >= 9 && map.getZoom() <= 13 ? name.addTo(map) : name.remove());
  map.on('zoomend', show);
  show();
}
