// What may come of a sighting. It is kept in both languages, and shown in the reader's.
import { language } from './i18n.js';

export const OUTCOMES = [
  '已处置 / dealt with',
  '已劝离 / moved on',
  '已警告 / warned',
  '已移交 / handed over',
  '误报 / false alarm',
  '未找到 / not found',
];

// The reader's half of "中文 / English"; any other text as it is.
export function halfOf(text) {
  const halves = (text ?? '').split(' / ');
  return halves.length === 2 ? halves[language === 'zh' ? 0 : 1] : (text ?? '');
}
