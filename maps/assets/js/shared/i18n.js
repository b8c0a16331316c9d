// Texts in Chinese and English, from one file each; what is shown changes at once.
import { settings } from './settings.js';

const KEPT = 'aeropatrol.language';
const listeners = new Set();
let texts = {};
const asked = new URLSearchParams(location.search).has('lang');
export let language = (!asked && localStorage.getItem(KEPT)) || settings.language;

export async function loadLanguage(wanted = language) {
  const response = await fetch(`/assets/i18n/${wanted === 'en' ? 'en' : 'zh'}.json`);
  texts = await response.json();
  language = wanted === 'en' ? 'en' : 'zh';
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
}

export async function switchLanguage() {
  await loadLanguage(language === 'zh' ? 'en' : 'zh');
  localStorage.setItem(KEPT, language);
  forgetAsked();
  for (const node of document.querySelectorAll('[data-t]')) relabel(node);
  for (const listener of listeners) listener();
}

// A language in the address would win again the next time.
function forgetAsked() {
  const address = new URL(location.href);
  address.searchParams.delete('lang');
  history.replaceState(null, '', address);
}

export const onLanguage = (listener) => listeners.add(listener);

// The text named `key`, with `{name}` filled from `values`; an unknown key shows itself.
export function t(key, values = {}) {
  const text = texts[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? '?'));
}

// The text, or null where the files have none under that name.
export const known = (key) => texts[key] ?? null;

// One of `{"zh", "en"}`.
export const pick = (pair) => (pair ? (pair[language] ?? pair.en ?? pair.zh ?? '') : '');

function relabel(node) {
  const where = node.dataset.tAs || 'text';
  if (where === 'text') node.textContent = t(node.dataset.t);
  else node.setAttribute(where, t(node.dataset.t));
  if (node.dataset.tTitle) node.title = t(node.dataset.tTitle);
}

// Has `node` show the text, and follow the language from now on.
export function labelled(node, key, as = 'text') {
  node.dataset.t = key;
  if (as !== 'text') node.dataset.tAs = as;
  relabel(node);
  return node;
}
