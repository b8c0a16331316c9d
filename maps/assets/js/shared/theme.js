// Light or dark: the system's wish until somebody chooses.
const KEPT = 'aeropatrol.theme';
const listeners = new Set();
const wish = matchMedia('(prefers-color-scheme: dark)');

const chosen = () => localStorage.getItem(KEPT) || (wish.matches ? 'dark' : 'light');

function show() {
  document.documentElement.dataset.theme = chosen();
  for (const listener of listeners) listener();
}

export const onTheme = (listener) => listeners.add(listener);
export const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

export function toggleTheme() {
  localStorage.setItem(KEPT, chosen() === 'dark' ? 'light' : 'dark');
  show();
}

wish.addEventListener('change', show);
show();
