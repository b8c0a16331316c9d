// Who could go: the best three as the server ranks them, each with its reason and one click to send it.
import { el } from '../shared/dom.js';
import { get } from '../shared/api.js';
import { pick, t } from '../shared/i18n.js';
import { halfOf } from '../shared/outcomes.js';

const OLD_AFTER_MS = 10000;

export class Candidates {
  // `assign(button, unit)` sends that unit.
  constructor(assign) {
    this.assign = assign;
    this.node = el('ul', { class: 'candidates' });
    this.askedAt = -Infinity;
    this.found = null;
  }

  // Asks again when the answer is old; what was known stays meanwhile.
  async refresh(sighting, now = false) {
    if (!now && performance.now() - this.askedAt < OLD_AFTER_MS) return;
    this.askedAt = performance.now();
    try {
      this.found = await get(`/sightings/${encodeURIComponent(sighting.id)}/candidates`);
    } catch {
      return; // The list of all units beside it still serves.
    }
    if (!this.node.matches(':active') && !this.node.contains(document.activeElement)) this.show();
  }

  show() {
    const none = el('li', { class: 'dim' }, t('sighting.no_candidates'));
    this.node.replaceChildren(...(this.found?.length ? this.found.map((one, i) => this.row(one, i)) : [none]));
  }

  row(candidate, index) {
    const name = halfOf(candidate.name);
    const button = el('button', { type: 'button' }, t('sighting.send_unit', { name }));
    button.classList.toggle('primary', index === 0 && candidate.operation === null);
    button.disabled = candidate.operation !== null;
    button.addEventListener('click', () => this.assign(button, candidate.unit));
    const look = candidate.fresh && !button.disabled ? 'dim' : 'warn';
    const reason = el('small', { class: look }, pick(candidate.reason));
    return el('li', {}, button, reason);
  }
}
