// What is really there, on the instructor's map only: rings, hollow while nobody has reported them.
import { map } from '../shared/settings.js';
import { el, svg } from '../shared/dom.js';
import { t } from '../shared/i18n.js';
import { thingWords } from './words.js';

const COLOUR = '#6a3fb5';
const OTHER = '#7d8b98';

export class TruthLayer {
  constructor(training, classes) {
    this.classes = classes;
    this.layer = L.layerGroup().addTo(map);
    this.goneTo = null;
    training.on((view) => this.show(view.run));
  }

  show(run) {
    this.layer.clearLayers();
    if (run) this.borders(run);
    for (const thing of run?.truth ?? []) this.ring(thing);
    this.goTo(run);
  }

  borders(run) {
    const lines = { pane: 'zones', interactive: false, fillOpacity: 0.04 };
    L.polygon(run.area, { ...lines, color: '#3d4d5b', weight: 2 }).addTo(this.layer);
    for (const zone of run.no_fly) L.polygon(zone, { ...lines, color: '#b3201a', weight: 1.5 }).addTo(this.layer);
  }

  ring(thing) {
    const colour = thing.find ? COLOUR : OTHER;
    const fill = thing.reported_s === null ? 'none' : colour;
    const dot = svg('circle', { cx: 11, cy: 11, r: 8, fill, 'fill-opacity': 0.6, stroke: colour, 'stroke-width': 3 });
    const words = `${thingWords(thing, this.classes)}${thing.find ? '' : ` (${t('train.not_to_find')})`}`;
    const html = el('div', {}, svg('svg', { viewBox: '0 0 22 22', width: 22, height: 22 }, dot), el('div', { class: 'tag' }, words));
    const icon = L.divIcon({ className: 'truth-marker', html, iconSize: [22, 22], iconAnchor: [11, 11] });
    const marker = L.marker([thing.lat_deg, thing.lon_deg], { icon, pane: 'plan', interactive: false, keyboard: false });
    marker.addTo(this.layer);
  }

  // The map goes to a new drill once; after that it is the instructor's.
  goTo(run) {
    if (!run || this.goneTo === run.id) return;
    this.goneTo = run.id;
    map.fitBounds(L.latLngBounds(run.area).pad(0.25), { maxZoom: 17, animate: false });
  }
}
