// The big figures of one vehicle, each with its name and, where it is bad, its colour.
import { el, setClass, setText } from '../shared/dom.js';
import { ageText, distance, metresBetween, number, UNKNOWN, unit } from '../shared/format.js';
import { labelled, t } from '../shared/i18n.js';

const LOW_PCT = 25;
const EMPTY_PCT = 15;
const FEW_SATELLITES = 8;
const FIX_3D = 3;

export class Figures {
  constructor() {
    this.node = el('div', { class: 'figures' });
    this.tiles = Object.fromEntries(Object.keys(SHOWN).map((name) => [name, this.tile(name)]));
  }

  tile(name) {
    const value = el('b', { class: 'num' });
    const more = el('small', { class: 'num' });
    const node = el('div', { class: 'figure' }, labelled(el('span'), `pilot.${name}`), value, more);
    this.node.append(node);
    return { node, value, more };
  }

  // `ageS` is the vehicle's silence, `stale` whether that is too long.
  show(vehicle, ageS, stale) {
    for (const [name, read] of Object.entries(SHOWN)) {
      const { value, more = '', level = '' } = read(vehicle, ageS, stale);
      setText(this.tiles[name].value, value);
      setText(this.tiles[name].more, more);
      setClass(this.tiles[name].node, `figure ${level}`);
    }
  }
}

function wayInUse(vehicle) {
  const used = vehicle.ways.find((way) => way.used);
  return used ? `${used.peer} · ${t('way.loss', { loss: unit(used.loss_pct, 0, '%') })}` : '';
}

const SHOWN = {
  height: (v) => ({ value: unit(v.alt_rel_m, 1, 'm'), more: t('pilot.climb', { v: unit(v.climb_m_s, 1, 'm/s') }) }),
  speed: (v) => ({ value: unit(v.ground_m_s, 1, 'm/s'), more: t('pilot.home', { d: fromHome(v) }) }),
  battery: (v) => ({
    value: v.battery_pct === null ? unit(v.battery_v, 1, 'V') : `${v.battery_pct} %`,
    more: `${unit(v.battery_v, 1, 'V')} · ${unit(v.battery_a, 1, 'A')}`,
    level: batteryLevel(v),
  }),
  gps: (v) => ({
    value: v.satellites === null ? UNKNOWN : t('vehicle.satellites', { n: v.satellites }),
    more: `${fixName(v.gps_fix)} · HDOP ${number(v.hdop, 1)}`,
    level: gpsLevel(v),
  }),
  ekf: (v) => ({
    value: v.ekf_ok === null ? UNKNOWN : t(v.ekf_ok ? 'pilot.good' : 'pilot.bad'),
    more: v.prearm_ok === false ? t('pilot.prearm_bad') : '',
    level: v.ekf_ok === false ? 'bad' : v.ekf_ok === null || v.prearm_ok === false ? 'warn' : '',
  }),
  link: (v, ageS, stale) => ({
    value: ageS === null ? UNKNOWN : ageS < 1 ? t('feed.live') : ageText(ageS),
    more: v.high_latency ? t('pilot.satellite') : wayInUse(v) || v.network,
    level: stale ? 'bad' : '',
  }),
};

function fromHome(vehicle) {
  const known = [vehicle.lat, vehicle.lon, vehicle.home_lat, vehicle.home_lon];
  return known.some((value) => value === null) ? UNKNOWN : distance(metresBetween(...known));
}

function batteryLevel(vehicle) {
  if (vehicle.battery_failing || (vehicle.battery_pct !== null && vehicle.battery_pct < EMPTY_PCT)) return 'bad';
  return vehicle.battery_pct !== null && vehicle.battery_pct < LOW_PCT ? 'warn' : '';
}

function gpsLevel(vehicle) {
  if (vehicle.gps_fix !== null && vehicle.gps_fix < FIX_3D) return 'bad';
  return vehicle.satellites !== null && vehicle.satellites < FEW_SATELLITES ? 'warn' : '';
}

function fixName(fix) {
  return fix === null ? UNKNOWN : (['–', t('pilot.no_fix'), '2D', '3D', 'DGPS', 'RTK', 'RTK'][fix] ?? '3D');
}
