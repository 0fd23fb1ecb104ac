// The breakers of the clusters: what they count, and forcing them.
import {post} from './api.js';
import {ask} from './dialog.js';
import {state} from './store.js';
import {duration, number, t} from './text.js';
import {badge, breakerBadge, button, card, empty, h} from './view.js';

const FORCES = [['none', 'force_auto', 'good'], ['open', 'force_open', 'bad'], ['closed', 'force_closed', 'warn']];

function force(cluster, [value, label, tone]) {
  const current = cluster.breaker.forced === value;
  return button(
      t(label),
      () => ask({
        title: t('force_title', cluster.name, t(label)),
        tone,
        done: t('force_done', cluster.name, t(label)),
        action: reason => post(`/clusters/${encodeURIComponent(cluster.name)}/breaker`, {force: value, reason}),
      }),
      {class: current ? `${tone} chosen` : 'quiet', 'aria-pressed': String(current), 'data-force': value});
}

const endpoints = cluster =>
    h('ul', {class: 'plain'},
      cluster.endpoints.map(
          one =>
              h('li', {key: one.address}, h('code', null, one.address), ' ',
                one.healthy ? badge(t('healthy'), 'good') : badge(t('unhealthy'), 'bad'),
                one.ejected ? badge(t('ejected'), 'warn') : null)));

function clusterCard(cluster) {
  const {breaker} = cluster;
  return h(
      'section', {class: 'card', key: cluster.name, 'data-cluster': cluster.name},
      h('div', {class: 'split wrap'}, h('h2', null, cluster.name),
        breaker ? breakerBadge(breaker) : badge(t('no_breaker'), 'quiet')),
      breaker ?
          h('div', null,
            h('dl', {class: 'wide'}, h('dt', null, t('window_requests')), h('dd', null, number(breaker.requests)),
              h('dt', null, t('failures')), h('dd', {class: breaker.failures ? 'bad' : ''}, number(breaker.failures)),
              h('dt', null, t('slow')), h('dd', null, number(breaker.slow)), h('dt', null, t('in_a_row')),
              h('dd', null, number(breaker.consecutive_failures)), h('dt', null, t('opened')),
              h('dd', null, number(breaker.opened)), h('dt', null, t('open_left')),
              h('dd', null, breaker.open_left_s ? duration(breaker.open_left_s) : '–')),
            h('div', {class: 'actions'}, FORCES.map(one => force(cluster, one)))) :
          null,
      h('dl', {class: 'wide'}, h('dt', null, t('retries')), h('dd', null, number(cluster.retries)),
        h('dt', null, t('hedges')), h('dd', null, number(cluster.hedges)), h('dt', null, t('refused')),
        h('dd', null, number(cluster.refused)), h('dt', null, t('fallbacks')),
        h('dd', null, number(cluster.fallbacks)), h('dt', null, t('ejections')),
        h('dd', null, number(cluster.ejections))),
      cluster.panic ? h('p', {class: 'note bad'}, t('panic')) : null, endpoints(cluster));
}

export function breakers() {
  if (!state.status) return empty(t('waiting'));
  if (!state.status.clusters.length) return card(null, empty(t('no_clusters')));
  return h('div', {class: 'page grid'}, state.status.clusters.map(clusterCard));
}
