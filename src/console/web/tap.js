// Requests as they end. The gateway sends them only while somebody watches here, filtered and at most a hundred a
// second; the page keeps the last few hundred.
import {events} from './api.js';
import {state, update} from './store.js';
import {clock, milliseconds, number, t} from './text.js';
import {badge, button, card, empty, field, h, select} from './view.js';

const LINES_MAX = 300;
const fresh = {
  filter: {route: '', method: '', status: '', text: ''},
  lines: [],
  skipped: 0,
  running: false,
  error: '',
  open: null
};
const tap = () => state.tap || fresh;
const change = changes => update({tap: {...tap(), ...changes}});
let abort = null;
let serial = 0;

export function stopTap() {
  if (abort) abort.abort();
  abort = null;
  if (tap().running) change({running: false});
}

async function start() {
  stopTap();
  const own = new AbortController();
  abort = own;
  const parameters = new URLSearchParams(Object.entries(tap().filter).filter(([, value]) => value));
  change({running: true, error: '', lines: [], skipped: 0, open: null});
  try {
    await events(`/tap?${parameters}`, (name, data) => {
      if (abort !== own) return;
      if (name === 'skipped')
        change({skipped: data.skipped});
      else
        change({lines: [{...data, serial: ++serial}, ...tap().lines].slice(0, LINES_MAX)});
    }, own.signal);
  } catch (error) {
    if (abort === own) change({error: error.message});
  }
  if (abort === own) {
    abort = null;
    change({running: false});
  }
}

const tone = status => (status >= 500 || !status ? 'bad' : status >= 400 ? 'warn' : 'good');

function line(entry) {
  const isOpen = tap().open === entry.serial;
  return h(
      'li', {key: entry.serial, class: isOpen ? 'open' : ''},
      h('button', {
        type: 'button',
        class: 'line',
        'aria-expanded': String(isOpen),
        onClick: () => change({open: isOpen ? null : entry.serial})
      },
        h('span', {class: 'quiet'}, clock(entry.time)), ' ',
        badge(String(entry.status || t('none')), tone(entry.status)), ' ', h('b', null, entry.method), ' ',
        h('span', {class: 'path'}, entry.target), ' ',
        h('span', {class: 'quiet'}, [entry.route, entry.cluster, entry.colour].filter(Boolean).join(' · '), ' ',
          milliseconds(entry.duration_ms))),
      isOpen ? h('pre', null, JSON.stringify({...entry, serial: undefined}, null, 2)) : null);
}

function filters() {
  const {filter, running} = tap();
  const routes = state.status ? state.status.routes.map(route => [route.id, route.id]) : [];
  const set = (name, value) => change({filter: {...filter, [name]: value}});
  const methods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'].map(name => [name, name]);
  const statuses =
      ['2xx', '3xx', '4xx', '5xx', '200', '404', '429', '500', '502', '503', '504'].map(name => [name, name]);
  const all = ['', t('all')];
  const submit = event => {
    event.preventDefault();
    start();
  };
  return h(
      'form', {class: 'form row', onSubmit: submit},
      field(t('route'), select(filter.route, [all, ...routes], value => set('route', value))),
      field(t('method'), select(filter.method, [all, ...methods], value => set('method', value))),
      field(
          t('status'),
          select(filter.status, [all, ...statuses], value => set('status', value), {'data-field': 'status'})),
      field(
          t('path_has'),
          h('input', {value: filter.text, 'data-field': 'text', onInput: event => set('text', event.target.value)})),
      h('div', {class: 'actions'},
        h('button', {type: 'submit', class: 'good', 'data-action': 'watch'}, t(running ? 'watch_again' : 'watch')),
        running ? button(t('stop'), stopTap, {'data-action': 'stop'}) : null));
}

export function tapScreen() {
  const {lines, skipped, running, error} = tap();
  return h(
      'div', {class: 'page'},
      card(
          t('tap'), filters(),
          h('p', {class: 'quiet'}, running ? badge(t('watching'), 'good') : badge(t('stopped'), 'quiet'), ' ',
            t('tap_what'), ' ', skipped ? t('skipped', number(skipped)) : ''),
          error ? h('p', {class: 'note bad', role: 'alert'}, error) : null,
          lines.length ? h('ul', {class: 'tap'}, lines.map(line)) :
                         empty(t(running ? 'waiting_requests' : 'tap_start'))));
}
