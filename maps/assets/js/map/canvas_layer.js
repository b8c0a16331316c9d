// A canvas over the view and a margin around it, drawn anew whenever the view has changed.
export const CanvasLayer = L.Layer.extend({
  options: { pane: 'overlayPane', padding: 0.25 },

  onAdd(map) {
    this._map = map;
    this.canvas = L.DomUtil.create('canvas', 'leaflet-zoom-hide');
    this.getPane().appendChild(this.canvas);
    map.on('moveend zoomend viewreset resize', this.redraw, this);
    this.redraw();
  },

  onRemove(map) {
    map.off('moveend zoomend viewreset resize', this.redraw, this);
    this.canvas.remove();
  },

  redraw() {
    if (!this._map) return;
    const size = this._map.getSize();
    const margin = size.multiplyBy(this.options.padding).round();
    this.origin = this._map.containerPointToLayerPoint([0, 0]).subtract(margin);
    const whole = size.add(margin.multiplyBy(2));
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    if (this.canvas.width !== whole.x * ratio || this.canvas.height !== whole.y * ratio) {
      this.canvas.width = whole.x * ratio;
      this.canvas.height = whole.y * ratio;
      this.canvas.style.width = `${whole.x}px`;
      this.canvas.style.height = `${whole.y}px`;
    }
    L.DomUtil.setPosition(this.canvas, this.origin);
    this.context = this.canvas.getContext('2d');
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.context.clearRect(0, 0, whole.x, whole.y);
    this.draw(this.context, (lat, lon) => this.toPoint(lat, lon));
  },

  // Where a position lies on the canvas.
  toPoint(lat, lon) {
    return this._map.latLngToLayerPoint([lat, lon]).subtract(this.origin);
  },
});
