// Labels that would lie on each other: each goes below its marker, else above it, else waits until it is pointed at.
// The chosen comes first, then what is alarmed, vehicles, open sightings, units, and what is settled.
import { map } from '../shared/settings.js';

const EVERY_MS = 1000;
const RANKS = ['.chosen', '.alarmed', '.supervised', '.vehicle-marker', '.sighting-marker.open', '.unit-marker'];
const GAP_PX = 1;

export function keepLabelsApart() {
  setInterval(arrange, EVERY_MS);
  map.on('zoomend', () => requestAnimationFrame(arrange));
}

// All places are read before anything is changed, so that the page is laid out once.
function arrange() {
  if (document.hidden) return;
  const found = [...map.getContainer().querySelectorAll('.marker .tag, .site-name span')].map(measured).filter((one) => one.width > 0);
  found.sort((a, b) => a.rank - b.rank || a.name.localeCompare(b.name));
  const taken = [];
  const chosen = found.map((one) => [one.tag, placed(one, taken)]);
  for (const [tag, place] of chosen) {
    tag.classList.toggle('above', place === 'above');
    tag.classList.toggle('waits', place === 'waits');
  }
}

function measured(tag) {
  const marker = tag.closest('.marker');
  const { left, right, top, width, height } = tag.getBoundingClientRect();
  const first = RANKS.findIndex((selector) => marker.matches(selector));
  const one = { tag, width, height, rank: first < 0 ? RANKS.length : first };
  // The name of a site stands at its edge or not at all.
  if (marker.matches('.site-name')) return { ...one, icon: { left, right, bottom: top }, order: ['below'], name: '' };
  const order = tag.classList.contains('above') ? ['above', 'below'] : ['below', 'above'];
  return { ...one, icon: marker.getBoundingClientRect(), order, name: marker.getAttribute('aria-label') ?? '' };
}

// Where it is already it stays, if it can.
function placed({ width, height, icon, order }, taken) {
  const left = (icon.left + icon.right - width) / 2;
  for (const place of order) {
    const top = place === 'below' ? icon.bottom : icon.top - height;
    const box = { left, top, right: left + width, bottom: top + height };
    if (!taken.some((other) => overlap(box, other))) {
      taken.push(box);
      return place;
    }
  }
  return 'waits';
}

function overlap(a, b) {
  return (
    a.left < b.right + GAP_PX && b.left < a.right + GAP_PX && a.top < b.bottom + GAP_PX && b.top < a.bottom + GAP_PX
  );
}
