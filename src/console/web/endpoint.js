// One endpoint on its way: both sides' latency and answers, where they differ, pairs of answers, and what people
// decide.
import {evidence} from './board.js';
import {chart} from './chart.js';
import {ask} from './dialog.js';
import {differenceTree} from './differences.js';
import {act, increments, secondsToStep, share} from './ledger.js';
import {samplePair} from './samples.js';
import {series, state} from './store.js';
import {duration, milliseconds, moment, number, percent, rate, t} from './text.js';
import {badge, button, card, empty, figure, h, table} from './view.js';

function actions(route) {
  const choose = (action, tone) => button(
      t(action), () => ask({
                   title: t(`${action}_title`, `${route.method} ${route.path}`),
                   tone,
                   done: t(`${action}_done`),
                   action: reason => act(route.id, action, reason)
                 }),
      {class: tone, 'data-action': action});
  return h(
      'div', {class: 'actions'}, choose('promote', 'good'),
      route.held ? choose('release', 'quiet') : choose('hold', 'quiet'), choose('rollback', 'bad'));
}

function steps(route) {
  const names = ['mirrored', 'verified'];
  const all = [
    ...names.map(name => [t(`stage_${name}`), name === route.stage]),
    ...(route.steps || [])
        .map(
            step =>
                [percent(step / 10000, 0),
                 !['legacy', ...names].includes(route.stage) && step === route.share_hundredths])
  ];
  const at = all.findIndex(([, here]) => here);
  return h(
      'ol', {class: 'steps'},
      all.map(
          ([name], i) =>
              h('li',
                {class: i < at ? 'done' :
                     i === at  ? 'here' :
                                 ''},
                name)));
}

function curves(route) {
  const key = `ledger:${route.id}`;
  const line = (side, quantile, dashed) => ({
    name: `${t(side)} ${quantile.toUpperCase()}`,
    values: series(`${key}:${side}:${quantile}`),
    tone: side === 'old' ? 'old' : 'new',
    dashed
  });
  const answers = ['old', 'new'].flatMap(
      side =>
          [{name: `${t(side)} ${t('answers_per_second')}`, values: increments(`${key}:${side}:answers`), tone: side},
           {
             name: `${t(side)} ${t('errors')}`,
             values: increments(`${key}:${side}:errors`),
             tone: 'bad',
             dashed: side === 'old'
           },
  ]);
  return h(
      'div', {class: 'columns'},
      card(
          t('latency'),
          chart(
              [line('old', 'p50', true), line('old', 'p99'), line('new', 'p50', true), line('new', 'p99')],
              milliseconds, {label: t('latency')})),
      card(t('answers'), chart(answers, rate, {label: t('answers')})),
      card(
          t('bound'),
          chart(
              [{name: t('bound'), values: series(`${key}:bound`), tone: 'accent'}], value => percent(value),
              {label: t('bound'), level: route.mismatch_bound})));
}

const position = place => `${t(`stage_${place.stage}`)} ${percent(place.hundredths / 10000, 0)}`;

function transitions(list) {
  if (!list.length) return empty(t('no_transitions'));
  const rows = list.map(
      one =>
          [number(one.sequence), moment(one.at_ns / 1e6), `${position(one.from)} → ${position(one.to)}`, one.by,
           one.why, one.evidence ? `${number(one.evidence.compared)} / ${number(one.evidence.different)}` : '–']);
  return table(
      [['#', 'number'], [t('time')], [t('move')], [t('who')], [t('why')], [`${t('compared')} / ${t('different')}`]],
      rows);
}

export function endpointPage() {
  const id = state.screen.argument;
  if (state.ledgerMissing) return h('div', {class: 'page'}, empty(t('no_ledger')));
  if (!state.endpoint) {
    const known = !state.ledger || state.ledger.routes.some(route => route.id === id);
    return h('div', {class: 'page'}, empty(known ? t('waiting') : t('no_endpoint', id)));
  }
  const {route, transitions: moves, differences, samples} = state.endpoint;
  const left = secondsToStep(route);
  return h(
      'div', {class: 'page endpoint-page'},
      h('div', {class: 'split wrap'},
        h('div', null, h('h1', null, `${route.method} ${route.path}`),
          h('p', {class: 'quiet'},
            `${route.from} (${route.old_build || t('build_unknown')}) → ${route.to} (${
                route.new_build || t('build_unknown')}) · `,
            t('epoch', number(route.epoch)))),
        actions(route)),
      route.held ? h('div', {class: 'alert bad'}, h('b', null, t(route.hold_by_alarm ? 'held_by_alarm' : 'stage_held')),
                     ' ', route.hold_reason) :
                   null,
      steps(route),
      h('div', {class: 'figures'}, figure(t('share_of_new'), percent(share(route), 0)),
        figure(t('compared'), number(route.compared)),
        figure(t('different'), number(route.different), route.different ? 'bad' : ''),
        figure(t('races'), number(route.races)),
        figure(t('dropped'), `${number(route.dropped)} / ${number(route.eligible)}`),
        figure(t('needed'), number(route.comparisons_needed)),
        figure(t('expected'), left === null ? '–' : duration(left))),
      route.unverified ? h('p', null, badge(t('unverified'), 'warn'), ' ', t('unverified_why')) :
                         card(null, evidence(route)),
      route.blocked_by ? h('p', {class: 'note'}, route.blocked_by) : null, curves(route),
      card(t('differences'), differenceTree(differences)), card(t('samples'), samplePair(route.id, samples)),
      card(t('transitions'), transitions(moves)));
}
