// Photos back from the phone. What cannot be sent at once waits as long as the page is open.
import { el } from '../shared/dom.js';
import { ApiError } from '../shared/api.js';
import { wordsOf } from '../shared/act.js';
import { labelled, t } from '../shared/i18n.js';
import { attach, smaller } from '../shared/pictures.js';
import { toast } from '../shared/toast.js';

const RETRY_MS = 5000;

export class Photos {
  // `onSent(sighting)` with what the server has kept.
  constructor(onSent, onChange) {
    Object.assign(this, { onSent, onChange, queue: [], busy: false });
    addEventListener('online', () => this.flush());
    setInterval(() => this.flush(), RETRY_MS);
  }

  get waiting() {
    return this.queue.length;
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
    for (const file of files) this.queue.push({ sighting: sighting.id, picture: await smaller(file) });
    this.onChange();
    await this.flush();
  }

  async flush() {
    if (this.busy) return;
    this.busy = true;
    try {
      while (this.queue.length > 0 && (await this.sendFirst()));
    } finally {
      this.busy = false;
    }
    this.onChange();
  }

  // Whether to go on with the next one.
  async sendFirst() {
    const { sighting, picture } = this.queue[0];
    try {
      const answer = await attach(sighting, picture);
      this.queue.shift();
      toast(t('unitpage.photo_sent'));
      this.onSent(answer);
      return true;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status >= 500 || error.status === 429) return false;
      this.queue.shift();
      toast(`${t('unitpage.refused')}: ${wordsOf(error)}`, 'bad');
      return true;
    }
  }
}
