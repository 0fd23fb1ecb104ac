// The question for a reason before anything is changed; and the help page's frame.
import {notify, state, update} from './store.js';
import {t} from './text.js';
import {button, Component, h} from './view.js';

// dialog: {title, tone, done, action(reason): a promise}.
export const ask = dialog => update({dialog: {...dialog, reason: '', error: '', busy: false}});
export const close = () => update({dialog: null, help: false});

async function confirm() {
  const {dialog} = state;
  const reason = dialog.reason.trim();
  if (dialog.busy) return;
  if (!reason) {
    update({dialog: {...dialog, error: t('reason_needed')}});
    return;
  }
  update({dialog: {...dialog, busy: true, error: ''}});
  try {
    await dialog.action(reason);
    update({dialog: null});
    notify(dialog.done);
  } catch (error) {
    update({dialog: state.dialog && { ...state.dialog, busy: false, error: error.message }});
  }
}

export class Modal extends Component {
  componentDidMount() {
    const first = this.base.querySelector('textarea, button');
    if (first) first.focus();
  }

  render({children, onClose, label}) {
    return h(
        'div', {class: 'shade', onClick: event => event.target === event.currentTarget && onClose()},
        h('div', {class: 'modal', role: 'dialog', 'aria-modal': 'true', 'aria-label': label}, children));
  }
}

export function reasonDialog() {
  const {dialog} = state;
  if (!dialog) return null;
  return h(
      Modal, {onClose: close, label: dialog.title}, h('h2', null, dialog.title),
      h('p', {class: 'quiet'}, t('reason_why')), h('textarea', {
        rows: 3,
        maxlength: 500,
        placeholder: t('reason'),
        value: dialog.reason,
        'data-field': 'reason',
        onInput: event => update({dialog: {...state.dialog, reason: event.target.value, error: ''}}),
        onKeyDown: event => event.key === 'Enter' && (event.ctrlKey || event.metaKey) && confirm()
      }),
      dialog.error ? h('p', {class: 'note bad', role: 'alert'}, dialog.error) : null,
      h('div', {class: 'actions'}, button(t('cancel'), close),
        button(t('confirm'), confirm, {class: dialog.tone, disabled: dialog.busy, 'data-action': 'confirm'})));
}
