// A transfer in words: what it moves, and how far it is.
import { known, t } from './i18n.js';

const MIB = 1024 * 1024;

export function transferName({ kind, about }) {
  const name = known(`transfer.${kind}`) ?? kind;
  return about ? `${name} ${about}` : name;
}

// Name and amount, as far as there is one.
export const transferWords = (transfer) => [transferName(transfer), amount(transfer)].filter(Boolean).join(' · ');

export function amount({ done, total, unit }) {
  const words = unit === 'bytes' ? (bytes) => `${(bytes / MIB).toFixed(bytes < MIB ? 2 : 1)} MiB` : String;
  if (total === null) return done > 0 ? words(done) : '';
  const percent = total > 0 ? Math.floor((100 * done) / total) : 100;
  return unit === 'bytes' ? t('transfer.of', { percent, total: words(total) }) : `${percent} %`;
}
