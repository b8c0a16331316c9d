// The drill that runs: its time, hold and end, bookmarks, notices, and what is really there.
import { el, setClass, setText } from '../shared/dom.js';
import { holdButton } from '../shared/hold.js';
import { labelled, pick, t } from '../shared/i18n.js';
import { minutes, thingWords } from './words.js';

export class RunPanel {
  constructor(room, training, classes) {
    this.training = training;
    this.classes = classes;
    this.name = el('b');
    this.state = el('span', { class: 'chip' });
    this.time = el('span', { class: 'num' });
    this.bar = el('progress', { max: 1, value: 0 });
    labelled(this.bar, 'train.progress', 'aria-label');
    this.pause = el('button', { type: 'button', class: 'small' });
    this.pause.addEventListener('click', () => {
      training.ask(this.pause, 'pause', { paused: training.view.run.status === 'running' });
    });
    this.stop = holdButton('train.stop', (button) => training.ask(button, 'stop', {}), 'danger small');
    this.mark = el('input', { id: 'bookmark', maxlength: 60, autocomplete: 'off' });
    labelled(this.mark, 'train.bookmark_name', 'placeholder');
    labelled(this.mark, 'train.bookmark_name', 'aria-label');
    this.set = labelled(el('button', { type: 'submit', class: 'small' }), 'train.bookmark');
    const form = el('form', { class: 'inline' }, this.mark, this.set);
    form.addEventListener('submit', (event) => this.bookmark(event, this.set));
    this.marks = el('ol', { class: 'marks small' });
    this.rows = [];
    this.notices = el('ul', { class: 'notices small' });
    this.truth = el('ul', { class: 'truth small' });
    const area = labelled(el('a', { class: 'button', href: '/api/v1/training/area', download: 'drill-area.geojson' }), 'train.area_file');
    this.truthTitle = labelled(el('h3'), 'train.truth');
    this.none = labelled(el('p', { class: 'dim' }), 'train.none');
    this.shown = el(
      'div',
      {},
      el('p', { class: 'head' }, this.name, this.state),
      el('p', { class: 'head' }, this.time, this.bar),
      el('div', { class: 'buttons' }, this.pause, this.stop, area),
      form,
      this.marks,
      this.notices,
      this.truthTitle,
      this.truth,
    );
    room.body.append(this.none, this.shown);
    training.on((view) => this.show(view));
  }

  truthWords(thing) {
    const name = thingWords(thing, this.classes);
    if (!thing.find) return `${name} · ${t('train.not_to_find')}`;
    if (thing.reported_s !== null) return `${name} · ${t('train.reported_at', { at: minutes(thing.reported_s) })}`;
    return `${name} · ${t(thing.seen_s === null ? 'train.not_seen' : 'train.seen')}`;
  }

  async bookmark(event, button) {
    event.preventDefault();
    const name = this.mark.value.trim() || minutes(this.training.view.run.now_s);
    if (await this.training.ask(button, 'bookmarks', { name })) this.mark.value = '';
  }

  // Going back undoes what people did since, so its button is held; it is built once, for the list is drawn every second.
  showMarks(bookmarks) {
    const kept = new Map(this.rows.map((row) => [row.id, row]));
    this.rows = bookmarks.map((mark) => kept.get(mark.id) ?? this.row(mark));
    if (this.rows.length !== kept.size || this.rows.some((row) => !kept.has(row.id)))
      this.marks.replaceChildren(...this.rows.map((row) => row.node));
    for (const row of this.rows) row.back.disabled = !this.training.running;
  }

  row(mark) {
    const ask = (button) => this.training.ask(button, 'rewind', { bookmark: mark.id }, t('train.rewound', { name: mark.name }));
    const back = labelled(holdButton('train.rewind', ask, 'danger small'), 'train.rewind_means', 'title');
    const time = el('span', { class: 'num dim' }, minutes(mark.at_s));
    const name = el('span', { class: 'name', title: mark.name }, mark.name);
    return { id: mark.id, back, node: el('li', {}, time, name, back) };
  }

  show(view) {
    const { run } = view;
    this.none.classList.toggle('hidden', run !== null);
    this.shown.classList.toggle('hidden', run === null);
    if (!run) return;
    const drill = view.drills.find((each) => each.id === run.drill);
    setText(this.name, `${drill ? pick(drill) : run.drill} · ${run.trainee}`);
    setText(this.state, t(`train.status.${run.status}`));
    setClass(this.state, `chip ${run.status}`);
    setText(this.time, `${minutes(run.now_s)} / ${minutes(run.duration_s)}${run.speedup === 1 ? '' : ` · ${run.speedup}×`}`);
    this.bar.value = Math.min(1, run.now_s / run.duration_s);
    setText(this.pause, t(run.status === 'paused' ? 'train.resume' : 'train.pause'));
    for (const control of [this.pause, this.stop, this.mark, this.set]) control.disabled = !this.training.running;
    this.showMarks(run.bookmarks);
    this.truthTitle.classList.toggle('hidden', run.truth.length === 0);
    fill(this.notices, run.notices, (place) => t(place.given_s === null ? 'train.notice_due' : 'train.notice_given', { place: pick(place) }));
    fill(this.truth, run.truth, (thing) => this.truthWords(thing), (thing) => (thing.reported_s === null && thing.find ? 'open' : ''));
  }
}


function fill(list, items, wordsOf, classOf = () => '') {
  list.replaceChildren(...items.map((item) => el('li', { class: classOf(item) }, wordsOf(item))));
}
