// Putting a sighting in its place: another class or priority, or the same as one that is known already.
import { el } from '../shared/dom.js';
import { settings } from '../shared/settings.js';
import { clock, distance, metresBetween } from '../shared/format.js';
import { labelled, t } from '../shared/i18n.js';
import { halfOf } from '../shared/outcomes.js';

const MOST_OFFERED = 30;

// `take(button, body)` asks for the step; `legal` are the steps that the table allows.
export function sorting(sighting, legal, { store, classes }, take) {
  const parts = [
    legal.includes('classify') ? classifying(sighting, classes, take) : null,
    legal.includes('duplicate') ? duplicating(sighting, store, classes, take) : null,
  ].filter(Boolean);
  if (parts.length === 0) return null;
  const heading = labelled(el('summary'), 'sighting.more');
  return el('details', { class: 'sorting' }, heading, el('div', { class: 'stack' }, parts));
}

function classifying(sighting, classes, take) {
  const klass = el(
    'select',
    { 'aria-label': t('sighting.class') },
    classes.all().map((one) => el('option', { value: one.id }, classes.name(one.id))),
  );
  klass.value = sighting.klass;
  const priority = el(
    'select',
    { 'aria-label': t('sighting.priority') },
    [1, 2, 3, 4].map((p) => el('option', { value: String(p) }, t(`priority.${p}`))),
  );
  priority.value = String(sighting.priority);
  const button = labelled(el('button', { type: 'button' }), 'action.classify');
  button.addEventListener('click', () =>
    take(button, { action: 'classify', klass: klass.value, priority: Number(priority.value) }),
  );
  return el('div', { class: 'line' }, klass, priority, button);
}

function duplicating(sighting, store, classes, take) {
  const away = (other) =>
    metresBetween(other.place.lat_deg, other.place.lon_deg, sighting.place.lat_deg, sighting.place.lon_deg);
  const others = [...store.sightings.values()]
    .filter((other) => other.id !== sighting.id && !settings.settled.includes(other.status))
    .sort((a, b) => away(a) - away(b))
    .slice(0, MOST_OFFERED);
  if (others.length === 0) return null;
  const words = (other) =>
    [classes.name(other.klass), distance(away(other)), clock(other.seen_at, false), halfOf(other.note).slice(0, 40)]
      .filter(Boolean)
      .join(' · ');
  const options = others.map((other) => el('option', { value: other.id }, words(other)));
  const choice = el('select', { 'aria-label': t('sighting.of') }, options);
  const button = labelled(el('button', { type: 'button' }), 'action.duplicate');
  button.addEventListener('click', () => take(button, { action: 'duplicate', of: choice.value }));
  return el('div', { class: 'line' }, choice, button);
}
