// What a plan comes to: how much is seen, how long it takes, how far is flown and how much of that without looking.
import { el } from '../shared/dom.js';
import { distance, duration, percent } from '../shared/format.js';
import { t } from '../shared/i18n.js';

export function figuresOf(plan) {
  const sorties = plan.features.filter((f) => f.properties.kind === 'sortie');
  const length = sorties.reduce((sum, f) => sum + f.properties.length_m, 0);
  const facts = [
    ['plan.covered', percent(plan.properties.covered_fraction, 2)],
    ['plan.makespan', duration(plan.properties.makespan_s)],
    ['plan.sorties', String(sorties.length)],
    ['plan.length', distance(length)],
    ['plan.transit', percent(plan.properties.transit_share, 1)],
  ];
  const lines = facts.flatMap(([key, value]) => [el('dt', {}, t(key)), el('dd', {}, value)]);
  return el('dl', { class: 'facts num' }, lines);
}
