// The operation: where it stands, what was found before flight, its sorties, and the next steps.
import { settings } from '../shared/settings.js';
import { el, KeyedList, setClass, setText } from '../shared/dom.js';
import { post } from '../shared/api.js';
import { act } from '../shared/act.js';
import { percent } from '../shared/format.js';
import { holdButton } from '../shared/hold.js';
import { known, labelled, onLanguage, pick, t } from '../shared/i18n.js';
import { halfOf } from '../shared/outcomes.js';

const FINAL = new Set(['closed', 'aborted']);
const PATH = ['draft', 'checked', 'authorised', 'uploaded', 'flying', 'closed'];
const PLACE = { launching: 'flying', paused: 'flying', held: 'flying', returning: 'flying', aborted: 'closed' };
// The step that leads on, by status; others are possible and stand beside it.
const NEXT = {
  draft: 'check',
  checked: 'authorise',
  authorised: 'upload',
  uploaded: 'launch',
  paused: 'resume',
  held: 'resume',
  returning: 'close',
};
// Over, begun, and not flown to the end.
const isBrokenOff = ({ status, started_at: began, sorties }) =>
  FINAL.has(status) && began !== null && sorties.some((sortie) => sortie.status !== 'flown');
const BY_HOLDING = new Set(['launch', 'rtl', 'abort']);

export class OperationPanel {
  // `openPlanning(rest)` opens the planner, for what is left of an operation if one is given.
  constructor(room, store, selection, plans, openPlanning) {
    Object.assign(this, { room, store, selection, plans, openPlanning });
    const add = labelled(
      el('button', { type: 'button', class: 'primary small', id: 'new-operation', on: { click: () => openPlanning(null) } }),
      'operation.new',
    );
    room.heading.append(add);
    this.choice = el('select', {
      id: 'operation-choice',
      on: { change: () => selection.choose('operation', this.choice.value, true) },
    });
    labelled(this.choice, 'operation.title', 'aria-label');
    this.empty = labelled(el('p', { class: 'empty' }), 'operation.none');
    this.body = el('div', { class: 'operation' });
    room.body.append(this.empty, this.choice, this.body);
    this.parts = this.build();
    for (const kind of ['operations', 'state']) store.on(kind, () => this.update());
    selection.on((kind) => kind === 'operation' && this.update());
    onLanguage(() => this.update(true));
  }

  build() {
    const parts = {
      path: el('ol', { class: 'path' }),
      status: el('p', { class: 'status' }),
      facts: el('p', { class: 'dim small' }),
      steps: el('div', { class: 'buttons steps' }),
      note: el('textarea', { id: 'operation-note', maxlength: 500 }),
      checks: el('details', { class: 'checks' }),
      sorties: el('ul', { class: 'sorties' }),
      report: labelled(el('a', { class: 'button', target: '_blank', rel: 'noopener' }), 'operation.report'),
    };
    parts.rest = labelled(el('button', { type: 'button', on: { click: () => this.openPlanning(this.current()) } }), 'operation.rest');
    labelled(parts.note, 'operation.note', 'placeholder');
    this.body.append(
      parts.path,
      parts.status,
      parts.facts,
      parts.note,
      parts.steps,
      parts.report,
      parts.rest,
      parts.checks,
      parts.sorties,
    );
    this.rows = new KeyedList(
      parts.sorties,
      (s) => `${s.drone}.${s.sortie}`,
      () => sortieRow((button, sortie) => this.clear(button, sortie)),
    );
    return parts;
  }

  // The chosen one; else the one shown until it is over, so that nobody's new draft takes the panel away;
  // else the newest that is not over, else the newest.
  current() {
    const all = [...this.store.operations.values()].sort((a, b) => b.created_at.localeCompare(a.created_at));
    const open = all.filter((operation) => !FINAL.has(operation.status));
    const chosen = this.store.operations.get(this.selection.id('operation'));
    return chosen ?? open.find((operation) => operation.id === this.shownId) ?? open[0] ?? all[0] ?? null;
  }

