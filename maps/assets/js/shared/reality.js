// Simulated and real never look the same: the banner says what everything is, a mark says what is not like that.
import { el, setClass, setText } from './dom.js';
import { t } from './i18n.js';

// The words for a sighting or unit that is not what the banner says; null for one that is.
export function realityOf(store, thing) {
  if (store.replay || thing.simulated === store.exercise) return null;
  return thing.simulated ? 'mark.exercise' : 'mark.real';
}

export const realityNode = () => el('em', { class: 'hidden' });

export function showReality(node, store, thing) {
  const key = realityOf(store, thing);
  setClass(node, key ? key.replace('.', ' ') : 'hidden');
  setText(node, key ? t(key) : '');
}

// A name with its mark before it.
export const marked = (store, thing, name) => {
  const key = realityOf(store, thing);
  return key ? `${t(key)} · ${name}` : name;
};
