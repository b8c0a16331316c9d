// Times of a drill, values of its objectives and things of its world, as people read them.
import { halfOf } from '../shared/outcomes.js';

const SHARES = new Set(['find', 'cover', 'notices']);
const UNITS = { report_s: 's', accept_s: 's', arrive_s: 's', home_s: 's', place_m: 'm', battery: '%' };

export function minutes(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

export function valueWords(kind, value) {
  if (value === null) return '–';
  if (SHARES.has(kind)) return `${Math.round(value * 100)} %`;
  return `${Math.round(value * 10) / 10}${UNITS[kind] ? ` ${UNITS[kind]}` : ''}`;
}

// A thing by what its drill says of it; without that by its class and number.
export function thingWords(thing, classes) {
  return halfOf(thing.note) || `${classes.name(thing.klass)} ${thing.id}`;
}