  update(force = false) {
    const operation = this.current();
    this.empty.classList.toggle('hidden', operation !== null);
    this.body.classList.toggle('hidden', operation === null);
    this.choice.classList.toggle('hidden', this.store.operations.size < 2);
    this.showChoice(operation);
    this.plans.show(operation, this.shownId === undefined || this.selection.is('operation', operation?.id));
    this.shownId = operation?.id;
    if (operation) this.show(operation, force);
  }

  showChoice(operation) {
    const all = [...this.store.operations.values()].sort((a, b) => b.created_at.localeCompare(a.created_at));
    const names = all.map((o) => [o.id, `${halfOf(o.name)} · ${t(`operation.status.${o.status}`)}`]);
    const key = JSON.stringify([names, operation?.id]);
    if (this.choiceKey === key) return;
    this.choiceKey = key;
    this.choice.replaceChildren(...names.map(([id, name]) => el('option', { value: id }, name)));
    this.choice.value = operation?.id ?? '';
  }

  show(operation, force) {
    const { parts } = this;
    setText(parts.status, halfOf(operation.name));
    const place = PATH.indexOf(PLACE[operation.status] ?? operation.status);
    parts.path.replaceChildren(...PATH.map((status, i) => pathItem(operation, status, i, place)));
    setText(parts.facts, factsOf(operation));
    const stepsKey = JSON.stringify([operation.id, operation.status, this.store.replay]);
    if (force || this.stepsKey !== stepsKey) {
      this.stepsKey = stepsKey;
      const legal = this.store.replay ? [] : (settings.legalSteps[operation.status] ?? []);
      parts.steps.replaceChildren(...ordered(legal, operation.status).map((step) => this.stepButton(operation, step)));
      parts.note.value = '';
    }
    parts.note.classList.toggle('hidden', operation.status !== 'checked' || this.store.replay);
    this.showChecks(operation);
    this.rows.show(operation.sorties);
    parts.report.classList.toggle('hidden', !operation.report);
    parts.rest.classList.toggle('hidden', this.store.replay || !isBrokenOff(operation));
    if (operation.report) parts.report.href = `/api/v1/operations/${encodeURIComponent(operation.id)}/report`;
  }

  stepButton(operation, step) {
    const next = NEXT[operation.status] === step;
    const run = (button) => this.take(button, operation, step);
    const className = step === 'abort' || step === 'rtl' ? 'danger' : next ? 'primary' : '';
    if (BY_HOLDING.has(step)) return holdButton(`step.${step}`, run, className);
    const button = labelled(el('button', { type: 'button', class: className }), `step.${step}`);
    button.addEventListener('click', () => run(button));
    return button;
  }

  take(button, operation, step) {
    const bodies = {
      authorise: { note: this.parts.note.value.trim() },
      abort: { reason: t('operation.abort_reason') },
    };
    const path = `/operations/${encodeURIComponent(operation.id)}/${step}`;
    return act(button, () => post(path, bodies[step] ?? {}), t('operation.step_done', { step: known(`step.${step}.done`) ?? t(`step.${step}`) }));
  }

  // Somebody beside a real vehicle lets its next sortie go.
  clear(button, sortie) {
    const path = `/operations/${encodeURIComponent(this.shownId)}/clear`;
    const done = t('sortie.cleared', { vehicle: sortie.vehicle });
    return act(button, () => post(path, { vehicle: sortie.vehicle }), done);
  }

