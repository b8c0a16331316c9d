// The pilot's page: one vehicle at a time, everything that flying it needs at one look.
import { map, settings } from '../shared/settings.js';
import '../shared/theme.js';
import { el, setClass, setText } from '../shared/dom.js';
import { post, seat, setSeat } from '../shared/api.js';
import { act } from '../shared/act.js';
import { Feed } from '../shared/feed.js';
import { ageText, clock, unit, UNKNOWN } from '../shared/format.js';
import { holdButton } from '../shared/hold.js';
import { labelled, loadLanguage, onLanguage, switchLanguage, t } from '../shared/i18n.js';
import { halfOf } from '../shared/outcomes.js';
import { Store } from '../shared/store.js';
import { Selection } from '../centre/selection.js';
import { prepareMap } from '../map/base.js';
import { byNumber, FleetLayer } from '../map/fleet.js';
import { keepLabelsApart } from '../map/labels.js';
import { TrafficLayer } from '../map/traffic.js';
import { AuthorityPanel } from './authority.js';
import { Figures } from './figures.js';
import { Horizon } from './horizon.js';
import { Lease } from './lease.js';
import { PayloadPanel } from './payload.js';
import { ScriptPanel } from './script.js';
import { TransferPanel } from './transfers.js';

const VEHICLE = 'aeropatrol.pilot.vehicle';
const COMMANDS = ['rtl', 'brake', 'pause', 'continue', 'land'];
const OLD_AFTER_S = 3;
const OVER = new Set(['aborted', 'closed']);

class PilotPage {
  constructor(store) {
    this.store = store;
    this.id = new URLSearchParams(location.search).get('vehicle') ?? localStorage.getItem(VEHICLE);
    this.selection = new Selection();
    this.lease = new Lease(store, () => this.show());
    this.horizon = new Horizon();
    this.figures = new Figures();
    this.payload = new PayloadPanel();
    this.transfers = new TransferPanel();
    this.script = new ScriptPanel();
    this.authority = new AuthorityPanel();
    this.build();
    this.fleet = new FleetLayer(store, this.selection);
    new TrafficLayer(store);
    this.selection.on(() => this.follow());
    for (const kind of ['state', 'vehicles', 'operations']) store.on(kind, () => this.show());
    store.on('events', () => this.hear());
    onLanguage(() => this.show());
    setInterval(() => this.show(), 500);
  }

  build() {
    this.choice = el('select', { 'aria-label': t('pilot.vehicle'), id: 'vehicle' });
    this.choice.addEventListener('change', () => this.choose(this.choice.value));
    this.feedState = el('span', { class: 'feed', role: 'status' });
    this.strip = el('div', { class: 'strip hidden', role: 'alert' });
    this.mode = el('b', { class: 'mode' });
    this.nobody = el('p', { class: 'nobody', role: 'status' });
    this.flight = el('span', { class: 'chip' });
    this.sortie = el('p', { class: 'sortie' });
    this.texts = el('ol', { class: 'texts' });
    this.commands = el(
      'div',
      { class: 'commands' },
      COMMANDS.map((name) => holdButton(`command.${name}`, (button) => this.command(button, name), name)),
    );
    const state = el('div', { class: 'state' }, this.mode, this.flight);
    const instruments = el('div', { class: 'instruments' }, this.horizon.node, this.figures.node);
    const hint = labelled(el('p', { class: 'dim small' }), 'hold.hint');
    const main = el(
      'main',
      {},
      this.strip,
      this.lease.node,
      this.script.node,
      state,
      instruments,
      this.commands,
      hint,
      this.transfers.node,
      this.payload.node,
      this.authority.node,
      this.sortie,
      this.texts,
    );
    document.getElementById('app').append(this.head(), this.nobody, main);
  }

  head() {
    const look = { class: 'seat', maxlength: 40, value: seat(), autocomplete: 'off', id: 'seat', 'data-t-title': 'seat.title' };
    const name = labelled(el('input', look), 'seat.hint', 'placeholder');
    name.addEventListener('change', () => {
      setSeat(name.value);
      this.lease.whoAmI();
    });
    const language = labelled(el('button', { type: 'button', class: 'quiet' }), 'language.other');
    language.addEventListener('click', () => switchLanguage());
    const centre = labelled(el('a', { href: '/' }), 'pilot.to_centre');
    return el('header', { class: 'head' }, this.choice, this.feedState, centre, name, language);
  }

  choose(id) {
    this.id = id;
    localStorage.setItem(VEHICLE, id);
    this.lease.choose(id);
    this.selection.choose('vehicle', id, true);
    this.placed = false;
    this.show();
  }

  // A click on the map chooses another vehicle.
  follow() {
    const id = this.selection.id('vehicle');
    if (id && id !== this.id && !this.payload.picking) this.choose(id);
  }

  hear() {
    for (const event of this.store.events) {
      if (this.heard?.has(event)) continue;
      if (this.heard) this.lease.heard(event);
    }
    this.heard = new Set(this.store.events);
  }

  async command(button, command) {
    const said = t('command.sent', { command: t(`command.${command}`), vehicle: this.id });
    const path = `/vehicles/${encodeURIComponent(this.id)}/command`;
    await act(button, () => post(path, { command, confirm: this.id }), said);
  }

