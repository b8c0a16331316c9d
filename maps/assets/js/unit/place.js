// Where the unit is and where it has to go, on the map; its own position from the phone or by a long press.
import { map } from '../shared/settings.js';
import { el } from '../shared/dom.js';
import { position } from '../shared/format.js';
import { labelled, t } from '../shared/i18n.js';
import { toast } from '../shared/toast.js';
import { sightingIcon } from '../map/icons.js';
import { metresBetween } from '../shared/format.js';

const MOVED_M = 15;
const EVERY_MS = 20000;
const TRACKING = 'aeropatrol.tracking';

export class Place {
  constructor(report) {
    this.report = report;
    this.words = el('p', { class: 'place num' });
    this.button = labelled(
      el('button', { type: 'button', on: { click: () => this.follow(true) } }),
      'unitpage.use_phone',
    );
    this.node = el(
      'section',
      {},
      el('div', { class: 'row' }, this.words, this.button),
      labelled(el('p', { class: 'place' }), 'unitpage.tap_map'),
    );
    map.on('contextmenu', (event) => this.move(event.latlng.lat, event.latlng.lng, true));
    if (localStorage.getItem(TRACKING) === 'yes') this.follow(false);
  }

  // The phone's own position, as long as the page is open.
  follow(asked) {
    if (!navigator.geolocation) {
      if (asked) toast(t('unitpage.position_refused'), 'bad');
      return;
    }
    if (this.watch !== undefined) navigator.geolocation.clearWatch(this.watch);
    this.watch = navigator.geolocation.watchPosition(
      ({ coords }) => {
        localStorage.setItem(TRACKING, 'yes');
        this.move(coords.latitude, coords.longitude, asked);
      },
      () => asked && toast(t('unitpage.position_refused'), 'bad'),
      { enableHighAccuracy: true, maximumAge: 5000 },
    );
  }

  move(lat, lon, now) {
    const last = this.sent;
    const due =
      !last || now || Date.now() - last.at > EVERY_MS || metresBetween(last.lat, last.lon, lat, lon) > MOVED_M;
    if (!due) return;
    this.sent = { lat, lon, at: Date.now() };
    this.report(round(lat), round(lon));
  }

  show(unit, sighting) {
    const known = unit?.lat_deg != null;
    const place = known ? position(unit.lat_deg, unit.lon_deg) : t('unitpage.position_unknown');
    this.words.textContent = t('unitpage.my_position', { place });
    this.me = marker(this.me, known ? [unit.lat_deg, unit.lon_deg] : null, meIcon);
    this.goal = marker(
      this.goal,
      sighting ? [sighting.place.lat_deg, sighting.place.lon_deg] : null,
      () => goalIcon(sighting),
      sighting && `${sighting.id}${sighting.status}`,
    );
    this.ring(sighting?.place);
    this.fit(known ? [unit.lat_deg, unit.lon_deg] : null, sighting);
  }

  // How sure the place is: the circle that holds the truth nine times in ten.
  ring(place) {
    const key = place?.ce90_m ? [place.lat_deg, place.lon_deg, place.ce90_m].join() : '';
    if (this.ringed === key) return;
    this.ringed = key;
    this.circle?.remove();
    if (!key) return;
    const look = { pane: 'plan', color: '#0f62b8', weight: 1.5, fillOpacity: 0.08, interactive: false };
    this.circle = L.circle([place.lat_deg, place.lon_deg], { radius: place.ce90_m, ...look }).addTo(map);
  }

  // Only when the task changes: otherwise the map is the officer's.
  fit(me, sighting) {
    const key = `${sighting?.id ?? ''} ${me ? 'placed' : ''}`;
    if (this.fitted === key) return;
    this.fitted = key;
    const points = [me, sighting && [sighting.place.lat_deg, sighting.place.lon_deg]].filter(Boolean);
    if (points.length) map.fitBounds(L.latLngBounds(points), { padding: [50, 50], maxZoom: 17, animate: false });
  }
}

function marker(old, place, icon, key = 'me') {
  if (!place) {
    old?.remove();
    return null;
  }
  const shown = old ?? L.marker(place, { pane: 'places', interactive: false, keyboard: false });
  shown.setLatLng(place);
  if (shown.key !== key) shown.setIcon(icon());
  shown.key = key;
  return shown.addTo(map);
}

const meIcon = () =>
  L.divIcon({ className: 'marker', html: el('div', { class: 'me' }), iconSize: [20, 20], iconAnchor: [10, 10] });
const goalIcon = (sighting) =>
  L.divIcon({
    className: 'marker sighting-marker',
    html: sightingIcon(sighting),
    iconSize: [30, 30],
    iconAnchor: [15, 15],
  });
const round = (value) => Math.round(value * 1e7) / 1e7;
