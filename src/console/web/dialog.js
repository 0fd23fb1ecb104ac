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

const FOCUSABLE = 'textarea, button:not([disabled])';

// Keeps the focus as long as it is open, and gives it back.
export class Modal extends Component {
  componentDidMount() {
    this.before = document.activeElement;
    const first = this.base.querySelector(FOCUSABLE);
    if (first) first.focus();
  }

  componentWillUnmount() {
    if (this.before) this.before.focus();
  }

  keepFocus(event) {
    if (event.key !== 'Tab') return;
    const all = [...this.base.querySelectorAll(FOCUSABLE)];
    const last = event.shiftKey ? all[0] : all[all.length - 1];
    if (document.activeElement !== last && this.base.contains(document.activeElement)) return;
    event.preventDefault();
    const next = event.shiftKey ? all[all.length - 1] : all[0];
    if (next) next.focus();
  }

  render({children, onClose, label}) {
    return h(
        'div', {
          class: 'shade',
          onClick: event => event.target === event.currentTarget && onClose(),
          onKeyDown: event => this.keepFocus(event)
        },
        h('div', {class: 'modal', role: 'dialog', 'aria-modal': 'true', 'aria-label': label}, children));
  }
}

export function reasonDialog() {
  const {dialog} = state;
  if (!dialog) return null;
  return h(
      Modal, {onClose: close, label: dialog.title}, h('h2', null, dialog.title),
      h('p', {class: 'quiet'}, state.who ? t('reason_why_named', state.who) : t('reason_why')), h('textarea', {
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
