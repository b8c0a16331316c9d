// Words under the pointer. They come as an element, so that text stays text.
import { map } from '../shared/settings.js';

export function tellOnHover(layer, elementOf) {
  const tip = L.tooltip({ sticky: true, direction: 'right' });
  layer.on('mouseover', ({ latlng }) => tip.setLatLng(latlng).setContent(elementOf()).addTo(map));
  layer.on('mousemove', ({ latlng }) => tip.setLatLng(latlng));
  layer.on('mouseout remove', () => tip.remove());
  return layer;
}
