// Many vehicles on one canvas: places in typed arrays, one path a colour, drawn at most once a frame.
import { map } from '../shared/settings.js';
import { CanvasLayer } from './canvas_layer.js';

const GREY = '#6b7885';
const REACH_PX = 14;
const FIRST_ROOM = 256;

export const Swarm = CanvasLayer.extend({
  options: { pane: 'fleet', padding: 0.25 },

  initialize(options) {
    L.setOptions(this, options);
    this.slots = new Map();
    this.ids = [];
    this.colours = [];
    this.makeRoom(FIRST_ROOM);
  },

  onAdd(target) {
    CanvasLayer.prototype.onAdd.call(this, target);
    this.canvas.style.pointerEvents = 'none';
  },

  makeRoom(room) {
    const grown = (type, old) => {
      const array = new type(room);
      if (old) array.set(old);
      return array;
    };
    this.lats = grown(Float64Array, this.lats);
    this.lons = grown(Float64Array, this.lons);
    this.headings = grown(Float32Array, this.headings);
    this.flying = grown(Uint8Array, this.flying);
    this.xs = grown(Float32Array, this.xs);
    this.ys = grown(Float32Array, this.ys);
  },

  // `heading` in degrees; a vehicle that is not flying is a disc.
  set(id, lat, lon, heading, flying, colour) {
    let slot = this.slots.get(id);
    if (slot === undefined) {
      slot = this.ids.length;
      if (slot === this.lats.length) this.makeRoom(2 * slot);
      this.slots.set(id, slot);
      this.ids.push(id);
    } else if (this.lats[slot] === lat && this.lons[slot] === lon && this.headings[slot] === heading) {
      if (this.flying[slot] === Number(flying) && this.colours[slot] === colour) return;
    }
    this.lats[slot] = lat;
    this.lons[slot] = lon;
    this.headings[slot] = heading;
    this.flying[slot] = Number(flying);
    this.colours[slot] = colour;
    this.project(slot);
    this.soon();
  },

  remove(id) {
    if (id === undefined) return CanvasLayer.prototype.remove.call(this);
    const slot = this.slots.get(id);
    if (slot === undefined) return this;
    const last = this.ids.length - 1;
    for (const array of [this.lats, this.lons, this.headings, this.flying, this.xs, this.ys]) array[slot] = array[last];
    this.colours[slot] = this.colours[last];
    this.ids[slot] = this.ids[last];
    this.slots.set(this.ids[slot], slot);
    this.slots.delete(id);
    this.ids.pop();
    this.colours.pop();
    this.soon();
    return this;
  },

  clear() {
    for (const id of [...this.ids]) this.remove(id);
  },

  // The vehicle nearest to a point of the view, if it is within a finger's reach.
  at(containerPoint) {
    const point = map.containerPointToLayerPoint(containerPoint).subtract(this.origin);
    let nearest = null;
    let best = REACH_PX ** 2;
    for (let slot = 0; slot < this.ids.length; slot++) {
      const away = (this.xs[slot] - point.x) ** 2 + (this.ys[slot] - point.y) ** 2;
      if (away < best) [nearest, best] = [this.ids[slot], away];
    }
    return nearest;
  },

  project(slot) {
    const point = this.toPoint(this.lats[slot], this.lons[slot]);
    this.xs[slot] = point.x;
    this.ys[slot] = point.y;
  },

  soon() {
    if (this.due) return;
    this.due = requestAnimationFrame(() => {
      this.due = null;
      if (!this.context) return;
      this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
      this.paint(this.context);
    });
  },

  draw(context) {
    for (let slot = 0; slot < this.ids.length; slot++) this.project(slot);
    this.paint(context);
  },

  paint(context) {
    const paths = new Map();
    for (let slot = 0; slot < this.ids.length; slot++) {
      const colour = this.colours[slot] ?? GREY;
      let path = paths.get(colour);
      if (!path) paths.set(colour, (path = new Path2D()));
      this.outline(path, slot);
    }
    context.lineWidth = 1.2;
    context.strokeStyle = '#fff';
    for (const [colour, path] of paths) {
      context.fillStyle = colour;
      context.fill(path);
      context.stroke(path);
    }
  },

  outline(path, slot) {
    const x = this.xs[slot];
    const y = this.ys[slot];
    if (!this.flying[slot]) {
      path.moveTo(x + 5, y);
      path.arc(x, y, 5, 0, 2 * Math.PI);
      return;
    }
    const angle = (this.headings[slot] * Math.PI) / 180;
    const ahead = [Math.sin(angle), -Math.cos(angle)];
    const side = [-ahead[1], ahead[0]];
    const to = (forward, right) => [x + forward * ahead[0] + right * side[0], y + forward * ahead[1] + right * side[1]];
    path.moveTo(...to(10, 0));
    path.lineTo(...to(-8, 7));
    path.lineTo(...to(-4.5, 0));
    path.lineTo(...to(-8, -7));
    path.closePath();
  },
});
