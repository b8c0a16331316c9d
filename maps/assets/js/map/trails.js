// Lines behind vehicles on a canvas: what comes is added, all is drawn anew only when the view changes.
import { CanvasLayer } from './canvas_layer.js';
import { metresBetween } from '../shared/format.js';

const TIDY_MS = 10000;
const STEP_M = 3;
// Farther apart than this was not flown in sight of us.
const GAP_M = 150;

export const Trails = CanvasLayer.extend({
  options: { pane: 'trails', longest: 600, opacity: 1 },

  // `styleOf(id)` gives `{color, width(metresPerPixel)}`.
  initialize(styleOf, options) {
    L.setOptions(this, options);
    this.styleOf = styleOf;
    this.lines = new Map();
  },

  onAdd(map) {
    CanvasLayer.prototype.onAdd.call(this, map);
    this.canvas.style.opacity = this.options.opacity;
    this.tidying = setInterval(() => document.hidden || this.redraw(), TIDY_MS);
  },

  onRemove(map) {
    clearInterval(this.tidying);
    CanvasLayer.prototype.onRemove.call(this, map);
  },

  replaceAll(lines) {
    this.lines = new Map([...lines].map(([id, points]) => [id, points.map((point) => [...point])]));
    this.redraw();
  },

  set(id, points) {
    this.lines.set(id, points.slice(-this.options.longest));
    this.redraw();
  },

  clear() {
    this.lines.clear();
    this.redraw();
  },

  append(id, lat, lon) {
    const line = this.lines.get(id) ?? [];
    this.lines.set(id, line);
    const last = line.at(-1);
    if (last && metresBetween(last[0], last[1], lat, lon) < STEP_M) return;
    line.push([lat, lon]);
    if (line.length > this.options.longest) line.shift();
    if (last && this.context && this._map) this.stroke(this.context, id, [last, [lat, lon]]);
  },

  draw(context) {
    for (const [id, line] of this.lines) this.stroke(context, id, line);
  },

  stroke(context, id, line) {
    if (line.length < 2) return;
    const style = this.styleOf(id);
    context.strokeStyle = style.color;
    context.lineWidth = style.width(this.metresPerPixel());
    context.lineJoin = 'round';
    context.lineCap = style.cap ?? 'round';
    context.beginPath();
    let last = null;
    for (const [lat, lon] of line) {
      const point = this.toPoint(lat, lon);
      if (!last || metresBetween(last[0], last[1], lat, lon) > GAP_M) context.moveTo(point.x, point.y);
      else context.lineTo(point.x, point.y);
      last = [lat, lon];
    }
    context.stroke();
  },

  metresPerPixel() {
    const centre = this._map.getCenter();
    return (40075016.7 * Math.cos((centre.lat * Math.PI) / 180)) / (256 * 2 ** this._map.getZoom());
  },
});
