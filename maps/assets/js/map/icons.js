// Shapes of what moves and what was found. State is told by shape and text, not by colour alone.
import { svg } from '../shared/dom.js';
import { settings } from '../shared/settings.js';

// Blue, vermilion, green ... after Okabe and Ito: told apart by most colour-blind people.
const PALETTE = ['#0072b2', '#d55e00', '#009e73', '#b0529c', '#6a5acd', '#a67c00', '#00868b', '#a0404a'];
export const colourOf = (index) => PALETTE[((index % PALETTE.length) + PALETTE.length) % PALETTE.length];
export const PRIORITY_COLOURS = { 1: '#c2201a', 2: '#d9730d', 3: '#b58900', 4: '#3b6ea5' };
export const priorityColour = (priority) => PRIORITY_COLOURS[priority] ?? PRIORITY_COLOURS[4];

// Flying: an arrowhead. On the ground: a disc. Not heard: hollow and dashed.
export function vehicleShape(shape, colour) {
  const paint = { stroke: '#fff', 'stroke-width': 1.6, fill: colour, 'stroke-linejoin': 'round' };
  const hollow = {
    stroke: colour,
    'stroke-width': 2.2,
    fill: '#ffffffb0',
    'stroke-dasharray': '3.5 2.5',
    'stroke-linejoin': 'round',
  };
  const arrow = 'M20 5 31 33 20 27 9 33Z';
  if (shape === 'flying') return [svg('path', { d: arrow, ...paint })];
  if (shape === 'lost') return [svg('path', { d: arrow, ...hollow })];
  if (shape === 'lost-ground') return [svg('circle', { cx: 20, cy: 20, r: 9, ...hollow })];
  return [
    svg('circle', { cx: 20, cy: 20, r: 9, ...paint }),
    svg('path', { d: 'M20 13 23.5 21 20 19.3 16.5 21Z', fill: '#fff' }),
  ];
}

const done = (status) => settings.settled.includes(status);

export function sightingIcon(sighting) {
  const colour = done(sighting.status) ? '#6b7885' : priorityColour(sighting.priority);
  const marks = {
    new: () => svg('path', { d: 'M15 9v7M15 19.4v.2', stroke: '#fff', 'stroke-width': 2.6, 'stroke-linecap': 'round' }),
    assigned: () => svg('circle', { cx: 15, cy: 15, r: 3, fill: 'none', stroke: '#fff', 'stroke-width': 2 }),
    accepted: () => svg('path', { d: 'M12 10.5 18 15l-6 4.5', fill: 'none', stroke: '#fff', 'stroke-width': 2.2 }),
    on_scene: () => svg('circle', { cx: 15, cy: 15, r: 4, fill: '#fff' }),
    resolved: () => svg('path', { d: 'm10.5 15 3 3 6-6', fill: 'none', stroke: '#fff', 'stroke-width': 2.4 }),
    dismissed: () => svg('path', { d: 'm11.5 11.5 7 7m0-7-7 7', stroke: '#fff', 'stroke-width': 2 }),
  };
  return svg(
    'svg',
    { viewBox: '0 0 30 30', width: 30, height: 30, 'aria-hidden': true },
    svg('circle', {
      class: 'pulse',
      cx: 15,
      cy: 15,
      r: 13,
      fill: 'none',
      stroke: colour,
      'stroke-width': 2,
      opacity: 0,
    }),
    svg('path', { d: 'M15 2 28 15 15 28 2 15Z', fill: colour, stroke: '#fff', 'stroke-width': 1.6 }),
    (marks[sighting.status] ?? (done(sighting.status) ? marks.resolved : marks.new))(),
  );
}

const UNIT_MARKS = {
  patrol_car: 'M6.5 16.5v-3l1.6-4h7.8l1.6 4v3zm2-3h7',
  officer: 'M12 11.2a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2M7 17.5c.4-3 2.4-4.6 5-4.6s4.600 1.600 5 4.600z',
  auxiliary: 'M12 11.200a2.600 2.600 0 1 0 0-5.200 2.600 2.600 0 0 0 0 5.200M8 17.500v-3.500h8v3.500z',
  grid_worker: 'M7 7h10v10H7zm5 0v10M7 12h10',
  station: 'M6.5 17.5V10L12 6l5.5 4v7.5zM10.5 17.5V13h3v4.5',
  drone: 'M7 7l10 10M17 7 7 17M12 10.5v3M10.5 12h3',
  volunteer: 'M12 17.500 6.800 12a3.200 3.200 0 0 1 5.200-3.600A3.200 3.200 0 0 1 17.200 12z',
};
export const UNIT_COLOURS = {
  free: '#17734a',
  assigned: '#d9730d',
  en_route: '#0f62b8',
  on_scene: '#6a3fb5',
  off: '#7b8794',
};

// `pin`: with a tip below, which marks the place.
export function unitIcon(unit, pin = false) {
  const colour = UNIT_COLOURS[unit.status] ?? UNIT_COLOURS.off;
  const line = {
    fill: 'none',
    stroke: '#fff',
    'stroke-width': 1.6,
    'stroke-linejoin': 'round',
    'stroke-linecap': 'round',
  };
  return svg(
    'svg',
    { viewBox: pin ? '0 0 24 30' : '0 0 24 24', width: 26, height: pin ? 32.5 : 26, 'aria-hidden': true },
    pin
      ? svg('path', {
          d: 'M7 21h10L12 29Z',
          fill: colour,
          stroke: '#fff',
          'stroke-width': 1.6,
          'stroke-linejoin': 'round',
        })
      : null,
    svg('rect', { x: 1, y: 1, width: 22, height: 22, rx: 6, fill: colour, stroke: '#fff', 'stroke-width': 1.6 }),
    svg('path', { d: UNIT_MARKS[unit.kind] ?? UNIT_MARKS.officer, ...line }),
  );
}
