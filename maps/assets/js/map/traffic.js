// Other aircraft, as receivers on our vehicles hear them: shown as long as they are heard, told by their callsign.
import { map } from '../shared/settings.js';
import { el, setText, svg } from '../shared/dom.js';
import { onLanguage, t } from '../shared/i18n.js';

const AIRLINER = 'M20 3 23 15 37 23v4l-14-4v8l4 4v3l-7-2-7 2v-3l4-4v-8L3 27v-4l14-8Z';

export class TrafficLayer {
  constructor(store) {
    this.store = store;
    this.markers = new Map();
    store.on('traffic', () => this.update());
    onLanguage(() => this.update());
  }

  update() {
    for (const [id, marker] of this.markers) {
      if (this.store.traffic.has(id)) continue;
      marker.leaflet.remove();
      this.markers.delete(id);
    }
    for (const aircraft of this.store.traffic.values())
      this.show(aircraft, this.markers.get(aircraft.id) ?? this.make(aircraft));
  }

  make(aircraft) {
    const turning = svg('g', {}, svg('path', { d: AIRLINER, fill: '#2c3e50', stroke: '#fff', 'stroke-width': 1.5 }));
    const picture = svg('svg', { viewBox: '0 0 40 40', width: 28, height: 28, 'aria-hidden': true }, turning);
    const label = el('span');
    const icon = L.divIcon({
      className: 'marker aircraft',
      html: el('div', {}, picture, el('div', { class: 'tag' }, label)),
      iconSize: [28, 28],
      iconAnchor: [14, 14],
    });
    const leaflet = L.marker([aircraft.lat, aircraft.lon], { icon, pane: 'places', interactive: false }).addTo(map);
    const marker = { leaflet, turning, label };
    this.markers.set(aircraft.id, marker);
    return marker;
  }

  show(aircraft, marker) {
    marker.leaflet.setLatLng([aircraft.lat, aircraft.lon]);
    marker.turning.setAttribute('transform', `rotate(${aircraft.heading_deg ?? 0} 20 20)`);
    const height = aircraft.alt_amsl_m === null ? '–' : `${Math.round(aircraft.alt_amsl_m)} m`;
    const name = aircraft.callsign ?? aircraft.id;
    setText(marker.label, `${name} · ${height}`);
    marker.leaflet.getElement().title = t('traffic.aircraft', { name });
  }
}
