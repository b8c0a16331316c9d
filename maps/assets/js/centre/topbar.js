// Name, state of feed and links, clock, seat, language, light or dark, sound.
import { el, setClass, setText, svg } from '../shared/dom.js';
import { seat, setSeat } from '../shared/api.js';
import { clock, UNKNOWN } from '../shared/format.js';
import { labelled, onLanguage, switchLanguage, t } from '../shared/i18n.js';
import { muted, setMuted } from '../shared/sound.js';
import { toggleTheme } from '../shared/theme.js';

const OLD_AFTER_S = 5;

export class Topbar {
  // `openLinks` shows more of the links.
  constructor(room, store, getFeed, openLinks) {
    Object.assign(this, { store, getFeed });
    this.feed = el('span', { class: 'feed', role: 'status' });
    this.links = el('button', { type: 'button', class: 'links', id: 'open-links', on: { click: openLinks } });
    this.time = el('time', { class: 'num clock' });
    room.append(
      brand(),
      el('span', { class: 'space' }),
      this.feed,
      this.links,
      this.time,
      this.seatField(),
      this.muteButton(),
      themeButton(),
      languageButton(),
    );
    store.on('links', () => this.showLinks());
    store.on('state', () => this.showLinks());
    onLanguage(() => this.show());
    setInterval(() => this.show(), 500);
    this.show();
  }

  show() {
    setText(this.time, clock(this.store.serverNow()));
    const feed = this.getFeed();
    const age = feed ? feed.ageS() : 0;
    const live = feed?.open && age < OLD_AFTER_S;
    setClass(this.feed, `feed ${live ? 'ok' : 'bad'}`);
    const old = age >= 1.5 ? t('feed.old', { n: Math.round(age) }) : t('feed.connecting');
    setText(this.feed, live ? t('feed.live') : old);
    document.body.classList.toggle('feed-old', !live);
    this.showLinks();
  }

  showLinks() {
    const links = [...this.store.links.values()];
    const open = links.filter((link) => link.state === 'open').length;
    setText(this.links, links.length ? t('links.count', { open, all: links.length }) : t('links.none'));
    setClass(this.links, `quiet links ${links.length && open === links.length ? '' : 'warn'}`);
    this.links.title = links.map(linkWords).join('\n');
  }

  seatField() {
    const input = el('input', { class: 'seat', maxlength: 40, value: seat(), autocomplete: 'off', id: 'seat' });
    labelled(input, 'seat.hint', 'placeholder');
    input.addEventListener('change', () => setSeat(input.value));
    return el(
      'label',
      { class: 'seat-label' },
      labelled(el('span', { class: 'visually-hidden' }), 'seat.title'),
      input,
    );
  }

  muteButton() {
    const button = el('button', { type: 'button', class: 'quiet' });
    const show = () => {
      button.replaceChildren(bell(muted()));
      button.setAttribute('aria-pressed', String(muted()));
      button.title = t(muted() ? 'sound.off' : 'sound.on');
      button.setAttribute('aria-label', button.title);
    };
    button.addEventListener('click', () => (setMuted(!muted()), show()));
    onLanguage(show);
    show();
    return button;
  }
}

function linkWords(link) {
  const { url, state, problem, frames_in, lost_frames, bad_frames, refused, kernel_drops } = link;
  const counts = { frames_in, lost_frames, bad_frames, refused, kernel_drops: kernel_drops ?? UNKNOWN };
  return `${url}: ${t(`links.${state}`)} ${problem}\n    ${t('links.counts', counts)}`;
}

function brand() {
  const mark = svg(
    'svg',
    { viewBox: '0 0 24 24', width: 26, height: 26, 'aria-hidden': true },
    svg('path', { d: 'M12 2 20 21 12 17 4 21Z', fill: '#5aa9f7' }),
    svg('path', { d: 'M12 2v15L4 21Z', fill: '#a9d4ff' }),
  );
  return el('h1', { class: 'brand' }, mark, el('span', {}, 'AeroPatrol'), el('small', {}, '空中精密智控'));
}

function languageButton() {
  const button = labelled(el('button', { type: 'button', class: 'quiet', lang: '' }), 'language.other');
  button.addEventListener('click', () => switchLanguage());
  return button;
}

function themeButton() {
  const icon = svg(
    'svg',
    { viewBox: '0 0 24 24', width: 20, height: 20, 'aria-hidden': true },
    svg('circle', { cx: 12, cy: 12, r: 8, fill: 'none', stroke: 'currentColor', 'stroke-width': 2 }),
    svg('path', { d: 'M12 4a8 8 0 0 1 0 16z', fill: 'currentColor' }),
  );
  const button = el('button', { type: 'button', class: 'quiet', on: { click: toggleTheme } }, icon);
  labelled(button, 'theme.toggle', 'aria-label');
  return button;
}

function bell(crossed) {
  const line = {
    fill: 'none',
    stroke: 'currentColor',
    'stroke-width': 2,
    'stroke-linejoin': 'round',
    'stroke-linecap': 'round',
  };
  return svg(
    'svg',
    { viewBox: '0 0 24 24', width: 20, height: 20, 'aria-hidden': true },
    svg('path', { d: 'M6 17V11a6 6 0 0 1 12 0v6l2 2H4zM10 21h4', ...line }),
    crossed ? svg('path', { d: 'M3 3 21 21', ...line }) : null,
  );
}
