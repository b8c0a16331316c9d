// The instructor's page: which drill, what is wrong, what is really there, and the score as it grows.
import '../shared/settings.js';
import { toggleTheme } from '../shared/theme.js';
import { seat, setSeat } from '../shared/api.js';
import { Classes } from '../shared/classes.js';
import { el } from '../shared/dom.js';
import { Feed } from '../shared/feed.js';
import { labelled, loadLanguage, onLanguage, switchLanguage } from '../shared/i18n.js';
import { Store } from '../shared/store.js';
import { Selection } from '../centre/selection.js';
import { prepareMap } from '../map/base.js';
import { FleetLayer } from '../map/fleet.js';
import { keepLabelsApart } from '../map/labels.js';
import { PlacesLayer } from '../map/places.js';
import { DrillsPanel } from './drills_panel.js';
import { FaultsPanel } from './faults_panel.js';
import { RecordPanel } from './record_panel.js';
import { RunPanel } from './run_panel.js';
import { ScorePanel } from './score_panel.js';
import { Training } from './training.js';
import { TruthLayer } from './truth_layer.js';

const CLASSES_AGAIN_MS = 3000;

async function start() {
  await loadLanguage();
  const store = new Store();
  const selection = new Selection();
  const classes = new Classes();
  const training = new Training();
  const rooms = layout();
  prepareMap({ scaleAt: 'topright' });
  new FleetLayer(store, selection);
  const places = new PlacesLayer(store, selection, classes);
  keepLabelsApart();
  new TruthLayer(training, classes);
  new DrillsPanel(rooms.drills, training);
  new RunPanel(rooms.run, training, classes);
  new FaultsPanel(rooms.faults, training);
  new ScorePanel(rooms.score, training);
  new RecordPanel(rooms.record, training);
  await loadClasses(classes);
  new Feed(
    '/api/v1/live?moved=rows',
    (message) => store.apply(message),
    () => {},
  );
  onLanguage(() => training.tell());
  places.update();
  training.follow();
}

async function loadClasses(classes) {
  try {
    await classes.load();
  } catch {
    setTimeout(() => loadClasses(classes), CLASSES_AGAIN_MS);
  }
}

function layout() {
  const rooms = {};
  for (const name of ['drills', 'run', 'faults', 'score', 'record']) {
    const body = el('div', { class: 'body' });
    rooms[name] = { body, node: el('section', { id: name, class: 'panel' }, title(`train.${name}`), body) };
  }
  const left = el('aside', { class: 'left' }, rooms.drills.node, rooms.record.node);
  const right = el('aside', { class: 'right' }, rooms.run.node, rooms.faults.node, rooms.score.node);
  const banner = labelled(el('div', { class: 'banner exercise', role: 'status' }), 'banner.exercise');
  document.getElementById('app').append(topbar(), banner, left, right);
  return rooms;
}

const title = (key) => el('h2', {}, labelled(el('span'), key));

function topbar() {
  const look = { class: 'seat', maxlength: 40, value: seat(), autocomplete: 'off', id: 'seat', 'data-t-title': 'seat.title' };
  const name = labelled(el('input', look), 'seat.hint', 'placeholder');
  name.addEventListener('change', () => setSeat(name.value));
  const theme = labelled(el('button', { type: 'button', class: 'quiet', on: { click: toggleTheme } }, '◐'), 'theme.toggle', 'title');
  const language = labelled(el('button', { type: 'button', class: 'quiet', lang: '' }), 'language.other');
  language.addEventListener('click', () => switchLanguage());
  return el(
    'header',
    { class: 'topbar' },
    el('h1', { class: 'brand' }, el('span', {}, 'AeroPatrol'), labelled(el('small'), 'train.title')),
    el('span', { class: 'space' }),
    link('/', 'train.to_centre'),
    link('/unit', 'train.to_unit'),
    name,
    theme,
    language,
  );
}

const link = (href, key) => labelled(el('a', { href, target: '_blank', rel: 'noopener' }), key);

start();
