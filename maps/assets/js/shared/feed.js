// The live feed: connects, connects again with growing pauses, and knows how old its news is.
const SHORTEST_PAUSE_MS = 400;
const LONGEST_PAUSE_MS = 8000;
const DEAD_AFTER_MS = 9000;

export class Feed {
  constructor(path, onMessage, onStatus) {
    this.path = path;
    this.onMessage = onMessage;
    this.onStatus = onStatus;
    this.pauseMs = SHORTEST_PAUSE_MS;
    this.lastAt = performance.now();
    this.open = false;
    this.watchdog = setInterval(() => this.watch(), 1000);
    this.connect();
  }

  // Seconds since the last message.
  ageS() {
    return (performance.now() - this.lastAt) / 1000;
  }

  connect() {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    const socket = new WebSocket(`${scheme}://${location.host}${this.path}`);
    this.socket = socket;
    socket.onmessage = (event) => {
      if (this.socket !== socket) return;
      this.lastAt = performance.now();
      const message = JSON.parse(event.data);
      if (!this.open && message.type === 'state') {
        this.open = true;
        this.pauseMs = SHORTEST_PAUSE_MS;
        this.onStatus(true);
      }
      this.onMessage(message);
    };
    socket.onclose = () => {
      if (this.socket === socket) this.again();
    };
  }

  again() {
    this.socket = null;
    if (this.open) {
      this.open = false;
      this.onStatus(false);
    }
    if (this.stopped) return;
    const pause = this.pauseMs * (0.7 + 0.6 * Math.random());
    this.pauseMs = Math.min(LONGEST_PAUSE_MS, this.pauseMs * 2);
    setTimeout(() => this.stopped || this.connect(), pause);
  }

  watch() {
    if (this.socket && this.socket.readyState === WebSocket.OPEN && performance.now() - this.lastAt > DEAD_AFTER_MS) {
      const socket = this.socket;
      this.again();
      socket.close();
    }
  }

  stop() {
    this.stopped = true;
    clearInterval(this.watchdog);
    this.socket?.close();
  }
}
