// What the gateway does now: rates, errors, latencies, breakers, workers.
import {chart, spark} from './chart.js';
import {go} from './navigation.js';
import {latest, series, state} from './store.js';
import {bytes, duration, milliseconds, number, percent, rate, t} from './text.js';
import {badge, breakerBadge, card, empty, figure, h, table} from './view.js';

function figures(status) {
  const errors = latest('errors');
  const all = latest('rate');
  return h(
      'div', {class: 'figures'}, figure(t('requests_per_second'), rate(all)),
      figure(t('errors_per_second'), rate(errors), errors > 0 ? 'bad' : ''),
      figure(t('error_share'), all ? percent((errors || 0) / all) : '–', errors > 0 ? 'bad' : ''),
      figure(t('in_flight'), number(status.requests_in_flight)), figure(t('connections'), number(status.connections)),
      figure(t('memory'), bytes(status.resident_bytes)), figure(t('revision'), number(status.config_revision)),
      figure(t('uptime'), duration(status.uptime_s)));
}

function routeRows(route) {
  const key = `route:${route.id}`;
  const names = Object.keys(route.clusters);
  const rows = names.map((name, i) => {
    const cluster = route.clusters[name];
    return [
      i === 0 ? h('b', null, route.id) : '',
      name,
      rate(latest(`${key}:${name}:rate`)),
      spark(series(`${key}:${name}:rate`)),
      milliseconds(cluster.p50_ms),
      milliseconds(cluster.p99_ms),
      number(cluster.requests),
      cluster.errors ? badge(number(cluster.errors), 'bad') : '0',
    ];
  });
  return rows.length ? rows : [[
    h('b', null, route.id), t('files'), rate(latest(`${key}:rate`)), spark(series(`${key}:rate`)), '–', '–',
    number(route.requests), '–'
  ]];
}

function routes(status) {
  const columns = [
    [t('route')], [t('cluster')], [t('per_second'), 'number'], [t('trend'), 'narrow'], ['P50', 'number'],
    ['P99', 'number'], [t('requests'), 'number'], [t('errors'), 'number']
  ];
  return card(
      t('routes'), table(columns, status.routes.flatMap(routeRows), {class: 'routes'}),
      status.unrouted ? h('p', {class: 'quiet'}, t('unrouted', number(status.unrouted))) : null);
}

function breakers(status) {
  const some = status.clusters.filter(cluster => cluster.breaker);
  if (!some.length) return card(t('breakers'), empty(t('no_breakers')));
  return card(
      t('breakers'),
      h('ul', {class: 'plain'},
        some.map(
            cluster =>
                h('li', null, h('a', {href: '#/breakers'}, cluster.name), ' ', breakerBadge(cluster.breaker)))));
}

function workers(status) {
  const rows = status.workers.map(
      (worker, i) =>
          [number(i),
           worker.config_revision === status.config_revision ?
               badge(number(worker.config_revision), 'good') :
               badge(`${number(worker.config_revision)} · ${t('takes_next')}`, 'warn'),
           number(worker.connections),
           number(worker.requests_in_flight),
  ]);
  return card(
      t('workers'),
      table(
          [[t('worker'), 'number'], [t('revision')], [t('connections'), 'number'], [t('in_flight'), 'number']],
          rows));
}

export function overview() {
  const {status} = state;
  if (!status) return empty(t('waiting'));
  const lines = [
    {name: t('requests_per_second'), values: series('rate'), tone: 'accent'},
    {name: t('errors_per_second'), values: series('errors'), tone: 'bad'},
  ];
  return h(
      'div', {class: 'page'},
      status.config_error ?
          h('div', {class: 'alert bad'}, h('b', null, t('config_refused')), h('pre', null, status.config_error)) :
          null,
      figures(status), card(t('traffic'), chart(lines, rate, {label: t('traffic'), width: 1200})), routes(status),
      h('div', {class: 'columns'}, breakers(status), workers(status)),
      state.ledgerMissing ?
          null :
          h('p', {class: 'quiet'}, h('a', {href: '#/migration', onClick: () => go('migration')}, t('to_board'))));
}
