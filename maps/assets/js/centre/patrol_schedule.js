// A day of patrol as the server planned it: how many drones, a time line for each, every site's visits, ways on the map.
import { map } from '../shared/settings.js';
import { el, svg } from '../shared/dom.js';
import { listed } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { colourOf } from '../map/icons.js';

const WIDTH = 300;
const ROW = 20;
const FIT = { paddingTopLeft: [380, 50], paddingBottomRight: [50, 50], animate: false };
const WAY = { pane: 'plan', interactive: false, weight: 2, opacity: 0.85, dashArray: '7 5' };

export class PatrolSchedule {
  // `useFlight(button, flight)` makes one flight a plan that can be flown.
  constructor(useFlight) {
    this.useFlight = useFlight;
    this.node = el('div', { class: 'stack schedule' });
    this.layer = L.layerGroup().addTo(map);
  }

  clear() {
    this.node.replaceChildren();
    this.layer.clearLayers();
  }

  show(day) {
    this.clear();
    const needed = day.drones_needed;
    const words = needed === null ? t('patrol.none_enough') : t('patrol.needed', { n: needed });
    this.node.append(el('p', {}, el('b', {}, words)), ...day.stretches.map((stretch) => this.stretch(stretch)));
    this.node.append(el('p', { class: 'dim small' }, t('patrol.not_flown')));
    this.draw(day);
  }

  stretch(stretch) {
    const heading = el('h3', { class: 'num' }, `${clock(stretch.begin_s)}–${clock(stretch.end_s)}`);
    const drones = el('span', { class: 'dim small' }, t('patrol.drones_there', { n: stretch.drones }));
    const left = stretch.left_out.length
      ? el('p', { class: 'bad small' }, t('patrol.left_out', { names: listed(stretch.left_out) }))
      : null;
    return el(
      'section',
      { class: 'stack' },
      el('div', { class: 'line' }, heading, drones),
      left,
      stretch.schedule.length ? this.timeline(stretch) : null,
      stretch.sites.length ? sitesTable(stretch.sites) : null,
      stretch.schedule.length ? this.flights(stretch) : null,
    );
  }

  // A row a drone: bars are flights, ticks are visits.
  timeline({ begin_s: beginS, end_s: endS, schedule }) {
    const first = Math.min(beginS, ...schedule.flatMap((task) => task.flights.map((f) => f.take_off_s)));
    const last = Math.max(endS, ...schedule.flatMap((task) => task.flights.map((f) => f.land_s)));
    const x = (second) => 26 + ((second - first) / (last - first)) * (WIDTH - 30);
    const rows = schedule.map((task, i) => {
      const y = i * ROW;
      const colour = colourOf(task.drone - 1);
      const bar = (f) =>
        svg('rect', { x: x(f.take_off_s), y: y + 5, width: Math.max(1, x(f.land_s) - x(f.take_off_s)), height: 10, rx: 2, fill: colour, opacity: 0.45 });
      const tick = (visit) =>
        svg(
          'rect',
          { x: x(visit.at_s) - 0.75, y: y + 2, width: 1.5, height: 16, fill: colour },
          svg('title', {}, `${clock(visit.at_s, true)} ${visit.site}`),
        );
      const name = svg('text', { x: 0, y: y + 14, 'font-size': 11, fill: 'currentColor' }, `#${task.drone}`);
      return [name, ...task.flights.map(bar), ...task.visits.map(tick)];
    });
    const marks = [beginS, (beginS + endS) / 2, endS].map((second, i) =>
      svg(
        'text',
        { x: x(second), y: schedule.length * ROW + 12, 'font-size': 10, fill: 'currentColor', 'text-anchor': ['start', 'middle', 'end'][i] },
        clock(second),
      ),
    );
    const height = schedule.length * ROW + 16;
    const box = { viewBox: `0 0 ${WIDTH} ${height}`, width: WIDTH, height, role: 'img', 'aria-label': t('patrol.timeline') };
    return svg('svg', box, ...rows.flat(), ...marks);
  }

  flights({ schedule }) {
    const line = (task, flight) => {
      const words = t('patrol.flight', { n: task.drone, from: clock(flight.take_off_s), to: clock(flight.land_s), stand: standName(task.stand) });
      const use = el('button', { type: 'button', class: 'small', on: { click: () => this.useFlight(use, flight) } }, t('patrol.use'));
      return el('li', { class: 'line small' }, el('span', { class: 'num' }, words), flight.stops.length ? use : null);
    };
    const lines = schedule.flatMap((task) => task.flights.map((flight) => line(task, flight)));
    return el('details', {}, el('summary', { class: 'small' }, t('patrol.flights', { n: lines.length })), el('ul', {}, lines));
  }

  draw(day) {
    const bounds = L.latLngBounds([]);
    for (const stretch of day.stretches)
      for (const task of stretch.schedule)
        for (const { way } of task.flights)
          if (way.length > 1) bounds.extend(L.polyline(way, { ...WAY, color: colourOf(task.drone - 1) }).addTo(this.layer).getBounds());
    if (bounds.isValid()) map.fitBounds(bounds, FIT);
  }

  leave() {
    this.layer.remove();
  }
}

// How often each site is looked at; a gap that is longer than its deadline stands out.
function sitesTable(sites) {
  const head = ['patrol.name', 'patrol.deadline_short', 'patrol.visits', 'patrol.longest'].map((key) => el('th', {}, t(key)));
  const row = (site) =>
    el(
      'tr',
      {},
      el('td', {}, site.site),
      el('td', { class: 'num' }, minutes(site.deadline_s)),
      el('td', { class: 'num' }, String(site.visits)),
      el('td', { class: site.longest_gap_s > site.deadline_s + 1 ? 'num bad' : 'num' }, site.visits > 1 ? minutes(site.longest_gap_s) : '–'),
    );
  return el('table', { class: 'small' }, el('thead', {}, el('tr', {}, head)), el('tbody', {}, sites.map(row)));
}

const minutes = (seconds) => (seconds / 60).toFixed(seconds % 60 ? 1 : 0);
const standName = (stand) => (stand === 'base' ? t('patrol.base') : t('patrol.pad', { n: stand.split(' ')[1] }));

function clock(second, seconds = false) {
  const whole = Math.floor(second);
  const parts = [Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60, ...(seconds ? [whole % 60] : [])];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}
