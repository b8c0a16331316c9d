// The list of vehicles: the keyboard's and the screen reader's way to the fleet.
import { map } from '../shared/settings.js';
import { el, KeyedList, setClass, setText, svg } from '../shared/dom.js';
import { post, seat } from '../shared/api.js';
import { act } from '../shared/act.js';
import { ageText, number, position, UNKNOWN, unit } from '../shared/format.js';
import { authorityFacts } from '../shared/authority.js';
import { gimbalWords } from '../shared/gimbal.js';
import { holdButton } from '../shared/hold.js';
import { labelled, onLanguage, t } from '../shared/i18n.js';
import { toast } from '../shared/toast.js';
import { transferWords } from '../shared/transfers.js';
import { byNumber } from '../map/fleet.js';

const COMMANDS = ['rtl', 'brake', 'pause', 'continue', 'land'];
const LOW_PCT = 25;

export class FleetPanel {
  constructor(room, store, selection, layer) {
    Object.assign(this, { room, store, selection, layer });
    this.empty = labelled(el('p', { class: 'empty' }), 'fleet.none');
    const list = el('ul', { class: 'fleet' });
    room.body.append(this.empty, list);
    this.list = new KeyedList(
      list,
      (vehicle) => vehicle.id,
      (vehicle) => this.row(vehicle),
    );
    store.on('vehicles', (ids) => this.update(ids));
    store.on('state', () => this.update());
    selection.on((kind) => kind === 'vehicle' && this.update());
    onLanguage(() => this.update());
    store.on('events', () => this.hear());
    setInterval(() => this.showSilent(), 1000);
    list.addEventListener('keydown', (event) => moveAlong(event, list));
  }

  // Only the rows of `ids`, as long as nobody came or went.
  update(ids = null) {
    const { rows } = this.list;
    const same = rows.size === this.store.vehicles.size;
    if (ids && same && [...ids].every((id) => rows.has(id) && this.store.vehicles.has(id))) {
      for (const id of ids) rows.get(id).update(this.store.vehicles.get(id));
      return;
    }
    const vehicles = [...this.store.vehicles.values()].sort((a, b) => byNumber(a.id, b.id));
    this.list.show(vehicles);
    this.empty.classList.toggle('hidden', vehicles.length > 0);
    setText(this.room.count, vehicles.length ? String(vehicles.length) : '');
  }

  // Whoever loses a vehicle to another seat is told.
  hear() {
    const news = this.told ? this.store.events.filter((event) => !this.told.has(event)) : [];
    this.told = new Set(this.store.events);
    for (const event of news)
      if (event.kind === 'vehicle.lease_taken' && event.data.before && event.data.before === seat())
        toast(`${event.vehicle}: ${t('lease.lost', { seat: event.actor })}`, 'bad');
  }

  // Silence grows without a message that would say so.
  showSilent() {
    for (const [id, row] of this.list.rows) {
      const vehicle = this.store.vehicles.get(id);
      if (vehicle && this.store.ageS(id) > 1) row.update(vehicle);
    }
  }

  row(first) {
    const parts = {
      swatch: svg('circle', { cx: 6, cy: 6, r: 5 }),
      name: el('b', { class: 'name' }),
      state: el('span', { class: 'chip' }),
      holder: el('span', { class: 'holder' }),
      battery: el('span', { class: 'num battery' }),
      height: el('span', { class: 'num' }),
      speed: el('span', { class: 'num' }),
      fix: el('span', { class: 'num' }),
    };
    const button = el(
      'button',
      { type: 'button', class: 'row', on: { click: () => this.choose(first.id) } },
      el(
        'span',
        { class: 'line' },
        svg('svg', { viewBox: '0 0 12 12', width: 12, height: 12, 'aria-hidden': true }, parts.swatch),
        parts.name,
        parts.holder,
        parts.state,
      ),
      el('span', { class: 'line figures' }, parts.height, parts.speed, parts.battery, parts.fix),
    );
    const details = this.details(first.id);
    const node = el('li', {}, button, details.node);
    const update = (vehicle) => this.show(vehicle, parts, button, details);
    return { node, update };
  }

  choose(id) {
    this.selection.choose('vehicle', id);
    const vehicle = this.store.vehicles.get(id);
    if (this.selection.is('vehicle', id) && vehicle?.lat !== null) map.panTo([vehicle.lat, vehicle.lon]);
  }

  show(vehicle, parts, button, details) {
    const age = this.store.ageS(vehicle.id);
    const stale = age > vehicle.stale_after_s;
    parts.swatch.setAttribute('fill', this.layer.colour(vehicle.id));
    setText(parts.name, vehicle.name);
    setText(
      parts.state,
      stale ? t('vehicle.silent', { age: ageText(age) }) : `${flightWord(vehicle)} · ${vehicle.mode}`,
    );
    setClass(parts.state, `chip ${stale ? 'bad' : vehicle.flying ? 'blue' : vehicle.armed ? 'warn' : ''}`);
    setText(parts.holder, vehicle.holder ?? '');
    parts.holder.title = vehicle.holder ? t('lease.held', { seat: vehicle.holder }) : '';
    setText(parts.height, `↕ ${unit(vehicle.alt_rel_m, 0, 'm')}`);
    setText(parts.speed, `→ ${unit(vehicle.ground_m_s, 1, 'm/s')}`);
    const low = vehicle.battery_failing || (vehicle.battery_pct !== null && vehicle.battery_pct < LOW_PCT);
    setText(
      parts.battery,
      vehicle.battery_pct === null ? t('vehicle.battery_unknown') : `${t('vehicle.battery')} ${vehicle.battery_pct} %`,
    );
    setClass(parts.battery, `num battery ${low ? 'bad' : ''}`);
    setText(parts.fix, vehicle.satellites === null ? '' : t('vehicle.satellites', { n: vehicle.satellites }));
    const chosen = this.selection.is('vehicle', vehicle.id);
    button.setAttribute('aria-pressed', String(chosen));
    button.setAttribute('aria-expanded', String(chosen));
    details.node.classList.toggle('hidden', !chosen);
    if (chosen) details.update(vehicle);
  }

