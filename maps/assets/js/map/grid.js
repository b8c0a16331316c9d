// A faint grid of latitude and longitude, so that even an empty map says where it is.
import { colour, onTheme } from '../shared/theme.js';
import { CanvasLayer } from './canvas_layer.js';

const STEPS_DEG = [1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001];
const WIDEST_PX = 220;
// The map's buttons are there.
const CORNER_PX = 80;

export const Grid = CanvasLayer.extend({
  onAdd(map) {
    CanvasLayer.prototype.onAdd.call(this, map);
    onTheme(() => this.redraw());
  },

  draw(context, toPoint) {
    const bounds = this._map.getBounds().pad(this.options.padding);
    const pxPerDeg =
      this._map.getSize().x / Math.max(1e-9, this._map.getBounds().getEast() - this._map.getBounds().getWest());
    const step = STEPS_DEG.find((candidate) => candidate * pxPerDeg <= WIDEST_PX) ?? STEPS_DEG.at(-1);
    const digits = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
    context.strokeStyle = colour('grid');
    context.fillStyle = colour('dim');
    context.font = '10px system-ui, sans-serif';
    context.lineWidth = 1;
    const line = (from, to, write) => {
      const [a, b] = [toPoint(...from), toPoint(...to)];
      context.beginPath();
      context.moveTo(Math.round(a.x) + 0.5, Math.round(a.y) + 0.5);
      context.lineTo(Math.round(b.x) + 0.5, Math.round(b.y) + 0.5);
      context.stroke();
      write(a);
    };
    const corner = this._map.containerPointToLayerPoint([0, 0]).subtract(this.origin);
    const alongTop = (text) => (start) => start.x > corner.x + 50 && context.fillText(text, start.x + 3, corner.y + 12);
    const alongLeft = (text) => (start) => start.y > corner.y + CORNER_PX && context.fillText(text, corner.x + 4, start.y - 3);
    const count = (bounds.getEast() - bounds.getWest()) / step;
    if (count > 200) return;
    for (let lon = Math.ceil(bounds.getWest() / step) * step; lon < bounds.getEast(); lon += step) {
      line([bounds.getSouth(), lon], [bounds.getNorth(), lon], alongTop(degrees(wrapped(lon), digits, 'EW')));
    }
    for (let lat = Math.ceil(bounds.getSouth() / step) * step; lat < bounds.getNorth(); lat += step) {
      line([lat, bounds.getWest()], [lat, bounds.getEast()], alongLeft(degrees(lat, digits, 'NS')));
    }
  },
});

const wrapped = (lon) => ((((lon + 180) % 360) + 360) % 360) - 180;
const degrees = (value, digits, [ahead, behind]) =>
  `${Math.abs(value).toFixed(digits)}°${value < 0 ? behind : ahead}`;
