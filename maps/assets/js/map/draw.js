// Drawing polygons and lines, picking places and measuring by clicks: each click a corner, double click or Enter ends, Esc gives up.
import { map } from '../shared/settings.js';
import { distance, metresBetween } from '../shared/format.js';
import { el } from '../shared/dom.js';

const LINE = { pane: 'draw', color: '#0f62b8', weight: 2.5, dashArray: '6 4', interactive: false };

class Sketch {
  constructor(onDone, onCancel) {
    Object.assign(this, { onDone, onCancel, points: [] });
    this.line = L.polyline([], LINE).addTo(map);
    this.dots = L.layerGroup().addTo(map);
    this.handlers = {
      click: (event) => this.add(event.latlng),
      mousemove: (event) => this.hover(event.latlng),
      dblclick: () => this.finish(),
    };
    map.on(this.handlers);
    map.doubleClickZoom.disable();
    map.getContainer().classList.add('drawing');
    this.keys = (event) => this.key(event);
    document.addEventListener('keydown', this.keys, true); // before the form beside the map closes on the same Esc
  }

  add(latlng) {
    const last = this.points.at(-1);
    if (last && map.latLngToContainerPoint(last).distanceTo(map.latLngToContainerPoint(latlng)) < 4) return;
    this.points.push(latlng);
    L.circleMarker(latlng, { ...LINE, dashArray: null, radius: 5, fillColor: '#fff', fillOpacity: 1 }).addTo(this.dots);
    this.hover(latlng);
  }

  undo() {
    this.points.pop();
    const dots = this.dots.getLayers();
    if (dots.length) this.dots.removeLayer(dots.at(-1));
    this.hover(this.points.at(-1));
  }

  key(event) {
    if (event.target.closest?.('input, textarea, select')) return;
    if (event.key === 'Escape') this.cancel();
    else if (event.key === 'Enter' && !event.target.closest?.('button')) this.finish();
    else if (event.key === 'Backspace') this.undo();
    else return;
    event.preventDefault();
  }

  cancel() {
    this.stop();
    this.onCancel?.();
  }

  stop() {
    map.off(this.handlers);
    this.line.remove();
    this.dots.remove();
    document.removeEventListener('keydown', this.keys, true);
    map.getContainer().classList.remove('drawing');
    setTimeout(() => map.doubleClickZoom.enable(), 300);
  }
}

export class PolygonSketch extends Sketch {
  hover(latlng) {
    const ring = latlng ? [...this.points, latlng] : this.points;
    this.line.setLatLngs(ring.length > 2 ? [...ring, ring[0]] : ring);
  }

  finish() {
    if (this.points.length < 3) return;
    const ring = [...this.points, this.points[0]].map(({ lat, lng }) => [round(lng), round(lat)]);
    this.stop();
    this.onDone(ring);
  }
}

// Click by click a line: [[longitude, latitude], …].
export class LineSketch extends Sketch {
  hover(latlng) {
    this.line.setLatLngs(latlng ? [...this.points, latlng] : this.points);
  }

  finish() {
    if (this.points.length < 2) return;
    const line = this.points.map(({ lat, lng }) => [round(lng), round(lat)]);
    this.stop();
    this.onDone(line);
  }
}

// One click, one place: [latitude, longitude].
export class PointSketch extends Sketch {
  add(latlng) {
    this.stop();
    this.onDone([round(latlng.lat), round(latlng.lng)]);
  }

  hover() {}

  finish() {}
}

// Shows the length of a line at the pointer; it stays until Esc or the next measurement.
export class Measure extends Sketch {
  constructor(onEnd) {
    super(onEnd, onEnd);
    this.label = L.marker(map.getCenter(), { pane: 'draw', interactive: false, keyboard: false });
  }

  hover(latlng) {
    if (!latlng || this.points.length === 0) return;
    const line = [...this.points, latlng];
    this.line.setLatLngs(line);
    let metres = 0;
    for (let i = 1; i < line.length; i += 1)
      metres += metresBetween(line[i - 1].lat, line[i - 1].lng, line[i].lat, line[i].lng);
    const a = line.at(-2);
    const bearing =
      (Math.atan2((latlng.lng - a.lng) * Math.cos((a.lat * Math.PI) / 180), latlng.lat - a.lat) * 180) / Math.PI;
    const text = `${distance(metres)} · ${String(Math.round((bearing + 360) % 360)).padStart(3, '0')}°`;
    this.label
      .setLatLng(latlng)
      .setIcon(L.divIcon({ className: 'measure-label', html: el('span', {}, text), iconSize: null }));
    this.label.addTo(map);
  }

  finish() {
    map.off(this.handlers);
  }

  stop() {
    super.stop();
    this.label.remove();
  }
}

const round = (value) => Math.round(value * 1e7) / 1e7;
