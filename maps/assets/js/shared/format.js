// Numbers and times as people read them; what is unknown is a dash.
import { language, t } from './i18n.js';

export const UNKNOWN = '–';

export const number = (value, digits = 0) => (Number.isFinite(value) ? value.toFixed(digits) : UNKNOWN);
export const unit = (value, digits, name) => (Number.isFinite(value) ? `${value.toFixed(digits)} ${name}` : UNKNOWN);

export function clock(at, seconds = true) {
  const date = typeof at === 'number' ? new Date(at) : new Date(Date.parse(at));
  if (Number.isNaN(date.getTime())) return UNKNOWN;
  const options = { hour: '2-digit', minute: '2-digit', hour12: false };
  if (seconds) options.second = '2-digit';
  return date.toLocaleTimeString('en-GB', options);
}

// 2026-11-26, in this machine's time.
export function day(at) {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? UNKNOWN : date.toLocaleDateString('sv-SE');
}

export function ageText(seconds) {
  if (seconds === null || !Number.isFinite(seconds)) return UNKNOWN;
  if (seconds < 100) return t('time.seconds', { n: Math.round(seconds) });
  if (seconds < 5400) return t('time.minutes', { n: Math.round(seconds / 60) });
  return t('time.hours', { n: Math.round(seconds / 3600) });
}

export function duration(seconds) {
  if (!Number.isFinite(seconds)) return UNKNOWN;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  return `${minutes}:${String(whole % 60).padStart(2, '0')}`;
}

export function distance(metres) {
  if (!Number.isFinite(metres)) return UNKNOWN;
  if (metres < 1000) return `${metres.toFixed(metres < 10 ? 1 : 0)} m`;
  return `${(metres / 1000).toFixed(metres < 10000 ? 2 : 1)} km`;
}

export const position = (lat, lon) =>
  Number.isFinite(lat) && Number.isFinite(lon) ? `${lat.toFixed(5)}, ${lon.toFixed(5)}` : UNKNOWN;

export const percent = (fraction, digits = 1) =>
  Number.isFinite(fraction) ? `${(fraction * 100).toFixed(digits)} %` : UNKNOWN;

// "A、B" or "A, B".
export const listed = (names) => names.join(language === 'zh' ? '、' : ', ');

// Great-circle distance in metres (haversine, mean radius 6371008.8 m).
export function metresBetween(lat1, lon1, lat2, lon2) {
  const rad = Math.PI / 180;
  const a =
    Math.sin(((lat2 - lat1) * rad) / 2) ** 2 +
    Math.cos(lat1 * rad) * Math.cos(lat2 * rad) * Math.sin(((lon2 - lon1) * rad) / 2) ** 2;
  return 2 * 6371008.8 * Math.asin(Math.min(1, Math.sqrt(a)));
}
