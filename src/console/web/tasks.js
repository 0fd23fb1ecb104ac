// The gateway's tasks, and where its processor's time goes.
import {getBytes, getJson, getText} from './api.js';
import {state, update} from './store.js';
import {duration, number, t} from './text.js';
import {badge, button, card, empty, h, table} from './view.js';

const PROFILE_SECONDS = 5;
const ROWS_MAX = 60;

export async function readTasks() {
  try {
    update({tasks: (await getJson('/tasks')).tasks, tasksError: ''});
  } catch (error) {
    update({tasksError: error.message});
  }
}

async function profile() {
  update({profile: {busy: true, text: '', error: ''}});
  try {
    update({
      profile:
          {busy: false, error: '', text: await getText(`/debug/pprof/profile?seconds=${PROFILE_SECONDS}&format=text`)}
    });
  } catch (error) {
    update({profile: {busy: false, text: '', error: error.message}});
  }
}

async function download() {
  update({profile: {busy: true, text: '', error: ''}});
  try {
    const file = await getBytes(`/debug/pprof/profile?seconds=${PROFILE_SECONDS}`);
    const link = document.createElement('a');
    link.href = URL.createObjectURL(file);
    link.download = 'banyan-cpu.pb.gz';
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    update({profile: {busy: false, text: '', error: ''}});
  } catch (error) {
    update({profile: {busy: false, text: '', error: error.message}});
  }
}

function groups(tasks) {
  const counts = new Map();
  for (const task of tasks) {
    const key = `${task.name}\n${task.state}`;
    const group = counts.get(key) || {name: task.name, state: task.state, count: 0, oldest: 0};
    group.count += 1;
    group.oldest = Math.max(group.oldest, task.age_s);
    counts.set(key, group);
  }
  return [...counts.values()].sort((a, b) => b.count - a.count || a.name.localeCompare(b.name));
}

export function tasksScreen() {
  const {tasks, tasksError, profile: taken} = state;
  const rows = tasks ?
      groups(tasks)
          .slice(0, ROWS_MAX)
          .map(
              one =>
                  [h('code', null, one.name), badge(one.state, 'quiet'), number(one.count), duration(one.oldest)]) :
      [];
  return h(
      'div', {class: 'page columns'},
      card(
          t('task_list'), h('div', {class: 'actions'}, button(t('read_again'), readTasks, {'data-action': 'tasks'})),
          tasksError ? h('p', {class: 'note bad'}, tasksError) : null,
          tasks ? h('p', {class: 'quiet'}, t('tasks_alive', number(tasks.length))) : null,
          tasks ? table([[t('name')], [t('waits_for')], [t('count'), 'number'], [t('oldest'), 'number']], rows) :
                  empty(t('waiting'))),
      card(
          t('profile'), h('p', {class: 'quiet'}, t('profile_what', PROFILE_SECONDS)),
          h('div', {class: 'actions'},
            button(
                t('profile_take'), profile,
                {class: 'good', disabled: Boolean(taken && taken.busy), 'data-action': 'profile'}),
            button(t('profile_download'), download, {disabled: Boolean(taken && taken.busy)})),
          taken && taken.busy ? h('p', null, t('profile_busy', PROFILE_SECONDS)) : null,
          taken && taken.error ? h('p', {class: 'note bad', role: 'alert'}, taken.error) : null,
          taken && taken.text ? h('pre', {'data-profile': 'text'}, taken.text) : null));
}
