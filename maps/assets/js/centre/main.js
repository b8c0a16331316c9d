// The command centre: puts the panels and the map's layers on one store and one feed.
import { settings } from '../shared/settings.js';
import '../shared/theme.js';
import { setClass, setText } from '../shared/dom.js';
import { Classes } from '../shared/classes.js';
import { Feed } from '../shared/feed.js';
import { loadLanguage, onLanguage, t } from '../shared/i18n.js';
import { Sites } from '../shared/sites.js';
import { Store } from '../shared/store.js';
import { prepareMap } from '../map/base.js';
import { FleetLayer } from '../map/fleet.js';
import { keepLabelsApart } from '../map/labels.js';
import { PlacesLayer } from '../map/places.js';
import { PlansLayer } from '../map/plans.js';
import { SitesLayer } from '../map/sites.js';
import { TrafficLayer } from '../map/traffic.js';
import { AlarmsPanel } from './alarms_panel.js';
import { AnalysisPanel } from './analysis_panel.js';
import { Drawer } from './drawer.js';
import { EventsPanel } from './events_panel.js';
import { FleetPanel } from './fleet_panel.js';
import { buildLayout } from './layout.js';
import { LinksPanel } from './links_panel.js';
import { LooksPanel } from './looks_panel.js';
import { OperationPanel } from './operation_panel.js';
import { Planning } from './planning.js';
import { ReplayBar } from './replay_bar.js';
import { ReportForm } from './report_form.js';
import { Selection } from './selection.js';
import { SightingsPanel } from './sightings_panel.js';
import { SystemsPanel } from './systems_panel.js';
import { Tools } from './tools.js';
import { Topbar } from './topbar.js';
import { UnitsPanel } from './units_panel.js';

async function start() {
  await loadLanguage();
  const store = new Store();
  Object.assign(store, { exercise: settings.exercise, replay: settings.replay });
  const selection = new Selection();
  const classes = new Classes();
  const sites = new Sites();
  const rooms = buildLayout();
  prepareMap();
  let feed = null;
  const drawer = new Drawer(rooms.drawer);
  const links = new LinksPanel(store, drawer);
  const topbar = new Topbar(rooms.top, store, () => feed, () => links.open());
  const fleet = new FleetLayer(store, selection);
  const plans = new PlansLayer(store, fleet);
  const places = new PlacesLayer(store, selection, classes);
  keepLabelsApart();
  new TrafficLayer(store);
  const planning = new Planning(store, drawer, plans, selection);
  new AlarmsPanel(rooms.alarms, store, selection);
  new FleetPanel(rooms.fleet, store, selection, fleet);
  new OperationPanel(rooms.operation, store, selection, plans, (rest) => planning.open(rest));
  new SightingsPanel(rooms, store, selection, classes, sites);
  new UnitsPanel(rooms.units, store, selection, classes);
  const events = new EventsPanel(rooms.events, store, classes);
  const sitesLayer = new SitesLayer(sites);
  const analysis = new AnalysisPanel(store, drawer, classes, sites);
  const looks = new LooksPanel(store, drawer, selection);
  const systems = new SystemsPanel(store, drawer, classes);
  new Tools(rooms, store, new ReportForm(store, drawer, classes, selection), plans, {
    first: () => looks.pick(),
    sites: (event) => sitesLayer.toggle(event.currentTarget),
    analysis: () => analysis.open(),
    systems: () => systems.open(),
  });
  if (settings.replay) new ReplayBar(rooms.replay);
  const banner = () => showBanner(rooms.banner, store);
  for (const kind of ['state', 'exercise']) store.on(kind, banner);
  onLanguage(banner);
  banner();
  await Promise.all([load(classes), load(sites)]);
  const onStatus = (open) => {
    topbar.show();
    if (open) events.load();
  };
  feed = new Feed('/api/v1/live?moved=rows', (message) => store.apply(message), onStatus);
  startAtFleet(store);
  places.update();
}

async function load(catalogue) {
  try {
    await catalogue.load();
  } catch {
    setTimeout(() => load(catalogue), 3000);
  }
}

function showBanner(node, store) {
  const key = store.replay ? 'banner.replay' : store.exercise ? 'banner.exercise' : null;
  setClass(node, `banner ${key ? key.replace('.', ' ') : 'hidden'}`);
  setText(node, key ? t(key) : '');
  document.body.classList.toggle('replay', store.replay);
}

// The first time something is known, the map goes there; after that it is the operator's.
function startAtFleet(store) {
  const go = () => {
    const found = [...store.vehicles.values()].filter((vehicle) => vehicle.lat !== null);
    if (found.length === 0 || store.placed) return;
    store.placed = true;
    if (store.operations.size > 0) return;
    const map = globalThis.map_main;
    map.fitBounds(L.latLngBounds(found.map((vehicle) => [vehicle.lat, vehicle.lon])).pad(0.5), {
      maxZoom: 16,
      animate: false,
    });
  };
  store.on('vehicles', go);
}

start();
