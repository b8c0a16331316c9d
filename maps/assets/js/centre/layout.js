// The rooms of the page; each panel fills one.
import { el } from '../shared/dom.js';
import { labelled } from '../shared/i18n.js';

function section(id, title, ...extra) {
  const count = el('span', { class: 'count num' });
  const heading = el('h2', {}, labelled(el('span'), title), count, ...extra);
  const body = el('div', { class: 'body' });
  return { node: el('section', { id, class: 'panel' }, heading, body), body, count, heading };
}

export function buildLayout() {
  const rooms = {
    top: el('header', { class: 'topbar' }),
    banner: el('div', { class: 'banner hidden', role: 'status' }),
    replay: el('div', { class: 'replay-bar hidden' }),
    operation: section('operation', 'operation.title'),
    fleet: section('fleet', 'fleet.title'),
    alarms: section('alarms', 'alarms.title'),
    tools: el('div', { class: 'tools', role: 'toolbar' }),
    readout: el('div', { class: 'readout num', 'aria-live': 'off' }),
    drawer: el('aside', { class: 'drawer hidden' }),
  };
  const left = el('aside', { class: 'left' }, rooms.operation.node, rooms.fleet.node);
  const lower = tabs(rooms);
  const right = el('aside', { class: 'right' }, rooms.alarms.node, lower);
  const app = document.getElementById('app');
  app.append(rooms.top, rooms.banner, left, right, rooms.tools, rooms.readout, rooms.replay, rooms.drawer);
  return rooms;
}

function tabs(rooms) {
  const bar = el('div', { class: 'tabs', role: 'tablist' });
  const pages = el('div', { class: 'pages' });
  rooms.showTab = (name) => {
    for (const other of ['sightings', 'units', 'events']) {
      const on = other === name;
      rooms[other].tab.setAttribute('aria-selected', String(on));
      rooms[other].tab.tabIndex = on ? 0 : -1;
      rooms[other].body.classList.toggle('hidden', !on);
    }
  };
  for (const name of ['sightings', 'units', 'events']) {
    const count = el('span', { class: 'count num' });
    const tab = el(
      'button',
      {
        type: 'button',
        role: 'tab',
        id: `tab-${name}`,
        'aria-controls': name,
        on: { click: () => rooms.showTab(name) },
      },
      labelled(el('span'), `${name}.title`),
      count,
    );
    const body = el('div', { id: name, class: 'body', role: 'tabpanel', 'aria-labelledby': `tab-${name}` });
    rooms[name] = { tab, body, count };
    bar.append(tab);
    pages.append(body);
  }
  bar.addEventListener('keydown', (event) => moveAlong(event, bar));
  rooms.showTab('sightings');
  return el('section', { class: 'panel grow' }, bar, pages);
}

function moveAlong(event, bar) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const all = [...bar.children];
  const next = all[(all.indexOf(document.activeElement) + step + all.length) % all.length];
  next.focus();
  next.click();
}
