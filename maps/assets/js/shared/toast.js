// Short notices at the edge of the page; errors stay longer and are read out at once. Of hints what to do next, one stands.
import { el } from './dom.js';

let shelf = null;

function place() {
  shelf ??= document.body.appendChild(el('div', { class: 'toasts', role: 'status', 'aria-live': 'polite' }));
  return shelf;
}

export function toast(text, kind = 'good') {
  const node = el('div', { class: `toast ${kind}`, role: kind === 'bad' ? 'alert' : false }, text);
  if (kind === 'hint') place().querySelectorAll('.hint').forEach((old) => old.remove());
  place().append(node);
  while (shelf.children.length > 4) shelf.firstChild.remove();
  node.addEventListener('click', () => node.remove());
  setTimeout(() => node.remove(), kind === 'bad' ? 9000 : 3500);
}
