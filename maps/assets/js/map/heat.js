// Where sightings come again and again: cells by weight, by place and never by person.
import { map } from '../shared/settings.js';
import { el } from '../shared/dom.js';
import { t } from '../shared/i18n.js';
import { tellOnHover } from './hover.js';

const LIGHT = [252, 205, 89];
const DARK = [176, 24, 24];

export class HeatLayer {
  constructor(classes) {
    this.classes = classes;
    this.group = L.layerGroup();
  }

  // `cells` as /analysis/heat.geojson gives them; null takes them away.
  show(cells) {
    this.group.clearLayers();
    if (!cells) return this.group.remove();
    const words = ({ count, days, klass }) => t('analysis.cell', { n: count, days, klass: this.classes.name(klass) });
    for (const cell of cells.features) {
      const [ring] = cell.geometry.coordinates;
      const corners = ring.map(([lon, lat]) => [lat, lon]);
      const square = L.polygon(corners, styleOf(cell.properties.share)).addTo(this.group);
      tellOnHover(square, () => el('span', {}, words(cell.properties)));
    }
    return this.group.addTo(map);
  }

  get bounds() {
    return L.featureGroup(this.group.getLayers()).getBounds();
  }
}

function styleOf(share) {
  const mixed = LIGHT.map((part, i) => Math.round(part + (DARK[i] - part) * share));
  const colour = `rgb(${mixed.join(',')})`;
  return { pane: 'zones', color: colour, weight: 1, fillColor: colour, fillOpacity: 0.25 + 0.45 * share };
}
