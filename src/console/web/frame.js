// What stands around every screen: its name, the way to the others, the state of the connection, language and light.
import {setSession} from './api.js';
import {close, Modal} from './dialog.js';
import {forget} from './live.js';
import {SCREENS} from './navigation.js';
import {state, update} from './store.js';
import {stopTap} from './tap.js';
import {currentLanguage, setLanguage, t} from './text.js';
import {applyTheme, nextTheme, theme} from './theme.js';
import {badge, button, h} from './view.js';

function logOut() {
  stopTap();
  setSession('');
  forget();
}

const isCurrent = name => name === state.screen.name || (name === 'migration' && state.screen.name === 'endpoint');

function navigation() {
  return h(
      'nav', {'aria-label': t('screens')},
      SCREENS.map(
          ([name, key]) =>
              h('a', {
                key: name,
                href: `#/${name}`,
                class: isCurrent(name) ? 'here' : '',
                title: `g ${key}`,
                'aria-current': isCurrent(name) ? 'page' : null
              },
                t(name))));
}

function connection() {
  if (!state.token) return null;
  const tones = {live: 'good', lost: 'bad', connecting: 'quiet'};
  return badge(
      t(`connection_${state.connection}`), tones[state.connection],
      {'data-connection': state.connection, role: 'status'});
}

export function frame(screen) {
  const other = currentLanguage() === 'en' ? 'zh' : 'en';
  return h(
      'div', {class: 'frame'},
      h('header', null, h('a', {href: '#/overview', class: 'brand'}, 'Banyan'), navigation(),
        h('div', {class: 'tools'}, connection(),
          button(
              other === 'zh' ? '中文' : 'English',
              () => {
                setLanguage(other);
                update({});
              },
              {'data-action': 'language', lang: other}),
          button(
              t(`theme_${theme()}`),
              () => {
                applyTheme(nextTheme());
                update({});
              },
              {'data-action': 'theme', title: t('theme')}),
          button('?', () => update({help: true}), {title: t('help'), 'data-action': 'help'}),
          button(t('log_out'), logOut, {'data-action': 'log-out'}))),
      h('main', {id: 'screen', 'data-screen': state.screen.name}, screen),
      h('footer', null, state.status ? `Banyan ${state.status.version} · ${state.status.config_file}` : 'Banyan'));
}

export function help() {
  if (!state.help) return null;
  const keys = [
    ...SCREENS.map(([name, key]) => [`g ${key}`, t(name)]), ['/', t('key_filter')], ['Esc', t('key_escape')],
    ['?', t('help')]
  ];
  return h(
      Modal, {onClose: close, label: t('help')}, h('h2', null, t('keys')),
      h('dl', {class: 'wide'}, keys.map(([key, text]) => [h('dt', null, h('kbd', null, key)), h('dd', null, text)])),
      h('p', {class: 'quiet'}, t('security_note')), h('div', {class: 'actions'}, button(t('close'), close)));
}

export const notices = () =>
    h('div', {class: 'notices', role: 'status', 'aria-live': 'polite'},
      state.notices.map(notice => h('div', {key: notice.id, class: `notice ${notice.tone}`}, notice.text)));
