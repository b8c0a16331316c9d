// A button that chooses a file: the browser's own field speaks the browser's language, not the page's.
import { el } from './dom.js';
import { labelled } from './i18n.js';

export function fileButton(key, input) {
  input.classList.add('visually-hidden');
  return el('label', { class: 'button file' }, labelled(el('span'), key), input);
}
