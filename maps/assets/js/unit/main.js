// The page of a unit on the ground.
import { map, settings } from '../shared/settings.js';
import '../shared/theme.js';
import { el, setClass, setText } from '../shared/dom.js';
import { actAsUnit, get, post } from '../shared/api.js';
import { Classes } from '../shared/classes.js';
import { Feed } from '../shared/feed.js';
import { wordsOf } from '../shared/act.js';
import { clock } from '../shared/format.js';
import { labelled, loadLanguage, onLanguage, switchLanguage, t } from '../shared/i18n.js';
import { halfOf } from '../shared/outcomes.js';
import { audible, muted, play } from '../shared/sound.js';
import { Store } from '../shared/store.js';
import { toast } from '../shared/toast.js';
import { prepareMap } from '../map/base.js';
import { chooseUnit } from './choose.js';
import { isLate, Outbox } from './outbox.js';
import { PhoneStore } from './phone_store.js';
import { Photos } from './photos.js';
import { Place } from './place.js';
import { Task } from './task.js';

const UNIT = 'unit';
const LAST = 'last';
const REMIND_MS = 8000;
// Steps after which the unit itself has the task no longer.
const ENDING = new Set(['refuse', 'resolve']);

async function start() {
  await loadLanguage();
  prepareMap({ scaleAt: 'topright' });
  keepFiles();
  const me = await get('/me').catch(() => ({}));
  const store = await PhoneStore.open();
  const id = me.unit ?? new URLSearchParams(location.search).get('unit') ?? (await store.fact(UNIT));
  if (id) new UnitPage(id, store, me.unit !== null && me.unit !== undefined).open();
  else choose(store);
}

// Has the page open without a network the next time.
async function keepFiles() {
  if (!('serviceWorker' in navigator)) return;
  try {
    const registration = await navigator.serviceWorker.register('/assets/js/unit/worker.js', { scope: '/unit' });
    const worker = registration.active ?? (await navigator.serviceWorker.ready).active;
    worker.postMessage(performance.getEntriesByType('resource').map((entry) => entry.name));
  } catch {
    // Without it the page needs the network to open.
  }
}

function choose(store) {
  document.body.classList.add('choosing');
  const room = el('div');
  const head = el('header', { class: 'head' }, el('b', {}, 'AeroPatrol'), languageButton());
  document.getElementById('app').replaceChildren(head, room);
  chooseUnit(room, (id) => {
    store.setFact(UNIT, id).catch(() => {});
    history.replaceState(null, '', '/unit');
    document.body.classList.remove('choosing');
    map.invalidateSize();
    new UnitPage(id, store, false).open();
  });
}

const languageButton = () =>
  labelled(el('button', { type: 'button', on: { click: () => switchLanguage() } }), 'language.other');

class UnitPage {
  // `fixed`: the phone's token says which unit it is.
  constructor(id, phone, fixed) {
    actAsUnit(id);
    Object.assign(this, { id, phone, fixed, store: new Store(), classes: new Classes(), known: null });
    Object.assign(this, { receipts: new Map(), ended: new Set() });
    this.name = el('b');
    this.state = el('span', { class: 'feed', role: 'status' });
    this.reality = el('p', { class: 'strip hidden' });
    this.deaf = labelled(el('p', { class: 'strip sound hidden' }), 'unitpage.sound');
    this.waiting = el('p', { class: 'strip waiting hidden', role: 'status' });
    this.room = el('div', { class: 'stack', id: 'task' });
    this.duty = el('button', { type: 'button', on: { click: () => this.changeDuty() } });
    this.outbox = new Outbox(phone, {
      onChange: () => this.show(),
      onAnswer: (entry, answer) => this.answered(entry, answer),
      onRefused: (entry, error) => toast(t('unitpage.refused', { why: wordsOf(error) }), 'bad'),
      onUnkept: () => toast(t('unitpage.not_kept'), 'bad'),
    });
    this.photos = new Photos(this.outbox);
    this.task = new Task(this.room, this.classes, (...asked) => this.take(...asked), this.photos);
    this.task.again = () => this.show();
    this.place = new Place((lat, lon) => this.report(lat, lon));
  }