  showChecks(operation) {
    const key = JSON.stringify([operation.id, operation.checks, t('language')]);
    if (this.checksKey === key) return;
    this.checksKey = key;
    const { checks } = this.parts;
    const counts = Object.fromEntries(
      ['red', 'yellow', 'green'].map((level) => [level, operation.checks.filter((c) => c.level === level).length]),
    );
    checks.classList.toggle('hidden', operation.checks.length === 0);
    const summary = el(
      'summary',
      {},
      t('checks.title'),
      ...['red', 'yellow', 'green'].map((level) =>
        el('span', { class: `dot ${level}` }, `${t(`checks.${level}`)} ${counts[level]}`),
      ),
    );
    const rank = { red: 0, yellow: 1, green: 2 };
    const lines = [...operation.checks].sort((a, b) => rank[a.level] - rank[b.level]);
    checks.replaceChildren(
      summary,
      el(
        'ul',
        {},
        lines.map((check) =>
          el(
            'li',
            { class: check.level },
            check.vehicle ? el('b', {}, `${check.vehicle} `) : null,
            pick(check.data.text) || check.code,
          ),
        ),
      ),
    );
    checks.open = counts.red + counts.yellow > 0 && ['checked', 'draft'].includes(operation.status);
  }
}

function ordered(legal, status) {
  const shown = legal.filter((step) => !['airborne', 'hold'].includes(step));
  const rank = (step) => (step === NEXT[status] ? 0 : step === 'abort' ? 3 : step === 'check' ? 2 : 1);
  return shown.sort((a, b) => rank(a) - rank(b));
}

// How far along the path an operation came: what it held when it was aborted, else the step it stands at.
function doneUntil(operation, place) {
  if (operation.status !== 'aborted') return place;
  if (operation.started_at) return place;
  if (!operation.authorised_by) return PATH.indexOf(operation.checks.length ? 'checked' : 'draft') + 1;
  const loaded = (vehicle) => operation.sorties.some((sortie) => sortie.vehicle === vehicle && sortie.items > 0);
  return PATH.indexOf(operation.vehicles.every(loaded) ? 'uploaded' : 'authorised') + 1;
}

function pathItem(operation, status, i, place) {
  const now = i === place;
  const name = now ? operation.status : status;
  return el(
    'li',
    {
      class: `${i < doneUntil(operation, place) ? 'past' : ''} ${now ? `now ${operation.status}` : ''}`,
      'aria-current': now ? 'step' : false,
    },
    t(`operation.status.${name}`),
  );
}

function factsOf(operation) {
  const facts = [halfOf(operation.purpose), t('operation.by', { name: operation.created_by })];
  if (operation.authorised_by) facts.push(t('operation.authorised_by', { name: operation.authorised_by }));
  if (operation.covered_fraction !== null)
    facts.push(t('operation.covered', { share: percent(operation.covered_fraction) }));
  if (operation.reason) facts.push(operation.reason);
  return facts.join(' · ');
}

function sortieRow(clear) {
  const name = el('span', { class: 'name' });
  const status = el('span', { class: 'chip' });
  const bar = el('progress', { max: 1, value: 0 });
  const reason = el('small', { class: 'bad' });
  let shown = null;
  const go = holdButton('sortie.clear', (button) => clear(button, shown), 'primary small hidden');
  const node = el('li', {}, name, bar, status, reason, go);
  const update = (sortie) => {
    shown = sortie;
    go.classList.toggle('hidden', !sortie.awaits_clear);
    setText(name, `${sortie.vehicle} #${sortie.sortie + 1}`);
    setText(status, t(sortie.awaits_clear ? 'sortie.awaits_clear' : `sortie.${sortie.status}`));
    setClass(status, `chip ${SORTIE_LOOK[sortie.status] ?? ''}`);
    bar.value = sortie.status === 'flown' ? 1 : sortie.items ? Math.min(1, sortie.progress / sortie.items) : 0;
    bar.setAttribute('aria-label', name.textContent);
    setText(reason, sortie.reason);
  };
  return { node, update };
}

const SORTIE_LOOK = {
  flown: 'good',
  flying: 'blue',
  launching: 'blue',
  returning: 'blue',
  broken_off: 'warn',
  held: 'bad',
};
