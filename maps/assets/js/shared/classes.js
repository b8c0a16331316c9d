// The classes of sightings, as the server's catalogue has them.
import { get } from './api.js';
import { pick } from './i18n.js';

export class Classes {
  constructor() {
    this.byId = new Map();
    this.loaded = new Promise((tell) => (this.tellLoaded = tell));
  }

  async load() {
    const list = await get('/classes');
    this.byId = new Map(list.map((klass) => [klass.id, klass]));
    this.tellLoaded();
  }

  name(id) {
    return pick(this.byId.get(id)) || id;
  }

  all() {
    return [...this.byId.values()];
  }
}
