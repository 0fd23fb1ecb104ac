// Who gets which version: the rules of a route as the gateway has them, and what one request would get (GET /colour,
// by the code that decides for real requests).
import {getJson} from './api.js';
import {state, update} from './store.js';
import {number, percent, t} from './text.js';
import {badge, bar, button, card, empty, field, h, select, table} from './view.js';

const fresh = {
  route: '',
  keys: {},
  more: '',
  tag: '',
  at: '',
  answer: null,
  error: '',
  many: null
};
const form = () => state.gray || fresh;
const change = changes => update({gray: {...form(), answer: null, error: '', many: null, ...changes}});

function query(changes = {}) {
  const {route, keys, more, tag, at} = {...form(), ...changes};
  const parameters = new URLSearchParams({route});
  for (const [name, value] of Object.entries(keys))
    if (value) parameters.append('key', `${name}=${value}`);
  for (const line of more.split('\n'))
    if (line.trim()) parameters.append('key', line.trim());
  if (tag) parameters.set('tag', tag);
  if (at) parameters.set('at', at);
  return `/colour?${parameters}`;
}

async function dryRun(route) {
  try {
    const answer = await getJson(query({route: route.id}));
    update({gray: {...form(), route: route.id, answer, error: ''}});
  } catch (error) {
    update({gray: {...form(), answer: null, error: error.message}});
  }
}

const MANY = 100;
async function dryRunMany(route) {
  const key = route.sticky[0];
  const colours = {};
  for (let i = 1; i <= MANY; i += 1) {
    const keys = {...form().keys, [key]: String(i)};
    const answer = await getJson(query({route: route.id, keys}));
    colours[answer.colour || answer.cluster] = (colours[answer.colour || answer.cluster] || 0) + 1;
  }
  update({gray: {...form(), many: colours}});
}

function because(answer) {
  const words = t(`decided_${answer.decided_by}`);
  if (answer.rule) return `${words}: ${t('rule_in_line', answer.rule.number, answer.rule.line)}`;
  if (answer.bucket !== null) return `${words}: ${t('bucket_of', number(answer.bucket), number(answer.buckets))}`;
  return words;
}

function shown(answer) {
  return h(
      'div', {class: 'answer', 'data-answer': answer.cluster},
      h('p', null, h('b', {class: 'large'}, answer.colour || answer.cluster), ' ', badge(answer.cluster, 'accent')),
      h('p', null, because(answer)), answer.kept_away ? h('p', {class: 'note'}, t('kept_away')) : null,
      answer.key ? h('p', {class: 'quiet'}, h('code', null, `${answer.key.name}=${answer.key.value}`)) : null,
      h('ul', {class: 'plain'},
        answer.shares.map(
            share =>
                h('li', null, share.colour, ' ', number(share.percent, 2), ' %',
                  share.first_bucket !== undefined && share.buckets ?
                      h('span', {class: 'quiet'},
                        ` (${share.first_bucket}–${share.first_bucket + share.buckets - 1})`) :
                      null,
                  bar(share.percent / 100)))),
      h('p', {class: 'quiet'}, t('lane'), ': ', answer.lane || t('base'), ' → ', answer.endpoints.join(', ')));
}

function rules(route) {
  const rows = route.rules.map(
      (rule, i) => [number(i + 1), h('code', null, rule.when), rule.to, t('line', number(rule.line))]);
  const users = (label, list) =>
      list.map(one => h('li', null, label, ' ', h('b', null, one.to), ': ', t('users', number(one.users))));
  return card(
      t('rules'),
      h('ul', {class: 'plain'},
        route.targets.map(
            target =>
                h('li', {key: target.name}, h('b', null, target.colour), ' ', percent(target.percent / 100), ' → ',
                  target.cluster, bar(target.percent / 100)))),
      rows.length ? table([['#', 'number'], [t('when')], [t('to')], [t('in_file')]], rows) : empty(t('no_rules')),
      h('ul', {class: 'plain'}, users(t('always'), route.always), users(t('never'), route.never)));
}

export function gray() {
  if (!state.topology) return empty(t('waiting'));
  const routes = state.topology.routes.filter(route => route.targets.length);
  if (!routes.length) return h('div', {class: 'page'}, empty(t('no_split')));
  const {route: wanted, keys, more, tag, at, answer, error, many} = form();
  const route = routes.find(one => one.id === wanted) || routes.find(one => one.targets.length > 1) || routes[0];
  const submit = event => {
    event.preventDefault();
    dryRun(route);
  };
  return h(
      'div', {class: 'page columns'},
      h('div', null,
        card(
            t('dry_run'),
            h('form', {onSubmit: submit, class: 'form'},
              field(
                  t('route'),
                  select(route.id, routes.map(one => [one.id, one.id]), value => change({route: value, keys: {}}))),
              route.sticky.map(name => field(name, h('input', {
                                               value: keys[name] || '',
                                               'data-key': name,
                                               onInput: event => change({keys: {...keys, [name]: event.target.value}})
                                             }))),
              field(t('more_values'), h('textarea', {
                      rows: 2,
                      value: more,
                      placeholder: 'header:x-beta=1\nip=192.0.2.1',
                      onInput: event => change({more: event.target.value})
                    })),
              field(t('tag'), h('input', {value: tag, onInput: event => change({tag: event.target.value})})),
              field(t('at'), h('input', {
                      value: at,
                      placeholder: '2026-12-01T09:00',
                      onInput: event => change({at: event.target.value})
                    })),
              h('div', {class: 'actions'},
                h('button', {type: 'submit', class: 'good', 'data-action': 'dry-run'}, t('ask')),
                route.sticky.length ? button(t('ask_many', MANY), () => dryRunMany(route)) : null)),
            error ? h('p', {class: 'note bad', role: 'alert'}, error) : null, answer ? shown(answer) : null,
            many ? h('ul', {class: 'plain'},
                     Object.entries(many).map(
                         ([colour, count]) =>
                             h('li', null, `${colour} `, h('b', null, number(count)), bar(count / MANY)))) :
                   null)),
      h('div', null, rules(route)));
}
