// Links to vehicles: how each is doing, who is heard by it, opening one more and closing one.
import { el, KeyedList, setClass, setText } from '../shared/dom.js';
import { ApiError, get, put } from '../shared/api.js';
import { act, wordsOf } from '../shared/act.js';
import { listed, UNKNOWN, unit } from '../shared/format.js';
import { holdButton } from '../shared/hold.js';
import { labelled, onLanguage, t } from '../shared/i18n.js';
import { toast } from '../shared/toast.js';

const AGAIN_MS = 2000;
const SILENT_S = 3.5;
const FORMS = [
  'udpin://0.0.0.0:14560',
  'udpout://10.0.0.7:14550',
  'udpbcast://192.168.1.255:14550',
  'tcpin://0.0.0.0:5760',
  'tcpout://10.0.0.7:5760',
  'serial:///dev/ttyUSB0?baud=57600',
];
const COUNTS = ['frames_in', 'frames_out', 'lost_frames', 'bad_frames', 'refused', 'kernel_drops'];
const TROUBLE = new Set(['bad_frames', 'refused', 'kernel_drops']);
const LEVELS = { open: 'good', connecting: 'warn', closed: 'bad' };

export class LinksPanel {
  constructor(store, drawer) {
    Object.assign(this, { store, drawer, ways: new Map(), timer: null });
    store.on('links', () => this.show());
    onLanguage(() => this.timer && this.open());
  }

  open() {
    this.list = el('ul', { class: 'systems links-list', id: 'links' });
    this.rows = new KeyedList(
      this.list,
      (link) => link.url,
      (link) => this.row(link),
    );
    this.none = labelled(el('p', { class: 'dim' }), 'links.none');
    const parts = [this.list, this.none, this.store.replay ? null : openForm(this.store)];
    this.drawer.open('links.title', el('div', { class: 'form' }, parts), () => this.closed());
    this.timer = setInterval(() => this.load(), AGAIN_MS);
    this.show();
    this.load();
  }

  closed() {
    clearInterval(this.timer);
    this.timer = null;
  }

  async load() {
    try {
      this.ways = byLink(await get('/ways'));
      this.show();
    } catch (error) {
      if (!(error instanceof ApiError) && !(error instanceof TypeError)) throw error;
    }
  }

  show() {
    if (!this.timer || this.list.matches(':active')) return; // Nothing moves under a finger that holds a button.
    this.rows.show([...this.store.links.values()]);
    this.none.classList.toggle('hidden', this.store.links.size > 0);
  }

  row({ url }) {
    const state = el('span');
    const marks = el('span', { class: 'line wrap' });
    const problem = el('p', { class: 'bad' });
    const counts = el('dl', { class: 'link-counts' });
    const figures = new KeyedList(counts, ([name]) => name, countRow);
    const heard = el('summary');
    const buttons = el('div', { class: 'buttons' });
    const ways = el('ul', { class: 'link-ways' });
    const wayList = new KeyedList(ways, (way) => `${way.vehicle} ${way.peer}`, wayRow);
    const details = el('details', {}, heard, ways);
    details.addEventListener('toggle', () => details.open && this.show());
    if (!this.store.replay) buttons.append(holdButton('links.close', (button) => this.close(url, button, buttons)));
    const node = el(
      'li',
      {},
      el('span', { class: 'line' }, el('code', { class: 'grow' }, url), state),
      marks,
      problem,
      counts,
      details,
      buttons,
    );
    const update = (link) => {
      setClass(state, `chip ${LEVELS[link.state] ?? ''}`);
      setText(state, t(`links.${link.state}`));
      marks.replaceChildren(...marksOf(link));
      setText(problem, link.problem);
      problem.classList.toggle('hidden', !link.problem);
      figures.show(COUNTS.map((name) => [name, link[name]]));
      const found = this.ways.get(url) ?? [];
      details.classList.toggle('hidden', found.length === 0);
      setText(heard, t('links.heard', { n: new Set(found.map((way) => way.vehicle)).size }));
      if (details.open) wayList.show(found);
    };
    return { node, update };
  }

