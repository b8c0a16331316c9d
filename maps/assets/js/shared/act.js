// One thing asked of the server by a button: the button rests meanwhile, and what is refused is told.
import { ApiError } from './api.js';
import { t } from './i18n.js';
import { toast } from './toast.js';

export function wordsOf(error) {
  if (!(error instanceof ApiError)) return t('error.unreachable');
  const reasons = Object.values(error.problem.reasons ?? {}).filter((reason) => !error.text.includes(reason));
  return [error.text, ...reasons].join('\n');
}

// The answer, or null when it was refused (which was told).
export async function act(button, request, said) {
  if (button) button.disabled = true;
  try {
    const answer = await request();
    if (said) toast(said);
    return answer ?? {};
  } catch (error) {
    if (!(error instanceof ApiError) && !(error instanceof TypeError)) throw error;
    toast(wordsOf(error), 'bad');
    return null;
  } finally {
    if (button) button.disabled = false;
  }
}
