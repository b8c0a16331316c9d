// Pictures of a sighting: shown small, opened whole; and taken, made smaller and sent.
import { el } from './dom.js';
import { sendPicture } from './api.js';
import { clock } from './format.js';
import { t } from './i18n.js';

const LONGEST_SIDE_PX = 2560;
const QUALITY = 0.85;
export const TAKEN = 'image/jpeg,image/png,image/webp';

export function gallery(sighting) {
  const pictures = sighting.pictures ?? [];
  return pictures.length ? el('div', { class: 'pictures' }, pictures.map(thumbnail)) : null;
}

function thumbnail(picture) {
  const address = `/api/v1/pictures/${encodeURIComponent(picture.name)}`;
  const words = t('sighting.picture', { time: clock(picture.at, false), by: picture.by });
  return el(
    'a',
    { href: address, target: '_blank', rel: 'noopener', title: words },
    el('img', { src: address, alt: words, loading: 'lazy' }),
    picture.masked ? el('small', {}, t('sighting.masked')) : null,
  );
}

// A picture as it is sent: not larger than people can use, and without what a phone writes into its files.
export async function smaller(file) {
  try {
    const bitmap = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST_SIDE_PX / Math.max(bitmap.width, bitmap.height));
    const canvas = el('canvas', {
      width: Math.max(1, Math.round(bitmap.width * scale)),
      height: Math.max(1, Math.round(bitmap.height * scale)),
    });
    canvas.getContext('2d').drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    return (await new Promise((done) => canvas.toBlob(done, 'image/jpeg', QUALITY))) ?? file;
  } catch {
    return file; // What the browser cannot read the server refuses with its reason.
  }
}

// `at`: when it was taken, if that was earlier. Sent again it is attached once.
export function attach(sightingId, picture, at = null) {
  const path = `/sightings/${encodeURIComponent(sightingId)}/pictures`;
  return sendPicture(at === null ? path : `${path}?at=${encodeURIComponent(at)}`, picture);
}
