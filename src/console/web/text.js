// The language of the page, and numbers and times in it.
import {words} from './words.js';

const LANGUAGES = ['en', 'zh'];

function chosen() {
  const kept = localStorage.getItem('banyan.language');
  if (LANGUAGES.includes(kept)) return kept;
  return (navigator.language || 'en').toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

let language = chosen();
document.documentElement.lang = language;

export const currentLanguage = () => language;
export function setLanguage(next) {
  language = next;
  localStorage.setItem('banyan.language', next);
  document.documentElement.lang = next;
}

// The text of a key in the language; {0}, {1} stand for the arguments.
export function t(key, ...values) {
  const pair = words[key];
  if (!pair) return key;
  return pair[LANGUAGES.indexOf(language)].replace(/\{(\d)\}/g, (_, i) => values[i]);
}

const formats = new Map();
function format(digits) {
  const key = language + digits;
  if (!formats.has(key)) formats.set(key, new Intl.NumberFormat(language, {maximumFractionDigits: digits}));
  return formats.get(key);
}
const known = value => value !== null && value !== undefined && Number.isFinite(value);
export const number = (value, digits = 0) => (known(value) ? format(digits).format(value) : '–');
export const rate = value => number(value, value < 10 ? 1 : 0);
export const milliseconds = value => !known(value) ? '–' :
    value >= 1000                                  ? `${number(value / 1000, 2)} s` :
                                                     `${number(value, value < 10 ? 2 : 0)} ms`;
export const percent = (value, digits = 2) => (known(value) ? `${number(value * 100, digits)} %` : '–');
export const bytes = value =>
    value >= 1 << 20 ? `${number(value / (1 << 20), 1)} MiB` : `${number(value / 1024, 0)} KiB`;
export function duration(seconds) {
  if (!known(seconds)) return '–';
  if (seconds < 90) return t('seconds', number(seconds, seconds < 10 ? 1 : 0));
  if (seconds < 5400) return t('minutes', number(seconds / 60, 0));
  if (seconds < 129600) return t('hours', number(seconds / 3600, 1));
  return t('days', number(seconds / 86400, 1));
}
export const moment = value => new Date(value).toLocaleString(language, {hour12: false});
export const clock = value => new Date(value).toLocaleTimeString(language, {hour12: false});