  // Asks once more where a vehicle would not be heard any more.
  async close(url, button, buttons, confirm) {
    button.disabled = true;
    try {
      await put('/links', { url, open: false, ...(confirm && { confirm: url }) });
      toast(t('links.closed_now', { url }));
    } catch (error) {
      if (!(error instanceof ApiError) && !(error instanceof TypeError)) throw error;
      if (error.problem?.code === 'link.last_heard') this.ask(url, buttons, Object.keys(error.problem.reasons));
      else toast(wordsOf(error), 'bad');
    }
    button.disabled = false;
  }

  ask(url, buttons, vehicles) {
    const before = [...buttons.children];
    const anyway = holdButton('links.close_anyway', (button) => this.close(url, button, buttons, true));
    const keep = labelled(el('button', { type: 'button' }), 'links.keep');
    keep.addEventListener('click', () => buttons.replaceChildren(...before));
    const words = el('p', { class: 'bad' }, t('links.would_be_unheard', { vehicles: listed(vehicles) }));
    buttons.replaceChildren(words, keep, anyway);
    keep.focus();
  }
}

function byLink(ways) {
  const found = new Map();
  for (const way of ways) found.set(way.link, [...(found.get(way.link) ?? []), way]);
  return found;
}

function marksOf(link) {
  const guest = link.url.startsWith('guest+');
  const chip = (words, level = '') => el('span', { class: `chip ${level}` }, words);
  return [
    chip(t('links.network', { name: link.network })),
    guest ? chip(t('links.guest'), 'blue') : null,
    link.signed ? chip(t('links.signed'), 'good') : chip(t('links.unsigned')),
    el('small', { class: 'dim num' }, t('links.peers', { n: link.peers })),
  ].filter(Boolean);
}

function countRow([name]) {
  const value = el('dd', { class: 'num' });
  const update = ([, count]) => {
    setText(value, count === null ? UNKNOWN : String(count));
    setClass(value, `num ${count > 0 && TROUBLE.has(name) ? 'warn' : ''}`);
  };
  return { node: el('div', {}, labelled(el('dt'), `links.${name}`), value), update };
}

function wayRow() {
  const name = el('b');
  const words = el('small', { class: 'dim num' });
  const update = (way) => {
    setText(name, way.vehicle);
    setText(words, wayWords(way));
    setClass(words, way.age_s > SILENT_S ? 'bad num' : 'dim num');
  };
  return { node: el('li', { class: 'line wrap' }, name, words), update };
}

function wayWords(way) {
  const loss = t('way.loss', { loss: unit(way.loss_pct, 0, '%') });
  const told = [way.peer, t(way.used ? 'links.used' : 'links.spare'), loss];
  if (way.delay_s) told.push(`+${unit(way.delay_s * 1000, 0, 'ms')}`);
  if (way.age_s > SILENT_S) told.push(t('links.silent', { s: unit(way.age_s, 0, 's') }));
  return told.join(' · ');
}

function openForm(store) {
  const url = el('input', { id: 'link-url', maxlength: 300, required: true, autocomplete: 'off', list: 'link-forms' });
  url.placeholder = FORMS[0];
  const network = el('input', { id: 'link-network', maxlength: 32, autocomplete: 'off', list: 'link-networks' });
  labelled(network, 'links.main_network', 'placeholder');
  const known = new Set([...store.links.values()].map((link) => link.network));
  const open = labelled(el('button', { type: 'submit', class: 'primary' }), 'links.open_one');
  const submit = async (event) => {
    event.preventDefault();
    const body = { url: url.value.trim(), open: true, ...(network.value.trim() && { network: network.value.trim() }) };
    if (await act(open, () => put('/links', body), t('links.opened', { url: body.url }))) url.value = '';
  };
  return el(
    'form',
    { class: 'stack intake-form', on: { submit } },
    labelled(el('b'), 'links.new'),
    el('label', {}, labelled(el('span'), 'links.url'), url),
    el('label', {}, labelled(el('span'), 'links.network_name'), network),
    labelled(el('small', { class: 'dim' }), 'links.until'),
    options('link-forms', FORMS),
    options('link-networks', known),
    open,
  );
}

const options = (id, values) => el('datalist', { id }, ...[...values].map((value) => el('option', { value })));
