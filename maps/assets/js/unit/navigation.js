// The way to the task in the phone's own maps app, in the datum that this app takes.
import { el } from '../shared/dom.js';
import { labelled, t } from '../shared/i18n.js';

const KEPT = 'aeropatrol.maps_app';
const round = (value) => value.toFixed(6);

// Every app takes GCJ-02 in China, and most do so for `geo:` too; WGS-84 is for the others.
const APPS = {
  gcj02: ({ shifted, name }) => `geo:${shifted}?q=${shifted}(${name})`,
  wgs84: ({ plain, name }) => `geo:${plain}?q=${plain}(${name})`,
  amap: ({ shifted, name }) => amap(shifted.split(','), name),
  baidu: ({ shifted, name }) =>
    `baidumap://map/direction?destination=latlng:${shifted}|name:${name}&coord_type=gcj02&mode=driving`,
};

function amap([lat, lon], name) {
  const start = /iPhone|iPad/.test(navigator.userAgent) ? 'iosamap://path' : 'amapuri://route/plan/';
  return `${start}?sourceApplication=AeroPatrol&dlat=${lat}&dlon=${lon}&dname=${name}&dev=0&t=0`;
}

// The link that `app` opens for a WGS-84 place.
export function linkTo(app, lat, lon, name) {
  const plain = [lat, lon].map(round).join();
  const shifted = globalThis.gcj02.toGcj02(lat, lon).map(round).join();
  return APPS[app]({ plain, shifted, name: encodeURIComponent(name).replace(/[()'*]/g, '') });
}

export function navigation(place, name) {
  const kept = localStorage.getItem(KEPT);
  const app = Object.hasOwn(APPS, kept ?? '') ? kept : 'gcj02';
  const link = labelled(el('a', { class: 'button primary', id: 'navigate', rel: 'noreferrer' }), 'unitpage.navigate');
  const choice = el(
    'select',
    { 'aria-label': t('unitpage.maps_app'), id: 'maps-app' },
    Object.keys(APPS).map((key) => labelled(el('option', { value: key }), `unitpage.app.${key}`)),
  );
  choice.value = app;
  const show = () => (link.href = linkTo(choice.value, place.lat_deg, place.lon_deg, name));
  choice.addEventListener('change', () => {
    localStorage.setItem(KEPT, choice.value);
    show();
  });
  show();
  return el('div', { class: 'row' }, link, choice);
}
