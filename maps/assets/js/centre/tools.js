// The map's own buttons: report, measure, fit, base map; and the read-out under the pointer.
import { map } from '../shared/settings.js';
import { el, svg } from '../shared/dom.js';
import { labelled, t } from '../shared/i18n.js';
import { toast } from '../shared/toast.js';
import { basemapChosen, basemapNames, chooseBasemap } from '../map/base.js';
import { Measure } from '../map/draw.js';

const LINE = {
  fill: 'none',
  stroke: 'currentColor',
  'stroke-width': 2,
  'stroke-linecap': 'round',
  'stroke-linejoin': 'round',
};
const ICONS = {
  report: 'M12 3 21 12 12 21 3 12ZM12 8.500v4M12 15.200v.1',
  measure: 'M3 16 16 3l5 5L8 21zM7 12l2 2M10 9l2 2M13 6l2 2',
  first: 'M12 8v4l3 2M12 4a8 8 0 1 1-8 8M4 4l3 3M4 4v4M4 4h4',
  fit: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5',
  sites: 'M5 21V9l7-5 7 5v12zM10 21v-6h4v6',
  analysis: 'M4 20V4M4 20h16M8.5 16v-5M13 16V7M17.5 16v-3',
  systems: 'M4 8h14l-4-4M20 16H6l4 4',
};

export class Tools {
  // `more` are further buttons: what each is called, and what it does.
  constructor(rooms, store, reportForm, plans, more) {
    Object.assign(this, { store, reportForm, plans, mode: null });
    this.buttons = {
      report: tool('report', 'tool.report', () => this.toggle('report')),
      measure: tool('measure', 'tool.measure', () => this.toggle('measure')),
      fit: tool('fit', 'tool.fit', () => this.fit()),
    };
    const others = Object.entries(more).map(([name, run]) => tool(name, `tool.${name}`, (event) => run(event)));
    rooms.tools.append(...Object.values(this.buttons), ...others, ...basemapChoice());
    map.on('click', (event) => this.click(event));
    map.on('contextmenu', (event) => store.replay || reportForm.open(event.latlng));
    map.on('mousemove', (event) => showPlace(rooms.readout, event.latlng));
    document.addEventListener('keydown', (event) => event.key === 'Escape' && this.set(null));
  }

  toggle(mode) {
    this.set(this.mode === mode ? null : mode);
  }

  set(mode) {
    this.measure?.stop();
    this.measure = null;
    this.mode = mode;
    map.getContainer().classList.toggle('drawing', mode !== null);
    for (const [name, button] of Object.entries(this.buttons))
      button.setAttribute('aria-pressed', String(name === mode));
    if (mode === 'report') toast(t('tool.report_hint'), 'hint');
    if (mode === 'measure') this.measure = new Measure(() => this.set(null));
  }

  click(event) {
    if (this.mode !== 'report') return;
    this.set(null);
    this.reportForm.open(event.latlng);
  }

  // All of the fleet, units and the operation's area.
  fit() {
    const bounds = L.latLngBounds([]);
    for (const vehicle of this.store.vehicles.values())
      if (vehicle.lat !== null) bounds.extend([vehicle.lat, vehicle.lon]);
    for (const unit of this.store.units.values())
      if (unit.lat_deg !== null) bounds.extend([unit.lat_deg, unit.lon_deg]);
    this.plans.zones.eachLayer((layer) => bounds.extend(layer.getBounds()));
    if (bounds.isValid()) map.fitBounds(bounds, { padding: [60, 60], maxZoom: 17 });
  }
}

function tool(name, key, run) {
  const icon = svg(
    'svg',
    { viewBox: '0 0 24 24', width: 20, height: 20, 'aria-hidden': true },
    svg('path', { d: ICONS[name], ...LINE }),
  );
  const button = el('button', { type: 'button', id: `tool-${name}`, on: { click: run } }, icon, labelled(el('span'), key));
  return labelled(button, key, 'title'); // On a small screen the icon stands alone.
}

function basemapChoice() {
  const names = basemapNames();
  if (names.length === 0) return [];
  const plain = labelled(el('option', { value: '' }), 'map.backdrop');
  const choice = el(
    'select',
    { on: { change: () => chooseBasemap(choice.value) } },
    ...names.map((name) => el('option', { value: name }, name)),
    plain,
  );
  labelled(choice, 'map.basemap', 'aria-label');
  choice.value = basemapChosen();
  return [choice];
}

function showPlace(node, { lat, lng }) {
  const [latShifted, lonShifted] = globalThis.gcj02.toGcj02(lat, lng);
  node.textContent = `WGS-84 ${lat.toFixed(5)}, ${lng.toFixed(5)}`;
  node.title = `GCJ-02 ${latShifted.toFixed(5)}, ${lonShifted.toFixed(5)}`;
}
