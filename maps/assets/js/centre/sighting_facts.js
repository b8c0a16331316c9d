// What is known of a sighting, line by line: what, where, from whom, why it is supervised, what it hangs together with.
import { el } from '../shared/dom.js';
import { clock, position } from '../shared/format.js';
import { t } from '../shared/i18n.js';
import { halfOf } from '../shared/outcomes.js';

const RECEIPTS = new Set(['task.delivered', 'task.read']);

export class SightingFacts {
  constructor(store, classes, sites, selection) {
    Object.assign(this, { store, classes, sites, selection });
  }

  node(sighting) {
    const facts = [...this.main(sighting), ...this.more(sighting), ...this.links(sighting)];
    return el(
      'dl',
      { class: 'facts' },
      facts.flatMap(([name, value, look]) => [el('dt', {}, t(name)), el('dd', { class: look }, value)]),
    );
  }

  main(sighting) {
    const { place, source } = sighting;
    const unit = sighting.unit && this.store.units.get(sighting.unit);
    const accuracy = place.ce90_m === null ? '' : ` ±${Math.round(place.ce90_m)} m`;
    const from = [
      t(`source.${source.kind}`),
      source.name,
      source.vehicle,
      source.confidence === null ? null : `${Math.round(source.confidence * 100)} %`,
      source.detector,
      source.frame && t('sighting.frame', { frame: source.frame }),
      source.pixel?.map(Math.round).join(' × '),
    ];
    return [
      ['sighting.priority', t(`priority.${sighting.priority}`)],
      ['sighting.note', halfOf(sighting.note) || '–'],
      ['sighting.place', [position(place.lat_deg, place.lon_deg) + accuracy, height(place)].filter(Boolean).join(' · ')],
      ['sighting.seen', clock(sighting.seen_at)],
      ['sighting.source', from.filter(Boolean).join(' · ')],
      ['sighting.unit', unit ? halfOf(unit.name) : (sighting.unit ?? '–')],
    ];
  }

  more(sighting) {
    const facts = [];
    const { supervised } = sighting;
    if (sighting.site) facts.push(['sighting.site', this.sites.name(sighting.site)]);
    if (sighting.views?.length > 1) facts.push(['sighting.reports', this.reports(sighting)]);
    if (supervised) {
      const words = [`sighting.level.${supervised.level}`, `sighting.reason.${supervised.reason}`].map((key) => t(key));
      const look = supervised.level === 'red' ? 'bad' : 'warn';
      facts.push(['sighting.supervised', [...words, clock(supervised.since, false)].join(' · '), look]);
    }
    const receipts = this.receipts(sighting);
    if (receipts) facts.push(['sighting.receipt', receipts]);
    if (sighting.outcome) facts.push(['sighting.outcome', halfOf(sighting.outcome)]);
    if (sighting.simulated) facts.push(['sighting.simulated', t('yes')]);
    return facts;
  }

  reports({ views }) {
    return views.map((view) => [clock(view.seen_at, false), view.source.name || view.source.kind].join(' ')).join(', ');
  }

  // What the devices of units have told of the task.
  receipts(sighting) {
    const told = this.store.events.filter((event) => event.sighting === sighting.id && RECEIPTS.has(event.kind));
    const words = (event) =>
      [t(`event.${event.kind}`), halfOf(this.store.units.get(event.unit)?.name ?? event.unit), clock(event.at, false)]
        .filter(Boolean)
        .join(' ');
    return told.map(words).join(' · ');
  }

  links(sighting) {
    const all = [...this.store.sightings.values()];
    const rows = [
      ['sighting.duplicate_of', [sighting.duplicate_of]],
      ['sighting.duplicates', all.filter((other) => other.duplicate_of === sighting.id).map((other) => other.id)],
      ['sighting.follows', [sighting.follows]],
      ['sighting.followed_by', all.filter((other) => other.follows === sighting.id).map((other) => other.id)],
    ];
    return rows
      .map(([name, ids]) => [name, ids.filter(Boolean).map((id) => this.link(id))])
      .filter(([, links]) => links.length > 0);
  }

  link(id) {
    const other = this.store.sightings.get(id);
    if (!other) return el('span', { class: 'num' }, id.slice(0, 8));
    const words = `${this.classes.name(other.klass)} ${clock(other.seen_at, false)}`;
    const choose = () => this.selection.choose('sighting', id, true);
    return el('button', { type: 'button', class: 'link', on: { click: choose } }, words);
  }
}

// With the datum it is counted from; nothing where nobody knows.
function height({ msl_m, hae_m }) {
  if (msl_m !== null) return t('sighting.msl', { m: Math.round(msl_m) });
  return hae_m === null ? null : t('sighting.hae', { m: Math.round(hae_m) });
}
