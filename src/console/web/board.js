// The migration board: a card for each endpoint, in the column of how far it has come.
import {progress, secondsToStep, share} from './ledger.js';
import {go} from './navigation.js';
import {state} from './store.js';
import {duration, number, percent, t} from './text.js';
import {badge, bar, empty, h} from './view.js';

const COLUMNS = [
  ['legacy', route => route.stage === 'legacy'],
  ['mirrored', route => route.stage === 'mirrored'],
  ['verified', route => route.stage === 'verified'],
  ['shifted', route => !['legacy', 'mirrored', 'verified', 'native', 'retired'].includes(route.stage)],
  ['native', route => route.stage === 'native' || route.stage === 'retired'],
  ['held', () => false],
];

const columnOf = route => (route.held ? 'held' : COLUMNS.find(([, holds]) => holds(route))[0]);

export function evidence(route) {
  const good = route.bound !== null && route.bound <= route.mismatch_bound;
  const shown = route.bound === null ? t('bound_unknown') : percent(route.bound);
  return h(
      'div', {class: 'evidence'}, bar(progress(route), good ? 'good' : 'accent', t('evidence')),
      h('div', {class: 'split'}, h('span', null, t('bound'), ' ', h('b', {class: good ? 'good' : ''}, shown)),
        h('span', {class: 'quiet'}, t('bar'), ' ', percent(route.mismatch_bound))));
}

function lines(route) {
  const left = secondsToStep(route);
  const needed = route.comparisons_needed;
  return h(
      'dl', null, h('dt', null, t('compared')), h('dd', null, number(route.compared)), h('dt', null, t('different')),
      h('dd', {class: route.different ? 'bad' : ''}, number(route.different)),
      route.races ? [h('dt', null, t('races')), h('dd', null, number(route.races))] : null,
      needed && !route.unverified ? [h('dt', null, t('needed')), h('dd', null, number(needed))] : null,
      route.next && !route.held && !route.unverified ?
          [h('dt', null, t('expected')), h('dd', null, left === null ? '–' : duration(left))] :
          null);
}

function endpointCard(route) {
  return h(
      'a', {
        class: `endpoint ${route.held ? 'held' : route.stage}`,
        key: route.id,
        'data-route': route.id,
        href: `#/endpoint/${encodeURIComponent(route.id)}`,
        onClick: () => go('endpoint', route.id)
      },
      h('div', {class: 'split'}, h('b', {class: 'path'}, `${route.method} ${route.path}`),
        badge(percent(share(route), 0), share(route) > 0 ? 'good' : 'quiet')),
      h('div', {class: 'quiet'}, `${route.id} · ${route.from} → ${route.to}`),
      route.unverified ? badge(t('unverified'), 'warn') : evidence(route), lines(route),
      route.held           ? h('p', {class: 'note bad'}, route.hold_reason) :
          route.blocked_by ? h('p', {class: 'note'}, route.blocked_by) :
                             null);
}

export function board() {
  if (state.ledgerMissing) return h('div', {class: 'page'}, empty(t('no_ledger')));
  if (!state.ledger) return empty(t('waiting'));
  const {routes} = state.ledger;
  return h(
      'div', {class: 'page'},
      state.ledger.writable ?
          null :
          h('div', {class: 'alert bad'}, h('b', null, t('ledger_unwritable')), ' ', state.ledger.error),
      routes.length === 0 ? empty(t('no_migrations')) : null, h('div', {class: 'board'}, COLUMNS.map(([name]) => {
        const own = routes.filter(route => columnOf(route) === name);
        return h(
            'section', {class: `column ${name}`, key: name},
            h('h2', null, t(`stage_${name}`), ' ', h('span', {class: 'quiet'}, number(own.length))),
            own.map(endpointCard));
      })));
}