  async open() {
    const leave = labelled(el('button', { type: 'button', on: { click: () => this.leave() } }), 'unitpage.change');
    const head = el('header', { class: 'head' }, this.name, this.state, languageButton());
    document
      .getElementById('app')
      .replaceChildren(
        head,
        this.reality,
        this.deaf,
        this.waiting,
        el('main', {}, this.room, this.place.node, el('div', { class: 'row' }, this.duty, this.fixed ? null : leave)),
      );
    for (const kind of ['state', 'units', 'sightings']) this.store.on(kind, () => this.changed());
    onLanguage(() => this.show());
    setInterval(() => this.showState(), 1000);
    setInterval(() => this.remind(), REMIND_MS);
    document.addEventListener('visibilitychange', () => this.changed());
    await this.recall();
    this.loadClasses();
    await this.outbox.load();
    if (await this.isUnknown()) {
      this.closed = true;
      toast(t('unitpage.unknown_unit'), 'bad');
      await this.forget();
      history.replaceState(null, '', '/unit');
      choose(this.phone);
      return;
    }
    const path = `/api/v1/live?unit=${encodeURIComponent(this.id)}`;
    this.feed = new Feed(
      path,
      (message) => this.store.apply(message),
      (open) => open && this.outbox.flush(),
    );
  }

  forget() {
    return this.phone.setFact(UNIT, undefined).catch(() => {});
  }

  async leave() {
    await this.forget();
    location.href = '/unit';
  }

  // Nobody has registered it; without a network it is taken for known.
  async isUnknown() {
    try {
      this.store.units.set(this.id, await get(`/units/${encodeURIComponent(this.id)}`));
      this.show();
      return false;
    } catch (error) {
      return error.status === 404;
    }
  }

  loadClasses() {
    this.classes
      .load()
      .then(() => (this.remember(), this.show()))
      .catch(() => setTimeout(() => this.loadClasses(), 3000));
  }

  get unit() {
    return this.store.units.get(this.id);
  }

  // What was last known, so that a phone without a network still shows its task.
  remember() {
    const sightings = [...this.store.sightings.values()].filter(
      (sighting) => !settings.settled.includes(sighting.status),
    );
    const last = { id: this.id, unit: this.unit, sightings, classes: this.classes.all() };
    const words = JSON.stringify(last);
    if (words === this.remembered) return;
    this.remembered = words;
    this.phone.setFact(LAST, last).catch(() => {});
  }

  async recall() {
    const last = await this.phone.fact(LAST);
    if (last?.id !== this.id) return;
    if (last.unit) this.store.units.set(this.id, last.unit);
    this.store.sightings = new Map(last.sightings.map((sighting) => [sighting.id, sighting]));
    this.classes.byId = new Map(last.classes.map((klass) => [klass.id, klass]));
  }

  changed() {
    this.remember();
    const task = Task.current(this.store.sightings, this.outbox);
    if (task && task.id !== this.known && task.status === 'assigned') this.alert();
    if (task && task.id !== this.known) this.ended.delete(task.id);
    if (this.known && task?.id !== this.known && !this.ended.has(this.known)) toast(t('unitpage.taken_back'));
    this.known = task?.id ?? null;
    if (task) this.acknowledge(task);
    this.show();
  }

  // The centre hears that the task has arrived, and that somebody has it before their eyes.
  acknowledge(task) {
    const read = document.visibilityState === 'visible';
    const told = this.receipts.get(task.id);
    if (told !== undefined && (told || !read)) return;
    this.receipts.set(task.id, read);
    post(`/sightings/${encodeURIComponent(task.id)}/receipts`, { unit: this.id, read }).catch(() =>
      this.receipts.delete(task.id),
    );
  }

  alert() {
    play('task');
    if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.([300, 150, 300, 150, 500]);
    document.title = `● ${t('unitpage.new_task')}`;
  }

