// The score as it grows: each objective with its value, its points and the reasons.
import { el } from '../shared/dom.js';
import { labelled, pick, t } from '../shared/i18n.js';
import { minutes, valueWords } from './words.js';

const REASONS_SHOWN = 3;

export class ScorePanel {
  constructor(room, training) {
    this.total = el('p', { class: 'total num' });
    this.rows = el('tbody');
    const heads = ['train.objective', 'train.result', 'train.points'].map((key) => labelled(el('th', { scope: 'col' }), key));
    this.table = el('table', { class: 'score num' }, el('thead', {}, el('tr', {}, heads)), this.rows);
    room.body.append(this.total, this.table);
    this.look = '';
    training.on((view) => this.show(view.run?.score ?? null));
  }

  show(score) {
    const look = JSON.stringify([score, t('language')]);
    if (look === this.look) return;
    this.look = look;
    this.table.classList.toggle('hidden', score === null);
    this.total.textContent = score ? t('train.total', { points: score.points, of: score.of }) : '';
    this.rows.replaceChildren(...(score?.lines ?? []).map(row));
  }
}

function row(line) {
  const reasons = line.reasons.slice(0, REASONS_SHOWN).map((reason) => {
    const at = reason.at_s === null ? '' : `${minutes(reason.at_s)} `;
    return el('li', {}, at + pick(reason));
  });
  const full = line.points >= line.of;
  return el(
    'tr',
    {},
    el('td', {}, t(`train.line.${line.kind}`), reasons.length ? el('ul', { class: 'reasons' }, reasons) : null),
    el('td', { class: 'value' }, `${valueWords(line.kind, line.value)} / ${valueWords(line.kind, line.target)}`),
    el('td', { class: full ? 'good' : line.points > 0 ? 'warn' : 'bad' }, `${line.points}/${line.of}`),
  );
}
