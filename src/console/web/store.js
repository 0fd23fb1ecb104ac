// What the page knows, in one object, and how it changes: update() merges and shows the result once.
export const HISTORY = 120;

export const state = {
  token: sessionStorage.getItem('banyan.token') || '',
  who: sessionStorage.getItem('banyan.who') || '',
  screen: {name: 'overview', argument: ''},
  connection: 'connecting',
  status: null,
  topology: null,
  ledger: null,
  ledgerMissing: false,
  endpoint: null,
  history: {},
  notices: [],
  dialog: null,
  help: false,
};

const listeners = [];
export const subscribe = listener => listeners.push(listener);
export function update(changes) {
  Object.assign(state, changes);
  for (const listener of listeners) listener();
}

// Adds a value to a series; null is a gap.
export function remember(key, value) {
  const series = state.history[key] || (state.history[key] = []);
  series.push(value === undefined ? null : value);
  if (series.length > HISTORY) series.shift();
}
export const series = key => state.history[key] || [];
export const latest = key => series(key)[series(key).length - 1] ?? null;

let notices = 0;
export function notify(text, tone = 'good') {
  const id = ++notices;
  update({notices: [...state.notices, {id, text, tone}]});
  setTimeout(() => update({notices: state.notices.filter(notice => notice.id !== id)}), 6000);
}
