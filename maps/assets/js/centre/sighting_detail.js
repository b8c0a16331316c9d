// One sighting: what, where, from whom, its history, and the dispatcher's steps.
import { settings } from '../shared/settings.js';
import { el } from '../shared/dom.js';
import { post } from '../shared/api.js';
import { act } from '../shared/act.js';
import { clock, distance, metresBetween, position } from '../shared/format.js';
import { labelled, t } from '../shared/i18n.js';
import { halfOf, OUTCOMES } from '../shared/outcomes.js';
import { toast } from '../shared/toast.js';

// Steps offered beside assigning, in this order, where the table of steps allows them.
const OFFERED = ['resolve', 'feedback', 'assess', 'analyse', 'archive', 'supervise', 'dismiss', 'reopen'];
const NEEDS_NOTE = new Set(['feedback', 'assess', 'analyse', 'supervise', 'dismiss']);

export class SightingDetail {
  constructor(store, classes) {
    Object.assign(this, { store, classes });
    this.node = el('div', { class: 'details hidden' });
  }

  update(sighting, shown) {
    this.node.classList.toggle('hidden', !shown);
    if (!shown) return;
    const free = [...this.store.units.values()].map((unit) => [unit.id, unit.name, unit.status]);
    const key = JSON.stringify([sighting, free, t('language')]);
    if (this.key === key || (this.key && this.node.contains(document.activeElement) && this.same(sighting))) return;
    this.key = key;
    this.status = sighting.status;
    this.node.replaceChildren(this.facts(sighting), this.history(sighting), this.steps(sighting));
  }

  // While somebody fills in a step, only the sighting's own change may take it away.
  same(sighting) {
    return this.status === sighting.status && this.node.querySelector('textarea, select') !== null;
  }

  facts(sighting) {
    const { place, source } = sighting;
    const unit = sighting.unit && this.store.units.get(sighting.unit);
    const accuracy = place.ce90_m === null ? '' : ` ±${Math.round(place.ce90_m)} m`;
    const from = [
      t(`source.${source.kind}`),
      source.name,
      source.vehicle,
      source.confidence === null ? null : `${Math.round(source.confidence * 100)} %`,
    ];
    const facts = [
      ['sighting.priority', t(`priority.${sighting.priority}`)],
      ['sighting.note', halfOf(sighting.note) || '–'],
      ['sighting.place', position(place.lat_deg, place.lon_deg) + accuracy],
      ['sighting.seen', clock(sighting.seen_at)],
      ['sighting.source', from.filter(Boolean).join(' · ')],
      ['sighting.unit', unit ? halfOf(unit.name) : (sighting.unit ?? '–')],
    ];
    if (sighting.outcome) facts.push(['sighting.outcome', halfOf(sighting.outcome)]);
    if (sighting.simulated) facts.push(['sighting.simulated', t('yes')]);
    return el(
      'dl',
      { class: 'facts' },
      facts.flatMap(([name, value]) => [el('dt', {}, t(name)), el('dd', {}, value)]),
    );
  }

  history(sighting) {
    const line = (step) =>
      el(
        'li',
        {},
        el('time', { class: 'num' }, clock(step.at)),
        el(
          'span',
          {},
          ` ${t(`history.${step.action}`)} · ${step.actor}${step.unit ? ` → ${halfOf(this.store.units.get(step.unit)?.name ?? step.unit)}` : ''}${step.note ? ` · ${step.note}` : ''}`,
        ),
      );
    return el('ol', { class: 'history' }, sighting.history.map(line));
  }

  steps(sighting) {
    if (this.store.replay) return el('span');
    const legal = settings.legalActions[sighting.status] ?? [];
    const offered = OFFERED.filter((action) => legal.includes(action));
    return el(
      'div',
      { class: 'form' },
      legal.includes('assign') ? this.assignment(sighting) : null,
      offered.length ? this.others(sighting, offered) : null,
    );
  }

  assignment(sighting) {
    const away = (unit) =>
      unit.lat_deg === null
        ? Infinity
        : metresBetween(unit.lat_deg, unit.lon_deg, sighting.place.lat_deg, sighting.place.lon_deg);
    const units = [...this.store.units.values()]
      .filter((u) => u.status !== 'off' && u.id !== sighting.unit)
      .sort((a, b) => (a.status !== 'free') - (b.status !== 'free') || away(a) - away(b));
    const option = (unit) =>
      el(
        'option',
        { value: unit.id },
        [halfOf(unit.name), t(`unit.${unit.status}`), Number.isFinite(away(unit)) ? distance(away(unit)) : null]
          .filter(Boolean)
          .join(' · '),
      );
    const choice = el('select', { 'aria-label': t('sighting.unit') }, units.map(option));
    const button = labelled(
      el('button', { type: 'button', class: sighting.status === 'new' ? 'primary' : '' }),
      sighting.status === 'new' ? 'action.assign' : 'action.reassign',
    );
    button.disabled = units.length === 0;
    button.addEventListener('click', () => this.take(button, sighting, { action: 'assign', unit: choice.value }));
    return el('div', { class: 'line' }, choice, button);
  }

  // The steps that take a note, and resolving with an outcome.
  others(sighting, offered) {
    const words = { placeholder: t('sighting.note_hint'), 'aria-label': t('sighting.note') };
    const note = el('textarea', { maxlength: 500, ...words });
    const buttons = offered.map((action) =>
      action === 'resolve' ? this.outcomeChoice(sighting, note) : this.stepButton(sighting, action, note),
    );
    return el('div', { class: 'stack' }, note, el('div', { class: 'buttons' }, buttons));
  }

  outcomeChoice(sighting, note) {
    const options = OUTCOMES.map((words) => el('option', { value: words }, halfOf(words)));
    const choice = el('select', { 'aria-label': t('sighting.outcome') }, options);
    const button = this.stepButton(sighting, 'resolve', note, () => ({ outcome: choice.value }));
    return el('span', { class: 'line' }, choice, button);
  }

  stepButton(sighting, action, note, more = () => ({})) {
    const button = labelled(el('button', { type: 'button' }), `action.${action}`);
    button.addEventListener('click', () => {
      const said = note.value.trim();
      if (said || !NEEDS_NOTE.has(action)) return this.take(button, sighting, { action, note: said, ...more() });
      note.focus();
      return toast(t('sighting.note_needed'), 'bad');
    });
    return button;
  }

  take(button, sighting, body) {
    button.blur();
    return act(
      button,
      () => post(`/sightings/${encodeURIComponent(sighting.id)}/steps`, body),
      t('sighting.step_done'),
    );
  }
}
