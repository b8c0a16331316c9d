// Where a script on ground control's machine flies the vehicle for this seat, and whether one does.
import { el, setClass, setText } from '../shared/dom.js';
import { labelled, t } from '../shared/i18n.js';
import { toast } from '../shared/toast.js';

export class ScriptPanel {
  constructor() {
    this.connect = el('code');
    this.state = el('span', { class: 'chip', role: 'status' });
    this.copy = labelled(el('button', { type: 'button' }), 'script.copy');
    this.copy.addEventListener('click', () => this.take());
    this.node = el('div', { class: 'script' }, labelled(el('span', { class: 'dim' }), 'script.title'), this.connect, this.copy, this.state);
  }

  show(vehicle) {
    const { script } = vehicle;
    this.node.classList.toggle('hidden', !script);
    if (!script) return;
    setText(this.connect, script.connect ?? '');
    for (const part of [this.connect, this.copy]) part.classList.toggle('hidden', !script.connect);
    setText(this.state, words(script));
    setClass(this.state, `chip ${!script.connect || script.refused ? 'warn' : script.callers ? 'blue' : ''}`);
  }

  // Without the clipboard, as on an address that is not this machine's, the text is selected to be copied by hand.
  async take() {
    const text = this.connect.textContent;
    getSelection().selectAllChildren(this.connect);
    await navigator.clipboard?.writeText(text).then(() => toast(t('script.copied', { text })), () => {});
  }
}

function words(script) {
  if (!script.connect) return t('script.busy');
  const said = [script.callers ? t('script.callers', { n: script.callers }) : t('script.idle')];
  if (script.refused) said.push(t('script.refused', { n: script.refused }));
  return said.join(' · ');
}
