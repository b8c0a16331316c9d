// Who may command the vehicle: taking it, keeping it while this page is open, letting go, taking over.
import { el, setClass, setText } from '../shared/dom.js';
import { get, post, seat } from '../shared/api.js';
import { act } from '../shared/act.js';
import { holdButton } from '../shared/hold.js';
import { labelled, t } from '../shared/i18n.js';
import { toast } from '../shared/toast.js';
import { play } from '../shared/sound.js';

const KEEP_MS = 6000;

export class Lease {
  // `onChange` is called when this seat has got or lost the vehicle.
  constructor(store, onChange) {
    Object.assign(this, { store, onChange, vehicle: null, me: '', wanted: false });
    this.holder = el('span', { class: 'chip', role: 'status' });
    this.take = labelled(el('button', { type: 'button', class: 'primary' }), 'lease.take');
    this.take.addEventListener('click', () => this.ask(this.take, false));
    this.over = holdButton('lease.take_over', (button) => this.ask(button, true));
    this.release = labelled(el('button', { type: 'button' }), 'lease.release');
    this.release.addEventListener('click', () => this.letGo(this.release));
    this.node = el('div', { class: 'lease' }, this.holder, this.take, this.over, this.release);
    setInterval(() => this.keep(), KEEP_MS);
    this.whoAmI();
  }

  // The server says under which seat this page acts.
  async whoAmI() {
    const me = await get('/me').catch(() => ({}));
    this.me = me.seat ?? seat();
    this.onChange();
  }

  choose(vehicle) {
    if (this.vehicle && this.vehicle !== vehicle && this.wanted) this.letGo(null);
    this.vehicle = vehicle;
    this.wanted = this.mine();
  }

  who() {
    return this.store.vehicles.get(this.vehicle)?.holder ?? null;
  }

  mine() {
    return this.me !== '' && this.who() === this.me;
  }

  show(readOnly) {
    const holder = this.who();
    const mine = this.mine();
    setText(this.holder, holder ? t(mine ? 'lease.mine' : 'lease.held', { seat: holder }) : t('lease.free'));
    setClass(this.holder, `chip ${mine ? 'good' : holder ? 'warn' : ''}`);
    this.take.classList.toggle('hidden', readOnly || holder !== null);
    this.over.classList.toggle('hidden', readOnly || holder === null || mine);
    this.release.classList.toggle('hidden', readOnly || !mine);
  }

  async ask(button, takeOver) {
    const body = { confirm: this.vehicle, take_over: takeOver };
    const answer = await act(button, () => post(`/vehicles/${encodeURIComponent(this.vehicle)}/lease`, body));
    if (answer === null) return;
    this.wanted = true;
    if (answer.before) toast(t('lease.taken_from', { seat: answer.before }));
    this.noteHolder(answer);
  }

  async letGo(button) {
    this.wanted = false;
    const path = `/vehicles/${encodeURIComponent(this.vehicle)}/release`;
    const answer = await act(button, () => post(path, { confirm: this.vehicle }));
    if (answer !== null) this.noteHolder(answer);
  }

  // A page that nobody looks at keeps nothing.
  async keep() {
    if (!this.wanted || document.hidden || this.store.replay) return;
    const path = `/vehicles/${encodeURIComponent(this.vehicle)}/lease`;
    try {
      this.noteHolder(await post(path, { confirm: this.vehicle }));
    } catch {
      this.wanted = this.mine();
    }
  }

  noteHolder(answer) {
    const vehicle = this.store.vehicles.get(answer.vehicle);
    if (vehicle) this.store.vehicles.set(answer.vehicle, { ...vehicle, holder: answer.holder });
    this.onChange();
  }

  heard(event) {
    if (event.kind !== 'vehicle.lease_taken' || event.vehicle !== this.vehicle) return;
    if (event.data.before !== this.me || event.actor === this.me) return;
    this.wanted = false;
    play('critical');
    toast(t('lease.lost', { seat: event.actor }), 'bad');
    this.onChange();
  }
}
