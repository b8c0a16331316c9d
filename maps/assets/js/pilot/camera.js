// One camera: what it does now, and a button for each thing that it says it can do.
import { el, setText } from '../shared/dom.js';
import { UNKNOWN, unit } from '../shared/format.js';
import { labelled, t } from '../shared/i18n.js';

const MIDDLE = { x: 0.5, y: 0.5 };

export class CameraRow {
  // `ask(control, path, body)` sends to the vehicle.
  constructor(ask) {
    this.ask = ask;
    this.id = null;
    this.name = el('b');
    this.doing = el('span', { class: 'small', role: 'status' });
    this.unknown = labelled(el('span', { class: 'dim small' }), 'pilot.camera_unknown');
    this.buttons = {
      photo: this.button('pilot.photo', { action: 'photo' }),
      start_video: this.button('pilot.record', { action: 'start_video' }),
      stop_video: this.button('pilot.stop_record', { action: 'stop_video' }),
      auto_focus: this.button('pilot.auto_focus', { action: 'focus', share: null }),
      track: this.button('pilot.track', { action: 'track_point', ...MIDDLE }),
      stop_tracking: this.button('pilot.stop_tracking', { action: 'stop_tracking' }),
    };
    this.zoom = el('input', { type: 'range', min: 0, max: 100, step: 5 });
    labelled(this.zoom, 'pilot.zoom', 'aria-label');
    this.zoom.addEventListener('change', () =>
      this.send(this.zoom, { action: 'zoom', share: Number(this.zoom.value) / 100 }),
    );
    this.zoomed = el('span', { class: 'num' });
    this.lens = el('label', { class: 'lens' }, labelled(el('span'), 'pilot.zoom'), this.zoom, this.zoomed);
    this.stream = el('output', { class: 'stream small' });
    this.node = el(
      'div',
      { class: 'row' },
      this.name,
      this.doing,
      this.unknown,
      Object.values(this.buttons),
      this.lens,
      this.stream,
    );
  }

  button(words, body) {
    const button = labelled(el('button', { type: 'button' }), words);
    button.addEventListener('click', () => this.send(button, body));
    return button;
  }

  send(control, body) {
    return this.ask(control, 'camera', { ...body, camera: this.id });
  }

  update(camera) {
    this.id = camera.id;
    const can = new Set(camera.can ?? []);
    const recording = camera.recording === true;
    const shown = {
      photo: can.has('image'),
      start_video: can.has('video') && !recording,
      stop_video: can.has('video') && camera.recording !== false,
      auto_focus: can.has('focus'),
      track: can.has('track_point') && camera.tracking !== true,
      stop_tracking: (can.has('track_point') || can.has('track_rectangle')) && camera.tracking !== false,
    };
    for (const [name, button] of Object.entries(this.buttons)) button.classList.toggle('hidden', !shown[name]);
    this.lens.classList.toggle('hidden', !can.has('zoom'));
    this.unknown.classList.toggle('hidden', camera.can !== null);
    setText(this.name, camera.model || t('fact.camera'));
    setText(this.doing, doingWords(camera, can));
    this.lens.classList.toggle('unknown', camera.zoom_pct === null);
    setText(this.zoomed, camera.zoom_pct === null ? UNKNOWN : unit(camera.zoom_pct, 0, '%'));
    if (camera.zoom_pct !== null && this.zoom !== document.activeElement) this.zoom.value = camera.zoom_pct;
    setText(this.stream, camera.video ? t('pilot.stream', { address: camera.video }) : '');
  }
}

function doingWords(camera, can) {
  const words = [];
  if (camera.recording) words.push(`● ${t('pilot.recording')}`);
  else if (camera.recording === null && can.has('video')) words.push(t('pilot.recording_unknown'));
  if (camera.images !== null) words.push(t('pilot.images', { n: camera.images }));
  if (camera.tracking) words.push(t('pilot.tracking'));
  return words.join(' · ');
}
