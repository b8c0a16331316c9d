// Whom a vehicle obeys, and what its remote identification tells everybody around: facts [name, words, level].
import { distance, metresBetween, UNKNOWN } from './format.js';
import { t } from './i18n.js';

const ASTRAY_M = 100;

export function authorityFacts(vehicle) {
  const facts = [];
  if (vehicle.drone_id_ready === false)
    facts.push(['fact.drone_id', t('drone_id.blocks', { reason: vehicle.drone_id_reason || t('no') }), 'bad']);
  if (vehicle.operator) facts.push(['fact.operator', ...operatorWords(vehicle.operator)]);
  if (vehicle.takeover) {
    const { station, left_s } = vehicle.takeover;
    facts.push(['fact.takeover', t('operator.asks', { station, s: Math.ceil(left_s) }), 'bad']);
  }
  if (vehicle.broadcast) facts.push(['fact.broadcast', ...broadcastWords(vehicle)]);
  return facts;
}

// Whom it obeys, and whether another station may take it without asking.
function operatorWords({ station, takeover_allowed }) {
  const who = station ?? t('operator.anybody');
  return station !== null && takeover_allowed ? [`${who} · ${t('operator.open')}`, 'bad'] : [who, ''];
}

// Who it says it is, and how far from where it is that puts it.
function broadcastWords({ broadcast, lat, lon }) {
  const { airborne } = broadcast;
  const told = [broadcast.id ?? UNKNOWN];
  if (airborne !== null) told.push(t(airborne ? 'vehicle.flying' : 'vehicle.ground'));
  const knownPlaces = broadcast.lat !== null && lat !== null;
  const offM = knownPlaces ? metresBetween(lat, lon, broadcast.lat, broadcast.lon) : 0;
  if (broadcast.lat === null) told.push(t('drone_id.no_place'));
  else if (knownPlaces) told.push(t('drone_id.off', { d: distance(offM) }));
  return [told.join(' · '), offM > ASTRAY_M ? 'bad' : ''];
}
