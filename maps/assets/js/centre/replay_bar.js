// Recordings being played: a slider over their time, pause, speed.
import { act } from '../shared/act.js';
import { get, put } from '../shared/api.js';
import { el, setText } from '../shared/dom.js';
import { clock, day } from '../shared/format.js';
import { labelled, onLanguage, t } from '../shared/i18n.js';

const ASKED_EVERY_MS = 2000;
const SPEEDS = [0.5, 1, 2, 5, 10, 20, 50, 100];

export class ReplayBar {
  constructor(room) {
    this.state = null;
    this.toldAt = 0;
    this.dragging = false;
    this.pause = el('button', { type: 'button', class: 'play', on: { click: () => this.turn() } });
    this.slider = el('input', { type: 'range', min: 0, max: 0, step: 0.1, value: 0 });
    labelled(this.slider, 'replay.place', 'aria-label');
    this.time = el('output', { class: 'num' });
    this.speed = el('select', {}, ...SPEEDS.map((speed) => el('option', { value: speed }, `${speed} ×`)));
    labelled(this.speed, 'replay.speed', 'aria-label');
    this.slider.addEventListener('input', () => ((this.dragging = true), this.show()));
    this.slider.addEventListener('change', () => this.go());
    this.speed.addEventListener('change', () => this.tell({ speed: Number(this.speed.value) }));
    room.replaceChildren(this.pause, this.slider, this.time, this.speed);
    room.classList.remove('hidden');
    onLanguage(() => this.show());
    setInterval(() => this.show(), 250);
    setInterval(() => this.ask(), ASKED_EVERY_MS);
    this.ask();
  }

  async ask() {
    try {
      this.take(await get('/replay'));
    } catch {
      // The feed says that nothing comes; the bar stands.
      this.state = this.state && { ...this.state, at: this.now(), paused: true };
    }
  }

  take(state) {
    const seconds = (text) => Date.parse(text) / 1000;
    this.state = { ...state, at: seconds(state.at), begins: seconds(state.begins), ends: seconds(state.ends) };
    this.toldAt = performance.now();
    this.show();
  }

  now() {
    const { at, ends, speed, paused } = this.state;
    return paused ? at : Math.min(ends, at + ((performance.now() - this.toldAt) / 1000) * speed);
  }

  // One that was asked for at the start and is none of ours is offered too.
  showSpeed(speed) {
    const known = [...this.speed.options].some((option) => Number(option.value) === speed);
    if (!known) this.speed.append(el('option', { value: speed }, `${speed} ×`));
    this.speed.value = speed;
  }

  turn() {
    const over = this.now() >= this.state.ends;
    const at = over ? { at: new Date(this.state.begins * 1000).toISOString() } : {};
    this.tell({ paused: !this.state.paused && !over, ...at });
  }

  go() {
    this.dragging = false;
    this.tell({ at: new Date((this.state.begins + Number(this.slider.value)) * 1000).toISOString() });
  }

  tell(wanted) {
    return act(null, async () => this.take(await put('/replay', wanted)));
  }

  show() {
    if (!this.state) return;
    const { begins, ends, speed, paused } = this.state;
    const stands = paused || this.now() >= ends;
    this.slider.max = ends - begins;
    if (!this.dragging) this.slider.value = this.now() - begins;
    const at = (begins + Number(this.slider.value)) * 1000;
    setText(this.time, `${day(at)} ${clock(at)}`);
    setText(this.pause, stands ? '▶' : '❚❚');
    this.pause.setAttribute('aria-label', t(stands ? 'replay.play' : 'replay.pause'));
    this.pause.title = this.pause.getAttribute('aria-label');
    if (document.activeElement !== this.speed) this.showSpeed(speed);
  }
}
