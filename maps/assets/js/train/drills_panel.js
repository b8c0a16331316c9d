// The drills there are; one is chosen, with the name of who is trained, and started.
import { el, KeyedList, setText } from '../shared/dom.js';
import { labelled, pick, t } from '../shared/i18n.js';
import { toast } from '../shared/toast.js';

const KEPT = 'aeropatrol.trainee';

export class DrillsPanel {
  constructor(room, training) {
    this.training = training;
    this.trainee = el('input', { id: 'trainee', maxlength: 60, autocomplete: 'off', value: localStorage.getItem(KEPT) ?? '' });
    this.trainee.addEventListener('change', () => localStorage.setItem(KEPT, this.trainee.value));
    const list = el('ul', { class: 'drills' });
    this.list = new KeyedList(
      list,
      (drill) => drill.id,
      (drill) => this.row(drill.id),
    );
    room.body.append(el('label', { for: 'trainee' }, labelled(el('span'), 'train.trainee'), this.trainee), list);
    training.on((view) => this.list.show(view.drills));
  }

  row(id) {
    const name = el('b');
    const facts = el('span', { class: 'dim small num' });
    const brief = el('p', { class: 'small' });
    const start = labelled(el('button', { type: 'button', class: 'primary small' }), 'train.start');
    start.addEventListener('click', () => this.start(id, start));
    const update = (drill) => {
      setText(name, pick(drill));
      setText(facts, t('train.facts', { n: drill.vehicles, min: Math.round(drill.duration_s / 60) }));
      setText(brief, pick({ zh: drill.brief_zh, en: drill.brief_en }));
      start.disabled = this.training.running;
    };
    const summary = el('summary', {}, name, ' ', facts);
    return { node: el('li', { 'data-drill': id }, el('details', {}, summary, brief), start), update };
  }

  start(id, button) {
    if (!this.trainee.value.trim()) {
      this.trainee.focus();
      toast(t('train.who'), 'bad');
      return;
    }
    this.training.ask(button, 'start', { drill: id, trainee: this.trainee.value.trim() }, t('train.starting'));
  }
}
