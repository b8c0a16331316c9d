// Reporting a sighting by a click on the map.
import { map } from '../shared/settings.js';
import { el } from '../shared/dom.js';
import { newId, post, seat } from '../shared/api.js';
import { act } from '../shared/act.js';
import { position } from '../shared/format.js';
import { labelled, t } from '../shared/i18n.js';
import { halfOf } from '../shared/outcomes.js';
import { sightingIcon } from '../map/icons.js';

// An operation in these may have led to what is reported.
const UNDER_WAY = new Set(['launching', 'flying', 'paused', 'held', 'returning']);

export class ReportForm {
  constructor(store, drawer, classes, selection) {
    Object.assign(this, { store, drawer, classes, selection });
  }

  open(latlng) {
    const id = newId();
    const marker = L.marker(latlng, { pane: 'draw', draggable: true, keyboard: false, icon: this.icon(2) }).addTo(map);
    const place = el('p', { class: 'num dim' });
    const showPlace = () => (place.textContent = position(marker.getLatLng().lat, marker.getLatLng().lng));
    marker.on('drag', showPlace);
    showPlace();
    const klass = el('select', { id: 'report-class' });
    const fill = () => {
      const options = this.classes.all().map((c) => el('option', { value: c.id }, this.classes.name(c.id)));
      klass.replaceChildren(...options);
    };
    fill();
    const priority = el(
      'select',
      { id: 'report-priority' },
      [1, 2, 3, 4].map((p) => el('option', { value: String(p) }, t(`priority.${p}`))),
    );
    const follow = () => {
      priority.value = String(this.classes.byId.get(klass.value)?.priority ?? 3);
      marker.setIcon(this.icon(Number(priority.value)));
    };
    klass.addEventListener('change', follow);
    priority.addEventListener('change', () => marker.setIcon(this.icon(Number(priority.value))));
    follow();
    if (this.classes.all().length === 0) this.classes.loaded.then(() => (fill(), follow()));
    const note = el('textarea', { id: 'report-note', maxlength: 500 });
    const send = labelled(el('button', { type: 'submit', class: 'primary' }), 'report.send');
    const operation = this.operationField();
    const bodyOf = () => ({
      id,
      operation: operation.choice.value || null,
      klass: klass.value,
      priority: Number(priority.value),
      lat: round(marker.getLatLng().lat),
      lon: round(marker.getLatLng().lng),
      note: note.value.trim(),
      simulated: this.store.exercise,
      source: { kind: 'person', name: seat() },
    });
    const form = el(
      'form',
      { class: 'form', on: { submit: (event) => this.send(event, send, bodyOf) } },
      place,
      el('label', {}, labelled(el('span'), 'report.class'), klass),
      el('label', {}, labelled(el('span'), 'sighting.priority'), priority),
      el('label', {}, labelled(el('span'), 'sighting.note'), note),
      operation.node,
      el('div', { class: 'buttons' }, send),
    );
    this.drawer.open('report.title', form, () => marker.remove());
  }

  // In whose report it will stand: proposed where one operation only is under way, else for somebody to say.
  operationField() {
    const flown = [...this.store.operations.values()].filter((operation) => UNDER_WAY.has(operation.status));
    const none = labelled(el('option', { value: '' }), 'report.no_operation');
    const options = flown.map((operation) => el('option', { value: operation.id }, halfOf(operation.name)));
    const choice = el('select', { id: 'report-operation' }, none, options);
    choice.value = flown.length === 1 ? flown[0].id : '';
    const node = flown.length ? el('label', {}, labelled(el('span'), 'report.operation'), choice) : null;
    return { choice, node };
  }

  icon(priority) {
    return L.divIcon({
      className: 'marker sighting-marker fresh',
      html: sightingIcon({ status: 'new', priority }),
      iconSize: [30, 30],
      iconAnchor: [15, 15],
    });
  }

  async send(event, button, bodyOf) {
    event.preventDefault();
    const body = bodyOf();
    const sighting = await act(button, () => post('/sightings', body), t('report.sent'));
    if (!sighting) return;
    this.drawer.close();
    this.selection.choose('sighting', sighting.id, true);
  }
}

const round = (value) => Math.round(value * 1e7) / 1e7;
