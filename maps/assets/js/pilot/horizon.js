// The artificial horizon: sky and ground turn, the aircraft stays.
import { setText, svg } from '../shared/dom.js';
import { UNKNOWN } from '../shared/format.js';

const PER_DEGREE = 1.6;
const STEPS = [-40, -30, -20, -10, 10, 20, 30, 40];

export class Horizon {
  constructor() {
    this.turning = svg(
      'g',
      {},
      svg('rect', { x: -200, y: -300, width: 400, height: 300, class: 'sky' }),
      svg('rect', { x: -200, y: 0, width: 400, height: 300, class: 'soil' }),
      svg('line', { x1: -200, x2: 200, y1: 0, y2: 0, class: 'edge' }),
      STEPS.map((pitch) => step(pitch)),
    );
    this.heading = svg('text', { x: 0, y: 88, class: 'heading' });
    this.node = svg(
      'svg',
      { viewBox: '-100 -100 200 200', class: 'horizon', role: 'img' },
      svg('clipPath', { id: 'horizon-clip' }, svg('circle', { r: 96 })),
      svg('g', { 'clip-path': 'url(#horizon-clip)' }, this.turning),
      svg('path', { d: 'M-52 0h32l8 8 12-8 12 8 8-8h32', class: 'craft' }),
      svg('path', { d: 'M0-96l-6 10h12z', class: 'craft-top' }),
      svg('circle', { r: 96, class: 'rim' }),
      this.heading,
    );
  }

  show(vehicle, label) {
    const known = vehicle.roll_deg !== null && vehicle.pitch_deg !== null;
    const roll = vehicle.roll_deg ?? 0;
    const pitch = Math.max(-45, Math.min(45, vehicle.pitch_deg ?? 0));
    this.turning.setAttribute('transform', `rotate(${-roll}) translate(0 ${pitch * PER_DEGREE})`);
    this.node.classList.toggle('unknown', !known);
    const heading = vehicle.heading_deg;
    setText(this.heading, heading === null ? UNKNOWN : `${String(Math.round(heading) % 360).padStart(3, '0')}°`);
    this.node.setAttribute('aria-label', label);
  }
}

function step(pitch) {
  const half = pitch % 20 === 0 ? 22 : 12;
  return svg('line', { x1: -half, x2: half, y1: -pitch * PER_DEGREE, y2: -pitch * PER_DEGREE, class: 'step' });
}
