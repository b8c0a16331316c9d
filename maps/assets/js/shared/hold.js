// A button for what must not happen by accident: held for a second by pointer or key.
import { el } from './dom.js';
import { labelled, t } from './i18n.js';
import { toast } from './toast.js';

const HOLD_MS = 1000;

export function holdButton(key, onHeld, className = 'danger') {
  const button = labelled(el('button', { type: 'button', class: `hold ${className}` }), key);
  let timer = null;
  const start = () => {
    if (timer !== null || button.disabled) return;
    button.classList.add('holding');
    timer = setTimeout(() => {
      stop();
      onHeld(button);
    }, HOLD_MS);
  };
  const stop = (early = false) => {
    if (timer === null) return;
    clearTimeout(timer);
    timer = null;
    button.classList.remove('holding');
    if (early) toast(t('hold.longer'));
  };
  button.addEventListener('pointerdown', start);
  for (const type of ['pointerup', 'pointerleave', 'pointercancel', 'blur'])
    button.addEventListener(type, () => stop(type === 'pointerup'));
  button.addEventListener(
    'keydown',
    (event) => (event.key === ' ' || event.key === 'Enter') && !event.repeat && start(),
  );
  button.addEventListener('keyup', () => stop(true));
  button.addEventListener('contextmenu', (event) => event.preventDefault());
  return button;
}
