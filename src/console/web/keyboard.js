// Keys: g and a letter go to a screen, Esc closes what is open, ? shows all of it.
import {close} from './dialog.js';
import {go, SCREENS} from './navigation.js';
import {state, update} from './store.js';

let waiting = 0;
const WAIT_MS = 1200;

const typing = element => element && ['INPUT', 'TEXTAREA', 'SELECT'].includes(element.tagName);

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'Escape') {
    if (state.dialog || state.help)
      close();
    else if (typing(document.activeElement))
      document.activeElement.blur();
    else if (state.screen.name === 'endpoint')
      go('migration');
    return;
  }
  if (!state.token || state.dialog || typing(event.target)) return;
  if (Date.now() - waiting < WAIT_MS) {
    waiting = 0;
    const screen = SCREENS.find(([, key]) => key === event.key);
    if (screen) go(screen[0]);
    return;
  }
  if (event.key === 'g')
    waiting = Date.now();
  else if (event.key === '?')
    update({help: !state.help});
  else if (event.key === '/') {
    const first = document.querySelector('main input, main select');
    if (first) {
      first.focus();
      event.preventDefault();
    }
  }
}

export const startKeyboard = () => addEventListener('keydown', pressed);
