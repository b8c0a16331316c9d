// Whom the vehicle obeys and what it tells the world of itself, where it says so; asking it to obey us, and answering
// when it asks whether another station may take it over.
import { act } from '../shared/act.js';
import { post } from '../shared/api.js';
import { authorityFacts } from '../shared/authority.js';
import { el, KeyedList, setClass, setText } from '../shared/dom.js';
import { labelled } from '../shared/i18n.js';
import { holdButton } from '../shared/hold.js';

export class AuthorityPanel {
  constructor() {
    this.vehicle = null;
    const facts = el('dl');
    this.facts = new KeyedList(facts, ([name]) => name, row);
    this.request = holdButton('operator.request', (button) => this.ask(button, 'request'));
    this.release = labelled(el('button', { type: 'button' }), 'operator.release');
    this.release.addEventListener('click', () => this.ask(this.release, 'release'));
    this.buttons = el('div', { class: 'row' }, this.request, this.release);
    this.grant = holdButton('operator.grant', (button) => this.ask(button, 'grant'));
    this.refuse = labelled(el('button', { type: 'button' }), 'operator.refuse');
    this.refuse.addEventListener('click', () => this.ask(this.refuse, 'refuse'));
    this.answers = el('div', { class: 'row' }, this.grant, this.refuse);
    this.node = el('div', { class: 'authority' }, facts, this.answers, this.buttons);
  }

  ask(button, action) {
    const { id } = this.vehicle;
    return act(button, () => post(`/vehicles/${encodeURIComponent(id)}/operator`, { action, confirm: id }));
  }

  // `may`: this seat commands the vehicle.
  show(vehicle, may) {
    this.vehicle = vehicle;
    const facts = authorityFacts(vehicle);
    this.facts.show(facts);
    this.node.classList.toggle('hidden', facts.length === 0);
    this.buttons.classList.toggle('hidden', !vehicle.operator);
    this.answers.classList.toggle('hidden', !vehicle.takeover);
    this.release.classList.toggle('hidden', vehicle.operator?.station === null);
    for (const button of [...this.buttons.children, ...this.answers.children]) button.disabled = !may;
  }
}

function row([name]) {
  const words = el('dd');
  const update = ([, text, level]) => {
    setText(words, String(text));
    setClass(words, level);
  };
  return { node: el('div', {}, labelled(el('dt'), name), words), update };
}
