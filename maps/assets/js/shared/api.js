// Calls the API under this seat; what is refused becomes an ApiError with the problem's own words.
import { language, known } from './i18n.js';

const SEAT = 'aeropatrol.seat';

// A unit's page acts as its unit, whoever sits at the centre in the same browser.
let unitSeat = '';

export const seat = () => unitSeat || localStorage.getItem(SEAT) || '';
export const actAsUnit = (id) => {
  unitSeat = id;
};
export const setSeat = (name) => localStorage.setItem(SEAT, name.trim().slice(0, 40));

export class ApiError extends Error {
  constructor(status, problem) {
    super(problem.detail || problem.title || `HTTP ${status}`);
    this.status = status;
    this.problem = problem;
  }

  // In the reader's language where the texts know the code; the server's own words otherwise.
  get text() {
    const own = this.problem.code ? known(`problem.${this.problem.code}`) : null;
    return own && language === 'zh' ? `${own}（${this.message}）` : this.message;
  }
}

// Raises ApiError when the server refuses, TypeError when it cannot be reached.
export async function call(method, path, body) {
  return body === undefined
    ? request(method, path)
    : request(method, path, { type: 'application/json', body: JSON.stringify(body) });
}

async function request(method, path, content) {
  const headers = { Accept: 'application/json' };
  const name = seat();
  if (name) headers['X-Seat'] = encodeURIComponent(name);
  const options = { method, headers, credentials: 'same-origin' };
  if (content) {
    headers['Content-Type'] = content.type;
    options.body = content.body;
  }
  const response = await fetch(`/api/v1${path}`, options);
  const isJson = (response.headers.get('Content-Type') || '').includes('json');
  const answer = isJson ? await response.json().catch(() => ({})) : {};
  if (!response.ok) throw new ApiError(response.status, answer);
  return answer;
}

export const get = (path) => call('GET', path);
export const post = (path, body = {}) => call('POST', path, body);
export const put = (path, body) => call('PUT', path, body);
// `picture` is a Blob: its own type says what it is.
export const sendPicture = (path, picture) => request('POST', path, { type: picture.type, body: picture });

export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
