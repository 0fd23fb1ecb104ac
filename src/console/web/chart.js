// Lines over the last two minutes, drawn as SVG. Gaps stay gaps.
import {HISTORY} from './store.js';
import {h} from './view.js';

const HEIGHT = 150;
const LEFT = 46;
const BOTTOM = 6;
const TOP = 8;

// The next of 1, 2, 5, 10, 20 ... that is not below the value.
function roundUp(value) {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map(step => step * power).find(step => step >= value * 0.999999);
}

function path(values, top, width) {
  let text = '';
  let drawn = false;
  const step = (width - LEFT) / (HISTORY - 1);
  values.forEach((value, i) => {
    if (value === null) {
      drawn = false;
      return;
    }
    const x = width - (values.length - 1 - i) * step;
    const y = TOP + (HEIGHT - TOP - BOTTOM) * (1 - Math.min(value, top) / top);
    text += `${drawn ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`;
    drawn = true;
  });
  return text;
}

// lines: [{name, values, tone, dashed}]; format: number to text; bar: a value to draw a line at, or nothing.
export function chart(lines, format, {label = '', level, width = 600} = {}) {
  const largest = Math.max(0, level || 0, ...lines.flatMap(line => line.values.filter(value => value !== null)));
  const top = roundUp(largest);
  const y = value => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top);
  const grid = [0, top / 2, top].map(
      value =>
          h('g', null, h('line', {class: 'grid', x1: LEFT, x2: width, y1: y(value), y2: y(value)}),
            h('text', {class: 'axis', x: LEFT - 6, y: y(value) + 4, 'text-anchor': 'end'}, format(value))));
  return h(
      'figure', {class: 'chart'},
      h('svg', {viewBox: `0 0 ${width} ${HEIGHT}`, role: 'img', 'aria-label': label}, grid,
        level ? h('line', {class: 'level', x1: LEFT, x2: width, y1: y(level), y2: y(level)}) : null,
        lines.map(
            line =>
                h('path', {
                  class: `line ${line.tone}${line.dashed ? ' dashed' : ''}`,
                  d: path(line.values, top, width)
                }))),
      h('figcaption', null,
        lines.map(
            line =>
                h('span', {class: `legend ${line.tone}`}, line.name, ' ',
                  h('b', null, format(line.values[line.values.length - 1] ?? null))))));
}

// A small line without axes, for a row of a table.
export function spark(values, tone = 'accent') {
  const kept = values.filter(value => value !== null);
  const top = Math.max(1e-9, ...kept);
  const step = 80 / (HISTORY - 1);
  const points =
      values
          .map(
              (value, i) => value === null ?
                  null :
                  `${(80 - (values.length - 1 - i) * step).toFixed(1)},${(19 - 17 * value / top).toFixed(1)}`)
          .filter(Boolean);
  return h(
      'svg', {class: 'spark', viewBox: '0 0 80 20', 'aria-hidden': 'true'},
      h('polyline', {class: `line ${tone}`, points: points.join(' ')}));
}
