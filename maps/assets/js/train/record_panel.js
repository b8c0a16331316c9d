// Drills that were done, with their debriefs, and who is current in what.
import { el } from '../shared/dom.js';
import { labelled, pick, t } from '../shared/i18n.js';

export class RecordPanel {
  constructor(room, training) {
    this.runs = el('ul', { class: 'runs' });
    this.currency = el('ul', { class: 'runs' });
    this.none = labelled(el('p', { class: 'dim' }), 'train.no_runs');
    this.title = labelled(el('h3'), 'train.currency');
    room.body.append(this.none, this.runs, this.title, this.currency);
    this.look = '';
    training.on((view) => this.show(view));
  }

  show(view) {
    const look = JSON.stringify([view.runs.map((run) => run.id), view.currency, t('language')]);
    if (look === this.look) return;
    this.look = look;
    this.none.classList.toggle('hidden', view.runs.length > 0);
    this.title.classList.toggle('hidden', view.currency.length === 0);
    this.runs.replaceChildren(...view.runs.map(runRow));
    this.currency.replaceChildren(...view.currency.map(currencyRow));
  }
}

function runRow(run) {
  const passed = el('span', { class: `chip ${run.score.passed ? 'good' : 'bad'}` }, t(run.score.passed ? 'train.passed' : 'train.failed'));
  const day = new Date(run.at).toLocaleString('sv-SE').slice(0, 16);
  const debrief = run.debrief
    ? el('a', { href: `/api/v1/training/debriefs/${encodeURIComponent(run.id)}`, target: '_blank', rel: 'noopener' }, t('train.debrief'))
    : null;
  const facts = el('span', { class: 'dim small num' }, `${day} · ${run.trainee} · ${run.score.points}/${run.score.of}`);
  return el('li', {}, el('div', {}, el('b', {}, pick(run)), facts), passed, debrief);
}

function currencyRow(one) {
  const state = el('span', { class: `chip ${one.current ? 'good' : 'warn'}` }, t(one.current ? 'train.current' : 'train.due'));
  const facts = el('span', { class: 'dim small num' }, `${pick(one)} · ${t('train.runs', { n: one.runs })} · ${t('train.best', { share: `${Math.round(one.best * 100)} %` })}`);
  return el('li', {}, el('div', {}, el('b', {}, one.trainee), facts), state);
}
