// What the sightings of some days say together: figures by class, heat on the map, files to take away.
import { map } from '../shared/settings.js';
import { el } from '../shared/dom.js';
import { get } from '../shared/api.js';
import { wordsOf } from '../shared/act.js';
import { duration } from '../shared/format.js';
import { labelled, onLanguage, t } from '../shared/i18n.js';
import { toast } from '../shared/toast.js';
import { HeatLayer } from '../map/heat.js';

const DAYS = [1, 7, 30, 90, 365];
const USUAL = 30;
const BAR_PX = 28;

export class AnalysisPanel {
  constructor(store, drawer, classes, sites) {
    Object.assign(this, { store, drawer, classes, sites, heat: new HeatLayer(classes) });
    this.days = el('select', { id: 'analysis-days', on: { change: () => this.load() } });
    this.simulated = el('input', { type: 'checkbox', id: 'analysis-simulated', on: { change: () => this.load() } });
    this.shown = el('input', { type: 'checkbox', id: 'analysis-heat', on: { change: () => this.load() } });
    this.figures = el('div', { class: 'stack', id: 'analysis-figures' });
    this.next = el('div', { class: 'stack', id: 'analysis-next' });
    this.weights = labelled(el('a', { class: 'button', download: 'site-weights.json' }), 'analysis.weights');
    this.csv = labelled(el('a', { class: 'button' }), 'analysis.csv');
    this.page = labelled(el('a', { class: 'button', target: '_blank', rel: 'noopener' }), 'analysis.page');
    onLanguage(() => this.isOpen && this.open());
  }

  open() {
    this.days.replaceChildren(...DAYS.map((n) => el('option', { value: String(n) }, t('analysis.n_days', { n }))));
    this.days.value = String(USUAL);
    this.simulated.checked = this.store.exercise;
    this.shown.checked = true;
    const form = el(
      'div',
      { class: 'form' },
      el('label', {}, labelled(el('span'), 'analysis.days'), this.days),
      check(this.simulated, 'analysis.simulated'),
      check(this.shown, 'analysis.heat'),
      this.figures,
      this.next,
      el('div', { class: 'buttons' }, this.csv, this.weights, this.page),
    );
    this.drawer.open('analysis.title', form, () => this.closed());
    this.isOpen = true;
    this.load(true);
  }

  closed() {
    this.isOpen = false;
    this.heat.show(null);
  }

  get query() {
    return `?days=${this.days.value}&simulated=${Number(this.simulated.checked)}`;
  }

  // `first`: the map goes where the cells are.
  async load(first = false) {
    const { query } = this;
    this.csv.href = `/api/v1/analysis/sightings.csv${query}`;
    this.weights.href = `/api/v1/analysis/sites${query}`;
    this.page.href = `/api/v1/analysis/page${query}`;
    try {
      const [figures, cells, { sites }] = await Promise.all([
        get(`/analysis/classes${query}`),
        get(`/analysis/heat.geojson${query}`),
        get(`/analysis/sites${query}`),
      ]);
      if (!this.isOpen || this.query !== query) return;
      this.show(figures);
      this.showNext(sites.filter((site) => site.count > 0));
      this.heat.show(this.shown.checked ? cells : null);
      if (first && cells.features.length > 0) this.look();
    } catch (error) {
      toast(wordsOf(error), 'bad');
    }
  }

  look() {
    const { bounds } = this.heat;
    if (bounds.isValid() && !map.getBounds().contains(bounds))
      map.fitBounds(bounds, { paddingTopLeft: [380, 60], paddingBottomRight: [60, 60], maxZoom: 16 });
  }

  show(figures) {
    if (figures.length === 0) {
      this.figures.replaceChildren(el('p', { class: 'empty' }, t('analysis.none')));
      return;
    }
    const sorted = [...figures].sort((a, b) => b.count - a.count);
    this.figures.replaceChildren(
      el('p', { class: 'dim' }, t('analysis.median')),
      ...sorted.map((one) => this.classCard(one)),
    );
  }

  // Where and when to look next.
  showNext(sites) {
    const title = el('h3', {}, t('analysis.next'));
    this.next.replaceChildren(...(sites.length ? [title, ...sites.map((one) => this.siteCard(one))] : []));
  }

  siteCard(one) {
    const facts = t('analysis.site', { n: one.count, days: one.days, klass: this.classes.name(one.klass) });
    return el(
      'section',
      { class: 'analysis-class' },
      el('b', {}, this.sites.name(one.site)),
      el('p', { class: 'dim' }, facts),
      hours(one.by_hour),
    );
  }

  classCard(one) {
    const facts = [
      ['analysis.count', String(one.count)],
      ['analysis.settled', `${one.resolved} / ${one.dismissed}`],
      ...['accept', 'arrive', 'resolve'].map((name) => [`analysis.${name}`, spread(one[name])]),
    ];
    return el(
      'section',
      { class: 'analysis-class' },
      el('b', {}, this.classes.name(one.klass)),
      el(
        'dl',
        { class: 'facts num' },
        facts.flatMap(([name, value]) => [el('dt', {}, t(name)), el('dd', {}, value)]),
      ),
      hours(one.by_hour),
    );
  }
}

const spread = (found) => (found ? `${duration(found.median_s)} / ${duration(found.p90_s)}` : '–');

function check(input, key) {
  return el('label', { class: 'line' }, input, labelled(el('span'), key));
}

// One bar an hour of the day.
function hours(counts) {
  const most = Math.max(1, ...counts);
  const bar = (count, hour) => {
    const node = el('i', { title: `${hour}:00 – ${Number(count.toFixed(1))}` });
    node.style.height = `${Math.round((count / most) * BAR_PX)}px`;
    return node;
  };
  return el('div', { class: 'hours', role: 'img', 'aria-label': t('analysis.hours') }, counts.map(bar));
}
