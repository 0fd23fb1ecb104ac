// Small parts all screens are made of. Text only ever becomes text nodes: what services answer is never taken for
// HTML.
import {Component, h, render} from './preact/preact';
import {t} from './text.js';

export {Component, h, render};

export const button = (label, onClick, props = {}) => h('button', {type: 'button', onClick, ...props}, label);
export const badge = (text, tone = 'quiet', props = {}) => h('span', {class: `badge ${tone}`, ...props}, text);
export const card = (title, ...children) =>
    h('section', {class: 'card'}, title ? h('h2', null, title) : null, ...children);
export const figure = (label, value, tone = '') =>
    h('div', {class: `figure ${tone}`}, h('b', null, value), h('span', null, label));
export const empty = text => h('p', {class: 'empty'}, text);
export const field = (label, control) => h('label', {class: 'field'}, h('span', null, label), control);

export const select = (value, options, onChange, props = {}) =>
    h('select', {value, onChange: event => onChange(event.target.value), ...props},
      options.map(([key, text]) => h('option', {value: key, key, selected: key === value}, text)));

// Columns are [title, class or '']; each row is a list of cells, or {cells, props}.
export function table(columns, rows, props = {}) {
  const head = h('tr', null, columns.map(([title, kind]) => h('th', {class: kind}, title)));
  const body = rows.map(row => {
    const {cells, props: rowProps} = Array.isArray(row) ? {cells: row} : row;
    return h(
        'tr', rowProps, cells.map((cell, i) => h('td', {class: columns[i][1], 'data-title': columns[i][0]}, cell)));
  });
  return h('div', {class: 'scroll'}, h('table', props, h('thead', null, head), h('tbody', null, body)));
}

// A share of a whole as a bar; `part` from 0 to 1.
export const bar = (part, tone = 'accent', title = '') =>
    h('div', {class: 'bar', title, role: 'img', 'aria-label': title},
      h('i', {class: tone, style: {width: `${Math.max(0, Math.min(1, part || 0)) * 100}%`}}));

export const breakerBadge = breaker => {
  const tones = {closed: 'good', half_open: 'warn', open: 'bad'};
  const forced = breaker.forced !== 'none';
  return badge(t(`breaker_${breaker.state}`) + (forced ? ` · ${t('forced')}` : ''), tones[breaker.state]);
};
