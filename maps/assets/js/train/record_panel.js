// Drills that were done, with their debriefs, and who is current in what.
import { el } from '../shared/dom.js';
import { labelled, pick, t } from '../shared/i18n.js';

export class RecordPanel {
  constructor(room, training) {
    this.runs = el('ul', { class: 'runs' });
    this.currency = el('ul', { class: 'runs' });
    room.body.append(this.runs, labelled(el('h3'), 'train.currency'), this.currency);
    this.look = '';
    training.on((view) => this.show(view));
  }

  show(view) {
    const look = JSON.stringify([view.runs.map((run) => run.id), view.currency, t('language')]);
    if (look === this.look) return;
    this.look = look;
    this.runs.replaceChildren(...view.runs.map(runRow));
    this.currency.replaceChildren(...view.currency.map((one) => currencyRow(one, view.drills)));
  }
}

function runRow(run) {
  const passed = el('span', { class: `chip ${run.score.passed ? 'good' : 'bad'}` }, t(run.score.passed ? 'train.passed' : 'train.failed'));
  const day = new Date(run.at).toLocaleString('sv-SE').slice(0, 16);
  const debrief = run.debrief
    ? el('a', { href: `/api/v1/training/debriefs/${encodeURIComponent(run.id)}`, target: '_blank', rel: 'noopener' }, t('train.debrief'))
    : null;
  return el('li', {}, el('span', {}, `${day} ${pick(run)} · ${run.trainee} · ${run.score.points}/${run.score.of} `), passed, ' ', debrief);
}

function currencyRow(one, drills) {
  const drill = drills.find((each) => each.id === one.drill);
  const state = el('span', { class: `chip ${one.current ? 'good' : 'warn'}` }, t(one.current ? 'train.current' : 'train.due'));
  return el('li', {}, `${one.trainee} · ${drill ? pick(drill) : one.drill} · ${t('train.runs', { n: one.runs })} · ${Math.round(one.best * 100)} % `, state);
}
