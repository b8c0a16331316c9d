// The places that are looked after, as the server's catalogue has them.
import { get } from './api.js';
import { pick } from './i18n.js';

export class Sites {
  constructor() {
    this.byId = new Map();
  }

  async load() {
    const list = await get('/sites');
    this.byId = new Map(list.map((site) => [site.id, site]));
  }

  name(id) {
    return pick(this.byId.get(id)) || id;
  }

  all() {
    return [...this.byId.values()];
  }
}