  show() {
    this.showChoice();
    this.showFeed();
    const vehicle = this.store.vehicles.get(this.id);
    document.body.classList.toggle('no-vehicle', !vehicle);
    setText(this.nobody, vehicle ? '' : this.id ? t('pilot.not_heard', { vehicle: this.id }) : t('pilot.none'));
    if (!vehicle) return;
    if (this.lease.vehicle !== this.id) this.choose(this.id);
    this.placeMap(vehicle);
    const ageS = this.store.ageS(this.id);
    const stale = ageS > vehicle.stale_after_s;
    document.body.classList.toggle('stale', stale);
    this.showStrip(stale, ageS);
    setText(this.mode, vehicle.mode);
    const word = vehicle.flying === null ? 'unknown' : vehicle.flying ? 'flying' : vehicle.armed ? 'armed' : 'ground';
    setText(this.flight, t(`vehicle.${word}`));
    setClass(this.flight, `chip ${vehicle.flying ? 'blue' : vehicle.armed ? 'warn' : ''}`);
    this.horizon.show(vehicle, `${unit(vehicle.roll_deg, 0, '°')} / ${unit(vehicle.pitch_deg, 0, '°')}`);
    this.figures.show(vehicle, ageS, stale);
    this.showSortie(vehicle);
    this.showTexts(vehicle);
    this.lease.show(this.store.replay);
    this.script.show(vehicle);
    const mine = this.lease.who() === null || this.lease.mine();
    const may = mine && !this.store.replay;
    for (const button of this.commands.children) button.disabled = !may;
    this.payload.show(vehicle, may);
    this.authority.show(vehicle, may);
    this.transfers.show(vehicle, may, this.store.replay ? null : this.lease.me);
  }

  showChoice() {
    const heard = [...this.store.vehicles.keys()].sort(byNumber);
    const ids = this.id && !this.store.vehicles.has(this.id) ? [this.id, ...heard] : heard;
    const shown = [...this.choice.options].map((option) => option.value);
    if (ids.join() !== shown.join()) {
      this.choice.replaceChildren(...ids.map((id) => el('option', { value: id }, this.store.vehicles.get(id)?.name ?? id)));
      if (!this.id && ids.length > 0) this.choose(ids[0]);
    }
    if (this.choice.value !== this.id && ids.includes(this.id)) this.choice.value = this.id;
  }

  showFeed() {
    const live = this.feed?.open && this.feed.ageS() < OLD_AFTER_S;
    setClass(this.feedState, `feed ${live ? 'ok' : 'bad'}`);
    setText(this.feedState, live ? t('feed.live') : t('feed.connecting'));
  }

  showStrip(stale, ageS) {
    const text = stale
      ? t('vehicle.silent', { age: ageText(ageS) })
      : this.store.replay
        ? t('banner.replay')
        : this.store.exercise
          ? t('banner.exercise')
          : '';
    setText(this.strip, text);
    setClass(this.strip, `strip ${text ? (stale ? 'bad' : 'exercise') : 'hidden'}`);
  }

  showSortie(vehicle) {
    const flown = [...this.store.operations.values()].filter((operation) => !OVER.has(operation.status));
    const operation = flown.find((each) => each.id === vehicle.operation);
    const sorties = operation?.sorties.filter((sortie) => sortie.vehicle === vehicle.id) ?? [];
    const sortie = sorties.find((each) => !['flown', 'broken_off'].includes(each.status)) ?? sorties.at(-1);
    const item = `${vehicle.mission_current ?? UNKNOWN} / ${vehicle.mission_total ?? UNKNOWN}`;
    const parts = operation
      ? [halfOf(operation.name), sortie ? t(`sortie.${sortie.status}`) : '', t('pilot.item', { item })]
      : [t('pilot.no_operation')];
    if (!vehicle.mission_known) parts.push(t('fact.mission_unknown'));
    setText(this.sortie, parts.filter(Boolean).join(' · '));
  }

  showTexts(vehicle) {
    const rows = vehicle.texts.slice(-6).reverse();
    const key = rows.map((text) => text.at + text.text).join('\n');
    if (key === this.shownTexts) return;
    this.shownTexts = key;
    const level = (text) => (text.severity <= 3 ? 'bad' : text.severity <= 4 ? 'warn' : '');
    this.texts.replaceChildren(
      ...rows.map((text) =>
        el('li', { class: level(text) }, el('time', { class: 'num' }, clock(text.at)), ' ', text.text),
      ),
    );
  }

  placeMap(vehicle) {
    if (vehicle.lat === null) return;
    const here = [vehicle.lat, vehicle.lon];
    if (!this.placed) map.setView(here, 16, { animate: false });
    else if (!map.getBounds().pad(-0.2).contains(here)) map.panTo(here);
    this.placed = true;
  }
}

async function start() {
  await loadLanguage();
  const store = new Store();
  Object.assign(store, { exercise: settings.exercise, replay: settings.replay });
  prepareMap({ scaleAt: 'topright' });
  keepLabelsApart();
  const page = new PilotPage(store);
  page.feed = new Feed(
    '/api/v1/live?moved=rows',
    (message) => store.apply(message),
    () => page.show(),
  );
  page.show();
}

start();
