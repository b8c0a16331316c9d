// The drawer over the map's left edge: one form at a time.
import { el } from '../shared/dom.js';
import { labelled } from '../shared/i18n.js';

export class Drawer {
  constructor(room) {
    Object.assign(this, { room, holds: () => false });
    const given = (event) => event.key === 'Escape' && !event.defaultPrevented && !this.holds();
    document.addEventListener('keydown', (event) => given(event) && this.close());
  }

  // Shows `content` under `title`; `onClose` is called when it goes, however it goes. While it `holds()` work that
  // would be lost, Esc leaves it open.
  open(title, content, onClose, holds = () => false) {
    this.close();
    Object.assign(this, { onClose, holds });
    const button = labelled(
      el('button', { type: 'button', class: 'quiet close', on: { click: () => this.close() } }, '×'),
      'close',
      'aria-label',
    );
    this.room.replaceChildren(el('h2', {}, labelled(el('span'), title), button), content);
    this.room.classList.remove('hidden');
    this.room.querySelector('input, select, button:not(.close)')?.focus({ preventScroll: true });
  }

  get isOpen() {
    return !this.room.classList.contains('hidden');
  }

  close() {
    if (!this.isOpen) return;
    this.room.classList.add('hidden');
    this.room.replaceChildren();
    const told = this.onClose;
    this.onClose = null;
    told?.();
  }
}
