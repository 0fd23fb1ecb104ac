// Which screen is shown: the part of the address behind '#'. A link is thus a screen, and Back goes back.
import {state, update} from './store.js';

export const SCREENS = [
  ['overview', 'o'],
  ['migration', 'm'],
  ['gray', 'g'],
  ['topology', 't'],
  ['breakers', 'b'],
  ['tap', 'l'],
  ['tasks', 'p'],
];

export const go = (name, argument = '') => {
  location.hash = `#/${name}${argument ? `/${encodeURIComponent(argument)}` : ''}`;
};

function read() {
  const [name, argument] = location.hash.replace(/^#\//, '').split('/');
  const known = name === 'endpoint' || SCREENS.some(([screen]) => screen === name);
  let decoded = '';
  try {
    decoded = decodeURIComponent(argument || '');
  } catch { /* a broken address shows the screen without its argument */
  }
  const next = {name: known ? name : 'overview', argument: decoded};
  if (next.name !== state.screen.name || next.argument !== state.screen.argument) {
    update({screen: next, dialog: null, help: false, endpoint: null});
  }
}

export function startNavigation() {
  addEventListener('hashchange', read);
  read();
}
