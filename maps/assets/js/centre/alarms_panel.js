// Alarms, worst first; what nobody has acknowledged sounds again every five seconds.
import { el, KeyedList, setClass, setText } from '../shared/dom.js';
import { post } from '../shared/api.js';
import { act } from '../shared/act.js';
import { clock } from '../shared/format.js';
import { labelled, onLanguage, pick, t } from '../shared/i18n.js';
import { play } from '../shared/sound.js';

const RANK = { critical: 0, warning: 1, info: 2 };
const AGAIN_MS = 5000;

export class AlarmsPanel {
  constructor(room, store, selection) {
    Object.assign(this, { room, store, selection });
    this.empty = labelled(el('p', { class: 'empty' }), 'alarms.none');
    const list = el('ul', { class: 'alarms', role: 'log', 'aria-live': 'assertive' });
    room.body.append(this.empty, list);
    this.list = new KeyedList(
      list,
      (alarm) => alarm.id,
      (alarm) => this.row(alarm),
    );
    store.on('alarms', () => this.update());
    onLanguage(() => this.update());
    this.heard = new Set();
    setInterval(() => this.sound(), AGAIN_MS);
    this.update();
  }

  update() {
    const alarms = [...this.store.alarms.values()].sort(
      (a, b) => a.acknowledged - b.acknowledged || RANK[a.severity] - RANK[b.severity] || b.at.localeCompare(a.at),
    );
    this.list.show(alarms);
    this.empty.classList.toggle('hidden', alarms.length > 0);
    const loud = alarms.filter((alarm) => !alarm.acknowledged && alarm.severity !== 'info');
    setText(this.room.count, alarms.length ? String(alarms.length) : '');
    setClass(this.room.node, `panel ${loud.some((a) => a.severity === 'critical') ? 'alert' : ''}`);
    const fresh = loud.some((alarm) => !this.heard.has(alarm.id));
    this.heard = new Set(loud.map((alarm) => alarm.id));
    if (fresh) this.sound();
  }

  sound() {
    const open = [...this.store.alarms.values()].filter((alarm) => !alarm.acknowledged);
    if (open.some((alarm) => alarm.severity === 'critical')) play('critical');
    else if (open.some((alarm) => alarm.severity === 'warning')) play('warning');
  }

  // Chooses what the alarm is about.
  show(alarm) {
    for (const kind of ['vehicle', 'operation', 'sighting']) {
      if (alarm[kind]) this.selection.choose(kind, alarm[kind], true);
    }
  }

  row(alarm) {
    const text = el('button', {
      type: 'button',
      class: 'text',
      on: { click: () => this.show(alarm) },
    });
    const time = el('time', { class: 'num dim' });
    const level = el('span', { class: 'level' });
    const button = labelled(el('button', { type: 'button', class: 'ack' }), 'alarms.acknowledge');
    button.addEventListener('click', () =>
      act(button, () => post(`/alarms/${encodeURIComponent(alarm.id)}/acknowledge`)),
    );
    const node = el('li', {}, level, text, button, time);
    const update = (now) => {
      setClass(node, `${now.severity} ${now.acknowledged ? 'known' : ''}`);
      setText(level, t(`severity.${now.severity}`));
      setText(text, pick(now.text));
      setText(time, clock(now.at));
      button.classList.toggle('hidden', now.acknowledged);
    };
    return { node, update };
  }
}
