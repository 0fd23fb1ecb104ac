// A pair of answers side by side, line by line as JSON; lines whose field differs are marked. The pair that is looked
// at stays while newer ones come.
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

// Paths are written as the gateway does: "$.users[0]['full name']".
const step = key => /^[\w\u0080-\uffff-]+$/.test(key) ? `.${key}` : `['${key.replace(/['\\]/g, '\\$&')}']`;
const STEPS = /\.([^.[]+)|\[(\d+)\]|\['((?:\\.|[^'\\])*)'\]/g;

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
          item, isArray ? `${path}[${key}]` : path + step(key), `${indent}  `,
          isArray ? '' : `${JSON.stringify(key)}: `, i < entries.length - 1 ? ',' : '', out));
  out.push({text: `${indent}${close}${comma}`, path});
  return out;
}

// What stands at a path; undefined where nothing does.
function valueAt(body, path) {
  let value = body;
  for (const [, name, index, quoted] of path.matchAll(STEPS))
    value = value?.[name ?? index ?? quoted.replace(/\\(.)/g, '$1')];
  return value;
}

// Called once for each pair: brings the first difference to view.
const reveal = node => node && requestAnimationFrame(() => {
                         const first = node.querySelector('.differs');
                         if (first)
                           node.scrollTop = first.getBoundingClientRect().top - node.getBoundingClientRect().top - 60;
                       });

function side(title, answer, paths) {
  const body = parsed(answer.body);
  const shown =
      typeof body === 'string' ? body.split('\n').map(text => ({text, path: '$'})) : lines(body, '$', '', '', '', []);
  const differs = path => paths.some(one => one === path || path.startsWith(`${one}.`) || path.startsWith(`${one}[`));
  const headers = Object.entries(answer.headers || {});
  return h(
      'div', {class: 'side'},
      h('h3', null, title, ' ', badge(String(answer.status), paths.includes('status') ? 'bad' : 'quiet')),
      h('pre', {ref: reveal},
        headers.map(
            ([name, value]) =>
                h('span', {class: differs(`header ${name.toLowerCase()}`) ? 'line differs' : 'line quiet'},
                  `${name}: ${value}\n`)),
        shown.slice(0, LINES_MAX)
            .map(line => h('span', {class: differs(line.path) ? 'line differs' : 'line'}, `${line.text}\n`)),
        shown.length > LINES_MAX ? h('span', {class: 'line quiet'}, '…') : null));
}

// The value that differs, as JSON. The list of differences has it masked wherever any field is; then the body, where
// only what is named is masked, tells it.
function inWords(told, answer, path) {
  if (!path.startsWith('$')) return JSON.stringify(told);
  const body = parsed(answer.body);
  if (told !== '***' || !(body instanceof Object)) return told || t('absent');
  const found = valueAt(body, path);
  return found === undefined ? t('absent') : JSON.stringify(found);
}

const keyOf = sample => `${sample.at} ${sample.request_id}`;
let looked = {route: null, sample: null};

function choose(route, samples) {
  if (looked.route !== route) looked = {route, sample: samples[0]};
  looked.sample = samples.find(one => keyOf(one) === state.sample) || looked.sample;
  return looked.sample;
}

export function samplePair(route, samples) {
  if (!samples.length) return empty(t('no_samples'));
  const sample = choose(route, samples);
  const offered = samples.some(one => keyOf(one) === keyOf(sample)) ? samples : [sample, ...samples];
  const differences = sample.differences || [];
  const paths = differences.map(one => one.path);
  return h(
      'div', null,
      field(
          t('sample'),
          select(
              keyOf(sample),
              offered.map(one => [keyOf(one), `${clock(one.at)} ${one.request}${one.race ? ` (${t('race')})` : ''}`]),
              value => update({sample: value}), {'data-field': 'sample'})),
      h('ul', {class: 'plain'},
        differences.map(
            one =>
                h('li', null, h('code', null, one.path), ' ', badge(t(`kind_${one.kind}`), 'bad'), ' ',
                  inWords(one.old, sample.old, one.path), ' → ', inWords(one.new, sample.new, one.path)))),
      h('p', {class: 'quiet'}, t('masked'), ' ', h('code', null, sample.request_id || '')),
      h('div', {class: 'pair', key: keyOf(sample)}, side(t('old'), sample.old, paths),
        side(t('new'), sample.new, paths)));
}
