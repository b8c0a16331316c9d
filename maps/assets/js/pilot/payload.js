// What the vehicle carries and where it looks: gimbal and cameras, with those buttons that they say they can.
import { act } from '../shared/act.js';
import { post } from '../shared/api.js';
import { el, KeyedList, setText } from '../shared/dom.js';
import { gimbalWords } from '../shared/gimbal.js';
import { labelled, t } from '../shared/i18n.js';
import { map } from '../shared/settings.js';
import { toast } from '../shared/toast.js';
import { CameraRow } from './camera.js';

const PITCHES = [0, -45, -90];

export class PayloadPanel {
  constructor() {
    this.vehicle = null;
    this.picking = false;
    this.build();
    map.on('click', (event) => this.picking && this.lookAt(event.latlng));
    document.addEventListener('keydown', (event) => event.key === 'Escape' && this.pick(false));
  }

  build() {
    this.place = labelled(el('button', { type: 'button', 'aria-pressed': 'false' }), 'pilot.look_place');
    this.place.addEventListener('click', () => this.pick(!this.picking));
    const look = el('div', { class: 'row' }, labelled(el('b'), 'pilot.look'), this.place);
    look.append(this.button('pilot.look_ahead', 'look', {}, 'pilot.looks_ahead'));
    this.pointing = el('span', { class: 'num' });
    this.rest = {
      neutral: this.button('pilot.neutral', 'gimbal', { rest: 'neutral' }),
      retract: this.button('pilot.stow', 'gimbal', { rest: 'stow' }),
    };
    this.restUnknown = labelled(el('span', { class: 'dim small' }), 'pilot.rest_unknown');
    this.gimbal = el(
      'div',
      { class: 'row' },
      labelled(el('b'), 'fact.gimbal'),
      this.pointing,
      PITCHES.map((pitch) => this.button(`pilot.pitch${-pitch}`, 'gimbal', { pitch_deg: pitch, yaw_deg: 0 })),
      Object.values(this.rest),
      this.restUnknown,
    );
    const cameras = el('div', { class: 'cameras' });
    const ask = (...asked) => this.ask(...asked);
    this.cameras = new KeyedList(
      cameras,
      (camera) => `${this.vehicle.id} ${camera.id}`,
      () => new CameraRow(ask),
    );
    this.node = el('div', { class: 'payload' }, look, this.gimbal, cameras);
  }

  button(words, path, body, said) {
    const button = labelled(el('button', { type: 'button' }), words);
    button.addEventListener('click', () => this.ask(button, path, body, said));
    return button;
  }

  ask(button, path, body, said) {
    const { id } = this.vehicle;
    const told = said && t(said, { vehicle: this.vehicle.name });
    return act(button, () => post(`/vehicles/${encodeURIComponent(id)}/${path}`, { ...body, confirm: id }), told);
  }

  // The next click on the map is where to look.
  pick(on) {
    this.picking = on;
    this.place.setAttribute('aria-pressed', String(on));
    document.body.classList.toggle('picking', on);
    if (on) toast(t('pilot.look_pick'), 'hint');
  }

  lookAt({ lat, lng }) {
    this.pick(false);
    this.ask(this.place, 'look', { place: { lat, lon: lng } }, 'pilot.looks');
  }

  // `may`: this seat commands the vehicle.
  show(vehicle, may) {
    if (this.picking && (!may || vehicle.id !== this.vehicle?.id)) this.pick(false);
    this.vehicle = vehicle;
    const { gimbal } = vehicle;
    this.gimbal.classList.toggle('hidden', !gimbal);
    if (gimbal) this.showGimbal(gimbal);
    this.cameras.show(vehicle.cameras);
    for (const control of this.node.querySelectorAll('button, input')) control.disabled = !may;
  }

  showGimbal({ can, stowed, ...gimbal }) {
    setText(this.pointing, stowed ? t('pilot.stowed') : gimbalWords(gimbal));
    this.restUnknown.classList.toggle('hidden', can !== null);
    for (const [name, button] of Object.entries(this.rest))
      button.classList.toggle('hidden', !(can ?? []).includes(name));
  }
}
