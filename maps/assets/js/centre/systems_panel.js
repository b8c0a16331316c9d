// Other systems: the channels by which they are told, and the intakes by which they report.
import { el } from '../shared/dom.js';
import { get, post } from '../shared/api.js';
import { act, wordsOf } from '../shared/act.js';
import { clock } from '../shared/format.js';
import { holdButton } from '../shared/hold.js';
import { known, labelled, onLanguage, t } from '../shared/i18n.js';
import { toast } from '../shared/toast.js';
import { intakeForm } from './intake_form.js';

const AGAIN_MS = 5000;
const MOST_SHOWN = 20;

export class SystemsPanel {
  constructor(store, drawer, classes) {
    Object.assign(this, { store, drawer, classes });
    onLanguage(() => this.timer && this.open());
  }

  open() {
    this.channels = el('ul', { class: 'systems', id: 'channels' });
    this.intakes = el('ul', { class: 'systems', id: 'intakes' });
    const parts = [
      labelled(el('b'), 'systems.channels'),
      this.channels,
      labelled(el('b'), 'systems.intakes'),
      this.intakes,
      this.store.replay ? null : intakeForm(this.classes, this.store.exercise, () => this.loadIntakes()),
    ];
    this.drawer.open('systems.title', el('div', { class: 'form' }, parts), () => this.closed());
    this.timer = setInterval(() => this.loadChannels(), AGAIN_MS);
    this.loadChannels();
    this.loadIntakes();
  }

  closed() {
    clearInterval(this.timer);
    this.timer = null;
  }

  async loadChannels() {
    const { channels: room } = this;
    if (room.matches(':active') || room.contains(document.activeElement)) return;
    const found = await asked('/channels');
    if (found) fill(room, found, (one) => this.channelRow(one), 'systems.no_channels');
  }

  async loadIntakes() {
    const { intakes: room } = this;
    const found = await asked('/intakes');
    if (found) fill(room, found, (one) => this.intakeRow(one), 'systems.no_intakes');
  }

  channelRow(channel) {
    const works = channel.problem === '';
    const chip = el('span', { class: `chip ${works ? 'good' : 'bad'}` }, works ? t('systems.works') : channel.problem);
    const counts = [
      channel.exercise ? t('systems.exercise') : null,
      t('systems.waiting', { n: channel.waiting }),
      t('systems.given_up', { n: channel.given_up }),
    ];
    return el(
      'li',
      {},
      el('span', { class: 'line' }, el('b', {}, channel.name), chip),
      el('small', { class: 'dim num' }, counts.filter(Boolean).join(' · ')),
      channel.given_up > 0 ? this.givenUp(channel) : null,
    );
  }

  givenUp(channel) {
    const path = `/channels/${encodeURIComponent(channel.name)}`;
    const list = el('ol', { class: 'history' });
    const show = labelled(el('button', { type: 'button' }), 'systems.show_given_up');
    show.addEventListener('click', async () => {
      const found = await act(show, () => get(`${path}/given-up?limit=${MOST_SHOWN}`));
      if (found) list.replaceChildren(...found.map(deadLetter));
      show.focus(); // The row stays as long as somebody is at it.
    });
    const again = labelled(el('button', { type: 'button', class: 'primary' }), 'systems.revive');
    again.addEventListener('click', async () => {
      const answer = await act(again, () => post(`${path}/revive`));
      if (answer) toast(t('systems.revived', { n: answer.revived }));
      again.blur();
      this.loadChannels();
    });
    return el('div', { class: 'stack' }, el('div', { class: 'buttons' }, show, this.store.replay ? null : again), list);
  }

  intakeRow(intake) {
    const path = `/intakes/${encodeURIComponent(intake.id)}`;
    const test = labelled(el('button', { type: 'button' }), 'systems.test');
    test.addEventListener('click', () => act(test, () => post(`${path}/test`), t('systems.tested')));
    const close = holdButton('systems.close', async (button) => {
      if (await act(button, () => post(`${path}/close`), t('systems.closed'))) this.loadIntakes();
    });
    const words = [this.classes.name(intake.klass), intake.exercise ? t('systems.exercise') : null];
    return el(
      'li',
      {},
      el('b', {}, intake.name),
      el('small', { class: 'dim' }, words.filter(Boolean).join(' · ')),
      el('code', {}, intake.path),
      this.store.replay ? null : el('div', { class: 'buttons' }, test, close),
    );
  }
}

async function asked(path) {
  try {
    return await get(path);
  } catch (error) {
    toast(wordsOf(error), 'bad');
    return null;
  }
}

function fill(room, found, rowOf, none) {
  const rows = found.map(rowOf);
  room.replaceChildren(...(rows.length ? rows : [labelled(el('li', { class: 'dim' }), none)]));
}

function deadLetter({ event, attempts, problem }) {
  const what = known(`event.${event.kind}`) ?? event.kind;
  const words = [what, t('systems.attempts', { n: attempts }), problem].join(' · ');
  return el('li', {}, el('time', { class: 'num' }, clock(event.at)), ` ${words}`);
}
