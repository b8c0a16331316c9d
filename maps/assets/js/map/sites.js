// The places that are looked after, on demand: where they are, what is private there, which are due now.
import { map } from '../shared/settings.js';
import { el } from '../shared/dom.js';
import { onLanguage, pick, t } from '../shared/i18n.js';
import { toast } from '../shared/toast.js';
import { tellOnHover } from './hover.js';

const AGAIN_MS = 60000;
const AREA = { pane: 'zones', color: '#0f62b8', weight: 2, fillColor: '#5aa9f7', fillOpacity: 0.12 };
const DUE = { color: '#d9730d', fillColor: '#f0ab42', fillOpacity: 0.22 };
const PRIVATE = { pane: 'zones', color: '#6a3fb5', weight: 1.5, dashArray: '4 4', fillOpacity: 0.18, interactive: false };

export class SitesLayer {
  constructor(sites) {
    this.sites = sites;
    this.group = L.layerGroup();
    onLanguage(() => this.isOn && this.draw());
  }

  get isOn() {
    return map.hasLayer(this.group);
  }

  async toggle(button) {
    if (this.isOn) {
      clearInterval(this.timer);
      this.group.remove();
    } else {
      this.group.addTo(map);
      this.timer = setInterval(() => this.refresh(), AGAIN_MS);
      this.draw();
      await this.refresh();
      if (this.sites.all().length === 0) toast(t('sites.none'));
    }
    button.setAttribute('aria-pressed', String(this.isOn));
  }

  // What is due changes with the hour.
  async refresh() {
    try {
      await this.sites.load();
    } catch {
      return;
    }
    this.draw();
  }

  draw() {
    this.group.clearLayers();
    for (const site of this.sites.all()) {
      const style = site.due.length ? { ...AREA, ...DUE } : AREA;
      for (const area of site.areas)
        tellOnHover(L.polygon(turned(area), style), () => wordsOf(site)).addTo(this.group);
      for (const zone of site.private) for (const area of zone.areas) L.polygon(turned(area), PRIVATE).addTo(this.group);
      this.name(site);
    }
  }

  name(site) {
    const bounds = L.polygon(site.areas.map(turned)).getBounds();
    const place = [bounds.getNorth(), bounds.getCenter().lng];
    const icon = L.divIcon({ className: 'marker site-name', html: el('span', {}, pick(site)), iconSize: null });
    L.marker(place, { icon, pane: 'trails', interactive: false, keyboard: false }).addTo(this.group);
  }
}

// Rings of GeoJSON hold longitude first.
const turned = (area) => area.map((ring) => ring.map(([lon, lat]) => [lat, lon]));

function wordsOf(site) {
  const zones = site.private.map((zone) => `${t('sites.private')}: ${pick(zone)}`);
  const due = site.due.map((hours) => `${t('sites.due')}: ${pick(hours)} ${hours.from}–${hours.to}`);
  const lines = [`${pick(site)} · ${pick(site.profile)}`, ...due, ...zones];
  return el(
    'div',
    {},
    lines.map((line) => el('div', {}, line)),
  );
}
