// What the server knows of the training, asked for once a second; what is done here comes back with the answer.
import { ApiError, get, post } from '../shared/api.js';
import { act } from '../shared/act.js';

const EVERY_MS = 1000;

export class Training {
  constructor() {
    this.view = null;
    this.listeners = new Set();
    this.order = 0;
  }

  // Calls `listener(view)` whenever the view is another, and when the language changes.
  on(listener) {
    this.listeners.add(listener);
  }

  follow() {
    this.look();
    setInterval(() => this.look(), EVERY_MS);
  }

  async look() {
    const order = ++this.order;
    try {
      const view = await get('/training');
      if (order === this.order) this.take(view);
    } catch (error) {
      // Between two drills the server is away for a moment.
      if (!(error instanceof ApiError) && !(error instanceof TypeError)) throw error;
    }
  }

  async ask(button, path, body, said) {
    const answer = await act(button, () => post(`/training/${path}`, body), said);
    this.order++;
    if (answer?.drills) this.take(answer);
    return answer;
  }

  take(view) {
    this.view = view;
    this.tell();
  }

  tell() {
    if (this.view) for (const listener of this.listeners) listener(this.view);
  }

  get running() {
    return ['running', 'paused'].includes(this.view?.run?.status);
  }
}
