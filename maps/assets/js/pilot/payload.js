// What the vehicle carries: where its gimbal points, its camera's pictures, video and stream address.
import { act } from '../shared/act.js';
import { post } from '../shared/api.js';
import { el, setText } from '../shared/dom.js';
import { unit } from '../shared/format.js';
import { labelled, t } from '../shared/i18n.js';

const PITCHES = [0, -45, -90];

export class PayloadPanel {
  constructor() {
    this.vehicle = null;
    this.pointing = el('span', { class: 'num' });
    this.gimbal = el(
      'div',
      { class: 'row' },
      labelled(el('b'), 'fact.gimbal'),
      this.pointing,
      PITCHES.map((pitch) => this.button(`pilot.pitch${-pitch}`, 'gimbal', { pitch_deg: pitch, yaw_deg: 0 })),
    );
    this.camera = el('b');
    this.photo = this.button('pilot.photo', 'camera', { action: 'photo' });
    this.record = this.button('pilot.record', 'camera', { action: 'start_video' });
    this.stop = this.button('pilot.stop_record', 'camera', { action: 'stop_video' });
    this.stream = el('output', { class: 'stream small' });
    this.cameras = el('div', { class: 'row' }, this.camera, this.photo, this.record, this.stop, this.stream);
    this.node = el('div', { class: 'payload hidden' }, this.gimbal, this.cameras);
  }

  button(words, path, body) {
    const button = labelled(el('button', { type: 'button' }), words);
    button.addEventListener('click', () => this.ask(button, path, body));
    return button;
  }

  ask(button, path, body) {
    const id = this.vehicle.id;
    return act(button, () => post(`/vehicles/${encodeURIComponent(id)}/${path}`, { ...body, confirm: id }));
  }

  // `may`: this seat commands the vehicle.
  show(vehicle, may) {
    this.vehicle = vehicle;
    const camera = vehicle.cameras[0];
    const { gimbal } = vehicle;
    this.node.classList.toggle('hidden', !gimbal && !camera);
    this.gimbal.classList.toggle('hidden', !gimbal);
    this.cameras.classList.toggle('hidden', !camera);
    if (gimbal) setText(this.pointing, `${unit(gimbal.pitch_deg, 0, '°')} / ${unit(gimbal.yaw_deg, 0, '°')}`);
    for (const button of this.node.querySelectorAll('button')) button.disabled = !may;
    if (!camera) return;
    setText(this.camera, camera.model || t('fact.camera'));
    this.record.classList.toggle('hidden', camera.recording === true);
    this.stop.classList.toggle('hidden', camera.recording !== true);
    setText(this.stream, camera.video ? t('pilot.stream', { address: camera.video }) : '');
  }
}
