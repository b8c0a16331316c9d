// One sighting: what, where, from whom, its history, and the dispatcher's steps.
import { settings } from '../shared/settings.js';
import { el } from '../shared/dom.js';
import { post } from '../shared/api.js';
import { act } from '../shared/act.js';
import { clock, distance, metresBetween } from '../shared/format.js';
import { labelled, t } from '../shared/i18n.js';
import { halfOf, OUTCOMES } from '../shared/outcomes.js';
import { attach, gallery, smaller, TAKEN } from '../shared/pictures.js';
import { toast } from '../shared/toast.js';
import { Candidates } from './candidates.js';
import { DroneHelp } from './drone_help.js';
import { SightingFacts } from './sighting_facts.js';
import { sorting } from './sighting_sorting.js';

// Steps offered beside assigning, in this order, where the table of steps allows them.
const OFFERED = ['refuse', 'resolve', 'feedback', 'assess', 'analyse', 'archive', 'supervise', 'dismiss', 'reopen'];
const SYSTEM = 'system';
const NEEDS_NOTE = new Set(['feedback', 'assess', 'analyse', 'supervise', 'dismiss']);

export class SightingDetail {
  constructor(store, classes, sites, selection) {
    Object.assign(this, { store, classes });
    this.facts = new SightingFacts(store, classes, sites, selection);
    this.node = el('div', { class: 'details hidden' });
  }

  update(sighting, shown) {
    this.node.classList.toggle('hidden', !shown);
    if (!shown) return;
    this.sighting = sighting;
    this.drone ??= new DroneHelp(this.store);
    this.candidates ??= new Candidates((button, unit) => this.take(button, this.sighting, { action: 'assign', unit }));
    const free = [...this.store.units.values()].map((unit) => [unit.id, unit.name, unit.status, unit.operation]);
    const key = JSON.stringify([sighting, free, this.facts.receipts(sighting), t('language')]);
    this.refresh(sighting);
    if (this.key === key || (this.key && this.isBusy(sighting))) return;
    this.key = key;
    this.status = sighting.status;
    this.refresh(sighting, true);
    const parts = [this.facts.node(sighting), gallery(sighting), this.history(sighting), this.steps(sighting)];
    this.node.replaceChildren(...parts.filter(Boolean));
  }

  // What changes by itself beside the sighting.
  refresh(sighting, now = false) {
    if (this.store.replay) return;
    if (this.canAssign(sighting)) this.candidates.refresh(sighting, now);
    this.drone.update(sighting);
  }

  canAssign(sighting) {
    return (settings.legalActions[sighting.status] ?? []).includes('assign');
  }

  // Nothing is taken away under a finger; while somebody fills in a step, only the sighting's own change may.
  isBusy(sighting) {
    if (this.node.matches(':active')) return true;
    const fillsIn = this.node.contains(document.activeElement) && this.node.querySelector('textarea, select') !== null;
    return fillsIn && this.status === sighting.status;
  }

  history(sighting) {
    const line = (step) =>
      el('li', {}, el('time', { class: 'num' }, clock(step.at)), el('span', {}, ` ${this.stepWords(step)}`));
    return el('ol', { class: 'history' }, sighting.history.map(line));
  }

  // What was done, by whom, for which unit: once where a unit did it itself.
  stepWords(step) {
    const name = (id) => halfOf(this.store.units.get(id)?.name ?? id);
    const by = step.actor === SYSTEM ? t('by.system') : name(step.actor);
    const unit = step.unit && name(step.unit) !== by ? ` → ${name(step.unit)}` : '';
    return [t(`history.${step.action}`), `${by}${unit}`, halfOf(step.note)].filter(Boolean).join(' · ');
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
      sorting(sighting, legal, this, (button, body) => this.take(button, sighting, body)),
      this.canAssign(sighting) ? this.drone.node : null,
      sighting.status === 'archived' ? null : this.attaching(sighting),
    );
  }

  attaching(sighting) {
    const input = el('input', { type: 'file', accept: TAKEN, class: 'visually-hidden' });
    const button = el('label', { class: 'button' }, labelled(el('span'), 'sighting.add_picture'), input);
    input.addEventListener('change', async () => {
      const [file] = input.files;
      if (file) await act(input, async () => attach(sighting.id, await smaller(file)), t('sighting.step_done'));
      input.value = '';
      input.blur();
    });
    return button;
  }

  assignment(sighting) {
    const away = (unit) =>
      unit.lat_deg === null
        ? Infinity
        : metresBetween(unit.lat_deg, unit.lon_deg, sighting.place.lat_deg, sighting.place.lon_deg);
    const units = [...this.store.units.values()]
      .filter((u) => u.status !== 'off' && u.id !== sighting.unit && u.simulated === sighting.simulated)
      .sort((a, b) => isBusy(a) - isBusy(b) || away(a) - away(b));
    const option = (unit) =>
      el(
        'option',
        { value: unit.id, disabled: unit.operation !== null },
        [halfOf(unit.name), doing(unit), Number.isFinite(away(unit)) ? distance(away(unit)) : null]
          .filter(Boolean)
          .join(' · '),
      );
    const nobody = () => el('option', { value: '' }, t('sighting.no_unit'));
    const choice = el('select', { 'aria-label': t('sighting.unit') }, units.length ? units.map(option) : nobody());
    const button = labelled(
      el('button', { type: 'button', class: sighting.status === 'new' ? 'primary' : '' }),
      sighting.status === 'new' ? 'action.assign' : 'action.reassign',
    );
    choice.disabled = units.length === 0;
    button.disabled = !units.some((unit) => unit.operation === null);
    button.addEventListener('click', () => this.take(button, sighting, { action: 'assign', unit: choice.value }));
    return el(
      'div',
      { class: 'stack' },
      labelled(el('b'), 'sighting.candidates'),
      this.candidates.node,
      el('div', { class: 'line' }, choice, button),
    );
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

// A drone whose vehicle an operation has is never sent away from it.
const isBusy = (unit) => unit.status !== 'free' || unit.operation !== null;
const doing = (unit) => t(unit.operation === null ? `unit.${unit.status}` : 'units.on_operation');
