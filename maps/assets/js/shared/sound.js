// Tones made on the spot. Browsers allow sound only after a first click or key, so it is opened by one.
const MUTED = 'aeropatrol.muted';
let context = null;

export const muted = () => localStorage.getItem(MUTED) === 'yes';
export const setMuted = (yes) => localStorage.setItem(MUTED, yes ? 'yes' : 'no');

function open() {
  context ??= new AudioContext();
  if (context.state === 'suspended') context.resume();
}

for (const type of ['pointerdown', 'keydown']) document.addEventListener(type, open, { capture: true, passive: true });

// Whether a tone would be heard now.
export const audible = () => context !== null && context.state === 'running' && !muted();

function tone(frequency, startS, lengthS, volume) {
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  oscillator.frequency.value = frequency;
  oscillator.type = 'triangle';
  gain.gain.setValueAtTime(0.0001, context.currentTime + startS);
  gain.gain.exponentialRampToValueAtTime(volume, context.currentTime + startS + 0.015);
  gain.gain.exponentialRampToValueAtTime(0.0001, context.currentTime + startS + lengthS);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(context.currentTime + startS);
  oscillator.stop(context.currentTime + startS + lengthS + 0.05);
}

const TUNES = {
  critical: [
    [880, 0, 0.16],
    [660, 0.2, 0.16],
    [880, 0.4, 0.16],
  ],
  warning: [
    [660, 0, 0.18],
    [660, 0.26, 0.18],
  ],
  task: [
    [587, 0, 0.16],
    [784, 0.18, 0.16],
    [988, 0.36, 0.3],
  ],
};

export function play(name) {
  if (!audible()) return;
  for (const [frequency, startS, lengthS] of TUNES[name]) tone(frequency, startS, lengthS, 0.25);
}
