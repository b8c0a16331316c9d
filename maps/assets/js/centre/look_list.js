// Which drone is there first, as the server ranks them: who, when, and why the others are not. Asking sends nothing.
import { el } from '../shared/dom.js';
import { get } from '../shared/api.js';
import { duration } from '../shared/format.js';
import { pick, t } from '../shared/i18n.js';

const OLD_AFTER_MS = 5000;
const COURSES = 8;

export class LookList {
  // `choose(look)` is told who was chosen of those that can look; `onAnswer()` every answer.
  constructor(choose, onAnswer = () => {}) {
    Object.assign(this, { choose, onAnswer, answer: null, askedAt: -Infinity, query: '' });
    this.node = el('div', { class: 'look-list' });
  }

  // Asks again when the answer is old; what was known of the same place stays meanwhile.
  async refresh(query, now = false) {
    const anew = query !== this.query;
    if (!anew && !now && performance.now() - this.askedAt < OLD_AFTER_MS) return;
    Object.assign(this, { query, askedAt: performance.now() });
    if (anew) this.answer = null;
    try {
      const answer = await get(`/looks?${query}`);
      if (this.query !== query) return;
      this.answer = answer;
    } catch {
      return; // The list of vehicles beside it still serves; it is asked again.
    }
    if (!this.node.matches(':active') && !this.node.contains(document.activeElement)) this.show();
    this.onAnswer();
  }

  show() {
    if (!this.answer) return this.node.replaceChildren();
    const { looks, others } = this.answer;
    const none = el('p', { class: 'dim' }, t(others.length ? 'look.nobody_can' : 'look.nobody'));
    const list = el('ol', { class: 'looks' }, looks.map((look, i) => this.row(look, i)));
    return this.node.replaceChildren(looks.length ? list : none, this.rest(others), el('p', { class: 'dim small' }, this.counted()));
  }

  row(look, index) {
    const chosen = this.chosen === look.vehicle;
    const button = el(
      'button',
      { type: 'button', class: index === 0 ? 'primary' : '', 'aria-pressed': String(chosen) },
      el('b', {}, look.name),
      el('span', { class: 'num' }, duration(look.arrival_s)),
    );
    button.addEventListener('click', () => {
      this.chosen = look.vehicle;
      button.blur();
      this.show();
      this.choose(look);
    });
    const where = t(look.from_ground ? 'look.from_ground' : 'look.in_air');
    return el('li', {}, button, el('small', { class: 'dim' }, `${where} · ${t('look.spare', { spare: duration(look.spare_s) })}`));
  }

  rest(others) {
    if (!others.length) return el('span');
    const line = (other) => {
      const when = other.arrival_s === null ? '' : ` · ${duration(other.arrival_s)}`;
      return el('li', {}, el('b', {}, other.name), el('small', { class: 'dim' }, `${pick(other.reason)}${when}`));
    };
    const list = el('ul', { class: 'looks' }, others.map(line));
    const node = el('details', { class: 'small' }, el('summary', {}, t('look.others', { n: others.length })), list);
    node.open = this.restOpen ?? this.answer.looks.length === 0;
    node.addEventListener('toggle', () => (this.restOpen = node.open));
    return node;
  }

  // What the times count with.
  counted() {
    const { wind, zones } = this.answer;
    const course = wind && t(`course.${Math.round(wind.from_deg / (360 / COURSES)) % COURSES}`);
    const words = wind
      ? t(wind.told_by === 'drones' ? 'look.wind_told' : 'look.wind', { course, speed: wind.speed_m_s.toFixed(1) })
      : t('look.wind_unknown');
    return `${words} · ${t('look.zones', { n: zones })}`;
  }
}