  details(id) {
    const facts = el('dl', { class: 'facts num' });
    const texts = el('ol', { class: 'texts' });
    const commands = el(
      'div',
      { class: 'buttons' },
      COMMANDS.map((command) => holdButton(`command.${command}`, (button) => this.command(button, id, command), '')),
    );
    const over = holdButton('lease.take_over', (button) => this.takeOver(button, id), '');
    const node = el(
      'div',
      { class: 'details hidden' },
      facts,
      texts,
      commands,
      labelled(el('p', { class: 'dim small' }), 'hold.hint'),
      over,
      labelled(el('a', { class: 'small', href: `/pilot?vehicle=${encodeURIComponent(id)}` }), 'pilot.open'),
    );
    const update = (vehicle) => {
      facts.replaceChildren(...factsOf(vehicle).flatMap(([key, value]) => [el('dt', {}, t(key)), el('dd', {}, value)]));
      texts.replaceChildren(
        ...vehicle.texts
          .slice(-4)
          .map((text) => el('li', { class: text.severity <= 3 ? 'bad' : text.severity <= 4 ? 'warn' : '' }, text.text)),
      );
      commands.classList.toggle('hidden', this.store.replay);
      over.classList.toggle('hidden', this.store.replay || [null, seat()].includes(vehicle.holder));
    };
    return { node, update };
  }

  async takeOver(button, id) {
    const body = { confirm: id, take_over: true };
    const answer = await act(button, () => post(`/vehicles/${encodeURIComponent(id)}/lease`, body));
    if (answer?.before) toast(t('lease.taken_from', { seat: answer.before }));
  }

  command(button, id, command) {
    const said = t('command.sent', { command: t(`command.${command}`), vehicle: id });
    return act(button, () => post(`/vehicles/${encodeURIComponent(id)}/command`, { command, confirm: id }), said);
  }
}

function flightWord(vehicle) {
  if (vehicle.flying === true) return t('vehicle.flying');
  if (vehicle.flying === null) return t('vehicle.unknown');
  return vehicle.armed ? t('vehicle.armed') : t('vehicle.ground');
}

const yesNo = (value) => (value === null ? '–' : t(value ? 'yes' : 'no'));

function factsOf(vehicle) {
  const item =
    vehicle.mission_total === null ? '–' : `${number(vehicle.mission_current)} / ${number(vehicle.mission_total)}`;
  return [
    ['fact.position', position(vehicle.lat, vehicle.lon)],
    ['fact.heading', unit(vehicle.heading_deg, 0, '°')],
    ['fact.climb', unit(vehicle.climb_m_s, 1, 'm/s')],
    ['fact.battery', `${unit(vehicle.battery_v, 1, 'V')} · ${unit(vehicle.battery_a, 1, 'A')}`],
    ['fact.mission', `${item}${vehicle.mission_known ? '' : ` (${t('fact.mission_unknown')})`}`],
    ['fact.off_plan', unit(vehicle.off_plan_m, 0, 'm')],
    ['fact.ekf', yesNo(vehicle.ekf_ok)],
    ['fact.prearm', yesNo(vehicle.prearm_ok)],
    ['fact.firmware', vehicle.firmware ?? '–'],
    ['fact.holder', vehicle.holder ?? t('lease.free')],
    ['fact.late', unit(vehicle.late_s === null ? null : vehicle.late_s * 1000, 0, 'ms')],
    ...vehicle.ways.map((way) => [way.used ? 'fact.way_used' : 'fact.way', wayWords(way)]),
    ...payloadOf(vehicle),
  ];
}

function wayWords(way) {
  const loss = t('way.loss', { loss: unit(way.loss_pct, 0, '%') });
  const delay = way.delay_s ? ` · +${unit(way.delay_s * 1000, 0, 'ms')}` : '';
  return `${way.peer} · ${loss}${delay}${way.age_s > 1.5 ? ` · ${unit(way.age_s, 0, 's')}` : ''}`;
}

// What it carries, where something of it was heard.
function payloadOf(vehicle) {
  const facts = [];
  const { gimbal, cameras } = vehicle;
  for (const transfer of vehicle.transfers) facts.push(['fact.transfer', transferWords(transfer)]);
  if (gimbal) facts.push(['fact.gimbal', gimbal.stowed ? t('pilot.stowed') : gimbalWords(gimbal)]);
  for (const camera of cameras)
    facts.push(['fact.camera', `${camera.model ?? camera.id}${camera.recording ? ' ●' : ''}`]);
  return [...facts, ...authorityFacts(vehicle)];
}

function moveAlong(event, list) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !event.target.classList.contains('row')) return;
  const rows = [...list.querySelectorAll('button.row')];
  rows[rows.indexOf(event.target) + step]?.focus();
  event.preventDefault();
}
