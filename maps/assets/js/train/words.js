// Times of a drill and values of its objectives, as people read them.
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
