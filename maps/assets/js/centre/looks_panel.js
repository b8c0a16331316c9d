// "Who is there first?" of a place clicked on the map: the ranking, the way of the chosen drone, and one held command.
import { map } from '../shared/settings.js';
import { el } from '../shared/dom.js';
import { post } from '../shared/api.js';
import { act } from '../shared/act.js';
import { position } from '../shared/format.js';
import { holdButton } from '../shared/hold.js';
import { labelled, t } from '../shared/i18n.js';
import { toast } from '../shared/toast.js';
import { PointSketch } from '../map/draw.js';
import { LookList } from './look_list.js';

const ASK_EVERY_MS = 5000;
const PLACE = { pane: 'draw', radius: 8, color: '#0f62b8', weight: 3, fillColor: '#fff', fillOpacity: 1, interactive: false };
const WAY = { pane: 'draw', color: '#0f62b8', weight: 3, dashArray: '2 7', interactive: false };

export class LooksPanel {
  constructor(store, drawer, selection) {
    Object.assign(this, { store, drawer, selection });
  }

  // The next click on the map is the place.
  pick() {
    this.sketch?.cancel();
    toast(t('look.how_to_pick'), 'hint');
    this.sketch = new PointSketch((at) => this.open(at), () => (this.sketch = null));
  }

  open([lat, lon]) {
    this.sketch = null;
    const layer = L.layerGroup([L.circleMarker([lat, lon], PLACE)]).addTo(map);
    const command = el('div', { class: 'stack' });
    const list = new LookList((look) => this.chosen(look, layer, command, { lat, lon }));
    const ask = (now) => list.refresh(`lat=${lat}&lon=${lon}`, now);
    const timer = setInterval(() => ask(true), ASK_EVERY_MS);
    const words = labelled(el('p', { class: 'dim small' }), 'look.asks_only');
    const content = el('div', { class: 'form' }, el('p', { class: 'num dim' }, position(lat, lon)), words, list.node, command);
    this.drawer.open('look.title', content, () => {
      clearInterval(timer);
      layer.remove();
    });
    return ask(true);
  }

  // Its way on the map, the vehicle chosen in the fleet, and the command that turns its camera.
  chosen(look, layer, command, place) {
    for (const line of layer.getLayers()) if (line instanceof L.Polyline) layer.removeLayer(line);
    const vehicle = this.store.vehicles.get(look.vehicle);
    if (vehicle && vehicle.lat !== null) L.polyline([[vehicle.lat, vehicle.lon], ...look.way], WAY).addTo(layer);
    this.selection.choose('vehicle', look.vehicle, true);
    const button = holdButton('drone.look', (held) => this.send(held, look.vehicle, place), '');
    delete button.dataset.t;
    button.textContent = t('drone.look', { vehicle: look.name });
    command.replaceChildren(button);
  }

  send(button, vehicle, place) {
    button.blur();
    const path = `/vehicles/${encodeURIComponent(vehicle)}/look`;
    return act(button, () => post(path, { confirm: vehicle, place }), t('drone.done', { vehicle }));
  }
}
