// The way in: the admin token, asked of the gateway before it is kept, and the name of whoever comes, if they like.
import {getJson, setSession} from './api.js';
import {followLedger} from './ledger.js';
import {follow} from './live.js';
import {state, update} from './store.js';
import {t} from './text.js';
import {field, h} from './view.js';

async function submit(event) {
  event.preventDefault();
  const token = (state.typed || '').trim();
  const who = (state.typedWho || '').trim();
  if (!token) return;
  update({loginError: '', loggingIn: true});
  try {
    await getJson('/status', {token});
    update({typed: '', typedWho: '', loggingIn: false});
    setSession(token, who);
    follow();
    followLedger();
  } catch (error) {
    update({loggingIn: false, loginError: error.status === 401 ? t('wrong_token') : error.message});
  }
}

export const login = () =>
    h('main', {class: 'login'},
      h('form', {class: 'card form', onSubmit: submit}, h('h1', null, 'Banyan'),
        h('p', {class: 'quiet'}, t('login_what')),
        field(t('token'), h('input', {
                type: 'password',
                autocomplete: 'current-password',
                autofocus: true,
                value: state.typed || '',
                'data-field': 'token',
                onInput: event => update({typed: event.target.value, loginError: ''})
              })),
        field(t('your_name'), h('input', {
                autocomplete: 'name',
                maxlength: 100,
                value: state.typedWho || '',
                'data-field': 'who',
                onInput: event => update({typedWho: event.target.value})
              })),
        state.loginError ? h('p', {class: 'note bad', role: 'alert'}, state.loginError) : null,
        h('div', {class: 'actions'},
          h('button', {type: 'submit', class: 'good', disabled: Boolean(state.loggingIn)}, t('log_in')))));
