// Photos back from the phone: taken, and shown as waiting until the centre has them.
import { el } from '../shared/dom.js';
import { clock } from '../shared/format.js';
import { labelled, t } from '../shared/i18n.js';
import { smaller } from '../shared/pictures.js';

export class Photos {
  constructor(outbox) {
    Object.assign(this, { outbox, addresses: new Map() });
  }

  button(sighting) {
    const input = el('input', {
      type: 'file',
      accept: 'image/*',
      capture: 'environment',
      class: 'visually-hidden',
      id: 'photo',
    });
    input.addEventListener('change', () => this.take(sighting, input));
    return el('label', { class: 'button photo' }, labelled(el('span'), 'unitpage.photo'), input);
  }

  async take(sighting, input) {
    const files = [...input.files];
    input.value = '';
    for (const file of files) await this.outbox.photo(sighting.id, await smaller(file));
  }

  // Those of the sighting that wait.
  waiting(sighting) {
    this.forgetSent();
    const photos = this.outbox.photosOf(sighting.id);
    return photos.length ? el('div', { class: 'pictures unsent' }, photos.map((entry) => this.thumbnail(entry))) : null;
  }

  thumbnail(entry) {
    if (!this.addresses.has(entry.at)) this.addresses.set(entry.at, URL.createObjectURL(entry.picture));
    const words = t('unitpage.photo_waits', { time: clock(entry.at, false) });
    return el(
      'figure',
      { title: words },
      el('img', { src: this.addresses.get(entry.at), alt: words }),
      el('figcaption', {}, t('unitpage.waits')),
    );
  }

  forgetSent() {
    const waiting = new Set(this.outbox.photos.map((entry) => entry.at));
    for (const [at, address] of this.addresses) {
      if (waiting.has(at)) continue;
      URL.revokeObjectURL(address);
      this.addresses.delete(at);
    }
  }
}