  // A task that nobody has answered calls again.
  remind() {
    const task = Task.current(this.store.sightings, this.outbox);
    if (task && Task.statusOf(task, this.outbox) === 'assigned') this.alert();
    else document.title = `${t('unitpage.title')} · AeroPatrol`;
  }

  take(sighting, action, more = {}) {
    const said = t('unitpage.tapped_at', { time: clock(Date.now()) });
    const at = new Date().toISOString();
    if (ENDING.has(action)) this.ended.add(sighting.id);
    if (action === 'refuse') toast(t('unitpage.gone_back'));
    const body = { action, unit: this.id, note: more.note ?? '', outcome: more.outcome ?? null, at };
    return this.outbox.step(sighting.id, body, said);
  }

  report(lat, lon) {
    const body = { lat, lon, at: new Date().toISOString() };
    this.outbox.add({ path: `/units/${encodeURIComponent(this.id)}/position`, body, replaces: 'position' });
    const unit = this.unit;
    if (unit) this.store.units.set(this.id, { ...unit, lat_deg: lat, lon_deg: lon });
    toastOnce(t('unitpage.position_kept'));
    this.show();
  }

  changeDuty() {
    const status = this.unit?.status === 'off' ? 'free' : 'off';
    this.outbox.add({ path: `/units/${encodeURIComponent(this.id)}/status`, body: { status }, replaces: 'status' });
  }

  // What the server has answered is newer than what the feed has told.
  answered(entry, answer) {
    if (entry.sighting && answer.id) this.store.sightings.set(answer.id, answer);
    else if (answer.id === this.id) this.store.units.set(this.id, answer);
    if (entry.picture) toast(t('unitpage.photo_sent'));
    else if (entry.sighting && isLate(entry)) toast(t('unitpage.sent_late'));
    this.remember();
    this.show();
  }

  show() {
    if (!this.place || this.closed) return;
    const task = Task.current(this.store.sightings, this.outbox);
    const status = task && Task.statusOf(task, this.outbox);
    const queued = task !== null && this.outbox.stepsOf(task.id).length > 0;
    this.task.show(task, status, this.unit, queued);
    this.place.show(this.unit, task);
    setText(this.name, halfOf(this.unit?.name ?? this.id));
    setText(this.duty, t(this.unit?.status === 'off' ? 'unitpage.go_on_duty' : 'unitpage.go_off_duty'));
    this.duty.classList.toggle('hidden', task !== null);
    this.showReality();
    this.showState();
  }

  // What comes here is an exercise for training units, and never for others, whatever flies around them.
  showReality() {
    const { unit } = this;
    const key = unit?.simulated ? 'banner.exercise' : unit && this.store.exercise ? 'unitpage.real' : null;
    setClass(this.reality, `strip ${key === 'banner.exercise' ? 'exercise' : key ? 'real' : 'hidden'}`);
    setText(this.reality, key ? t(key) : '');
  }

  showState() {
    const live = this.feed?.open && this.feed.ageS() < 6;
    setClass(this.state, `feed ${live ? 'ok' : 'bad'}`);
    setText(this.state, live ? t('feed.live') : t('feed.connecting'));
    const waiting = this.outbox.taps;
    const photos = this.outbox.photos.length;
    this.deaf.classList.toggle('hidden', audible() || muted());
    const words = [
      live ? '' : t('unitpage.offline'),
      waiting ? t('unitpage.queued', { n: waiting }) : '',
      photos ? t('unitpage.photo_waiting', { n: photos }) : '',
    ].filter(Boolean);
    setText(this.waiting, words.join(' · '));
    const shown = waiting + photos > 0 || (!live && this.feed && this.feed.ageS() > 3);
    this.waiting.classList.toggle('hidden', !shown);
  }
}

let lastToast = 0;
function toastOnce(text) {
  if (Date.now() - lastToast < 30000) return;
  lastToast = Date.now();
  toast(text);
}

start();
