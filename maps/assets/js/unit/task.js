// What the unit has to do, and the big buttons: one tap a step, two for the last.
import { el } from '../shared/dom.js';
import { clock, distance, metresBetween } from '../shared/format.js';
import { labelled, t } from '../shared/i18n.js';
import { halfOf, OUTCOMES } from '../shared/outcomes.js';
import { gallery } from '../shared/pictures.js';
import { priorityColour, sightingIcon } from '../map/icons.js';
import { navigation } from './navigation.js';

// What a tap leads to, so that the page can go on while the server is out of reach.
const AFTER = { accept: 'accepted', arrive: 'on_scene', resolve: 'resolved', refuse: 'new' };
const HELD = new Set(['assigned', 'accepted', 'on_scene']);
const OWN = new Set(['accept', 'arrive', 'feedback']);

export class Task {
  constructor(room, classes, take, photos) {
    Object.assign(this, { room, classes, take, photos, choosing: false });
  }

  // `status` of a sighting as far as this phone knows, waiting taps included.
  static statusOf(sighting, outbox) {
    const own = outbox.stepsOf(sighting.id);
    return own.length ? AFTER[own.at(-1).body.action] : sighting.status;
  }

  // The sighting to show: the newest that is still in the unit's hands.
  static current(sightings, outbox) {
    const held = [...sightings.values()].filter((s) => HELD.has(Task.statusOf(s, outbox)));
    held.sort((a, b) => a.priority - b.priority || b.received_at.localeCompare(a.received_at));
    return held[0] ?? null;
  }

  // `queued`: a tap about it waits for the network.
  show(sighting, status, unit, queued = false) {
    const key = JSON.stringify([
      sighting,
      status,
      queued,
      this.photos.outbox.photosOf(sighting?.id).map((entry) => entry.at),
      unit?.status,
      unit?.lat_deg,
      unit?.lon_deg,
      this.choosing,
      t('language'),
    ]);
    if (this.key === key) return;
    this.key = key;
    if (!sighting) {
      this.choosing = false;
      this.room.replaceChildren(calm(unit));
      return;
    }
    if (status !== 'on_scene') this.choosing = false;
    this.room.replaceChildren(this.card(sighting, unit, queued), this.actions(sighting, status));
  }

  card(sighting, unit, queued) {
    const away =
      unit?.lat_deg == null
        ? null
        : metresBetween(unit.lat_deg, unit.lon_deg, sighting.place.lat_deg, sighting.place.lon_deg);
    const card = el(
      'article',
      { class: 'task', 'aria-live': 'polite' },
      el('h1', {}, sightingIcon(sighting), this.classes.name(sighting.klass)),
      el(
        'p',
        { class: 'meta' },
        el('span', { class: 'prio' }, t(`priority.${sighting.priority}`)),
        el('span', {}, `${t('unitpage.distance')} `, el('b', { class: 'num' }, away === null ? '–' : distance(away))),
        sighting.place.ce90_m === null ? null : el('span', { class: 'num' }, `± ${distance(sighting.place.ce90_m)}`),
        el('span', { class: 'num' }, `${t('sighting.seen')} ${clock(sighting.seen_at, false)}`),
      ),
      sighting.note ? el('p', { class: 'words' }, halfOf(sighting.note)) : null,
      gallery(sighting),
      this.photos.waiting(sighting),
      navigation(sighting.place, this.classes.name(sighting.klass)),
      this.photos.button(sighting),
      receipt(sighting, queued),
    );
    card.style.borderLeftColor = priorityColour(sighting.priority);
    card.querySelector('.prio').style.background = priorityColour(sighting.priority);
    return card;
  }

  actions(sighting, status) {
    if (this.choosing) return this.outcomes(sighting);
    const parts = [];
    if (status === 'assigned')
      parts.push(
        this.big('unitpage.accept', 'primary', () => this.take(sighting, 'accept')),
        this.small(sighting, 'unitpage.refuse'),
      );
    if (status === 'accepted')
      parts.push(
        this.big('unitpage.arrive', 'primary', () => this.take(sighting, 'arrive')),
        this.small(sighting, 'unitpage.hand_back'),
      );
    if (status === 'on_scene') parts.push(this.big('unitpage.resolve', 'done', () => this.choose(true)));
    return el('div', { class: 'actions' }, parts);
  }

  small(sighting, key) {
    return labelled(
      el('button', {
        type: 'button',
        class: 'quiet',
        id: 'step-refuse',
        on: { click: () => this.take(sighting, 'refuse') },
      }),
      key,
    );
  }

  big(key, look, run) {
    return labelled(
      el('button', { type: 'button', class: `big ${look}`, id: `step-${key.split('.')[1]}`, on: { click: run } }),
      key,
    );
  }

  choose(yes) {
    this.choosing = yes;
    this.again();
  }

  outcomes(sighting) {
    const note = el('input', {
      maxlength: 300,
      id: 'outcome-note',
      placeholder: t('unitpage.note'),
      'aria-label': t('unitpage.note'),
      autocomplete: 'off',
    });
    const done = (outcome) => {
      this.choosing = false;
      this.take(sighting, 'resolve', { outcome, note: note.value.trim() });
    };
    const button = (words) =>
      el('button', { type: 'button', class: 'outcome', on: { click: () => done(words) } }, halfOf(words));
    return el(
      'div',
      { class: 'actions' },
      labelled(el('h2'), 'unitpage.outcome'),
      el('div', { class: 'outcomes' }, OUTCOMES.map(button)),
      note,
      labelled(
        el('button', { type: 'button', class: 'quiet', on: { click: () => this.choose(false) } }),
        'unitpage.back',
      ),
    );
  }
}

// What of this unit's doing the centre has: its last step that came back from there.
function receipt(sighting, queued) {
  if (queued) return el('p', { class: 'receipt unsent' }, t('unitpage.receipt_waiting'));
  const last = sighting.history.filter((step) => step.unit === sighting.unit && OWN.has(step.action)).at(-1);
  if (!last) return null;
  const values = { step: t(`history.${last.action}`), time: clock(last.at, false) };
  return el('p', { class: 'receipt' }, t('unitpage.receipt', values));
}

function calm(unit) {
  const off = unit?.status === 'off';
  return el(
    'div',
    { class: `calm ${off ? 'off' : ''}` },
    el('b', {}, t(`unit.${unit?.status === 'off' ? 'off' : 'free'}`)),
    t(off ? 'unitpage.off_duty' : 'unitpage.no_task'),
  );
}
