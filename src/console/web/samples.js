// A pair of answers side by side, line by line as JSON; lines whose field differs are marked.
import {state, update} from './store.js';
import {clock, t} from './text.js';
import {badge, empty, field, h, select} from './view.js';

const LINES_MAX = 400;

function parsed(body) {
  if (typeof body !== 'string') return body;
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

// Lines of pretty JSON, each with the path of the field it belongs to.
function lines(value, path, indent, name, comma, out) {
  const start = `${indent}${name}`;
  if (value === null || typeof value !== 'object') {
    out.push({text: `${start}${JSON.stringify(value)}${comma}`, path});
    return out;
  }
  const isArray = Array.isArray(value);
  const entries = isArray ? value.map((item, i) => [i, item]) : Object.entries(value);
  const [open, close] = isArray ? ['[', ']'] : ['{', '}'];
  if (!entries.length) {
    out.push({text: `${start}${open}${close}${comma}`, path});
    return out;
  }
  out.push({text: `${start}${open}`, path});
  entries.forEach(
      ([key, item], i) => lines(
          item, isArray ? `${path}[${key}]` : `${path}.${key}`, `${indent}  `,
          isArray ? '' : `${JSON.stringify(key)}: `, i < entries.length - 1 ? ',' : '', out));
  out.push({text: `${indent}${close}${comma}`, path});
  return out;
}

function side(title, answer, paths) {
  const body = parsed(answer.body);
  const shown =
      typeof body === 'string' ? body.split('\n').map(text => ({text, path: '$'})) : lines(body, '$', '', '', '', []);
  const differs = path => paths.some(one => one === path || path.startsWith(`${one}.`) || path.startsWith(`${one}[`));
  const headers = Object.entries(answer.headers || {});
  return h(
      'div', {class: 'side'},
      h('h3', null, title, ' ', badge(String(answer.status), paths.includes('status') ? 'bad' : 'quiet')),
      h('pre', null,
        headers.map(
            ([name, value]) =>
                h('span', {class: differs(`header:${name}`) ? 'line differs' : 'line quiet'}, `${name}: ${value}\n`)),
        shown.slice(0, LINES_MAX)
            .map(line => h('span', {class: differs(line.path) ? 'line differs' : 'line'}, `${line.text}\n`)),
        shown.length > LINES_MAX ? h('span', {class: 'line quiet'}, '…') : null));
}

const inWords = value => (value === undefined ? t('absent') : JSON.stringify(value));

export function samplePair(samples) {
  if (!samples.length) return empty(t('no_samples'));
  const at = Math.min(state.sample || 0, samples.length - 1);
  const sample = samples[at];
  const differences = sample.differences || [];
  const paths = differences.map(one => one.path);
  return h(
      'div', null,
      field(
          t('sample'),
          select(
              String(at),
              samples.map(
                  (one, i) => [String(i), `${clock(one.at)} ${one.request}${one.race ? ` (${t('race')})` : ''}`]),
              value => update({sample: Number(value)}))),
      h('ul', {class: 'plain'},
        differences.map(
            one =>
                h('li', null, h('code', null, one.path), ' ', badge(t(`kind_${one.kind}`), 'bad'), ' ',
                  inWords(one.old), ' → ', inWords(one.new)))),
      h('p', {class: 'quiet'}, t('masked'), ' ', h('code', null, sample.request_id || '')),
      h('div', {class: 'pair'}, side(t('old'), sample.old, paths), side(t('new'), sample.new, paths)));
}
