// What is being moved from or to the vehicle: how far it is, for whom, and a button to give it up.
import { act } from '../shared/act.js';
import { post } from '../shared/api.js';
import { el, KeyedList, setText } from '../shared/dom.js';
import { labelled } from '../shared/i18n.js';
import { amount, transferName } from '../shared/transfers.js';

// Ground control asks for these again by itself: giving them up changes nothing.
const SYSTEM = 'system';

export class TransferPanel {
  constructor() {
    Object.assign(this, { vehicle: null, may: false, me: '' });
    this.node = el('div', { class: 'transfers' });
    this.list = new KeyedList(
      this.node,
      (transfer) => `${this.vehicle.id} ${transfer.id}`,
      (transfer) => this.row(this.vehicle.id, transfer.id),
    );
  }

  row(vehicle, id) {
    const name = el('span', { class: 'name' });
    const bar = el('progress');
    const text = el('span', { class: 'num small' });
    const button = labelled(el('button', { type: 'button' }), 'transfer.cancel');
    const path = `/vehicles/${encodeURIComponent(vehicle)}/transfers/${encodeURIComponent(id)}/cancel`;
    button.addEventListener('click', () => act(button, () => post(path, { confirm: vehicle })));
    const update = (transfer) => {
      const own = transfer.by === SYSTEM;
      setText(name, own ? transferName(transfer) : `${transferName(transfer)} · ${transfer.by}`);
      if (transfer.total) Object.assign(bar, { max: transfer.total, value: transfer.done });
      else bar.removeAttribute('value');
      bar.setAttribute('aria-label', name.textContent);
      setText(text, amount(transfer));
      button.classList.toggle('hidden', own);
      button.disabled = !this.may && transfer.by !== this.me;
    };
    return { node: el('div', { class: 'row' }, name, bar, text, button), update };
  }

  // `may`: the seat `me` commands the vehicle; it may always give up what is its own.
  show(vehicle, may, me) {
    Object.assign(this, { vehicle, may, me });
    this.list.show(vehicle.transfers);
  }
}
