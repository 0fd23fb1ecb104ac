// Where answers differ, as a tree of the fields they differ in, with how often. What is noise (fields in which the
// old service differs from itself) is hidden until asked for.
import {state, update} from './store.js';
import {number, t} from './text.js';
import {badge, empty, h} from './view.js';

// "$.user.roles[0].name" is $, user, roles, [0], name.
const parts = path => path.match(/\[[^\]]*\]|[^.[\]]+/g) || [path];

function build(differences) {
  const root = {children: new Map()};
  for (const difference of differences) {
    let node = root;
    for (const part of parts(difference.path)) {
      if (!node.children.has(part)) node.children.set(part, {children: new Map(), own: [], count: 0});
      node = node.children.get(part);
      node.count += difference.count;
    }
    node.own.push(difference);
  }
  return root;
}

function list(node) {
  return h(
      'ul', {class: 'tree'},
      [...node.children].map(
          ([name, child]) =>
              h('li', {key: name}, h('code', null, name), ' ', badge(number(child.count), 'quiet'),
                child.own.map(
                    one =>
                        [' ', badge(t(`kind_${one.kind}`), one.noise ? 'quiet' : 'bad'),
                         one.noise ? badge(t('noise'), 'quiet') : null]),
                child.children.size ? list(child) : null)));
}

export function differenceTree(differences) {
  const noisy = differences.filter(one => one.noise).length;
  const shown = differences.filter(one => state.showNoise || !one.noise);
  return h(
      'div', null,
      h('label', {class: 'check'}, h('input', {
          type: 'checkbox',
          checked: Boolean(state.showNoise),
          'data-toggle': 'noise',
          onChange: event => update({showNoise: event.target.checked})
        }),
        t('show_noise', number(noisy))),
      shown.length ? list(build(shown)) : empty(t('no_differences')));
}
