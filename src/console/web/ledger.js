// The ledger as the admin API tells it: which endpoint of the old service has moved how far, and on what evidence.
// A gateway without a ledger answers 404, which is a state and no failure.
import {getJson, post} from './api.js';
import {remember, series, state, update} from './store.js';

const BOARD_MS = 1000;
const RATE_SAMPLES = 15;

function take(ledger) {
  for (const route of ledger.routes) {
    const key = `ledger:${route.id}`;
    remember(`${key}:bound`, route.bound);
    remember(`${key}:compared`, route.compared);
    for (const side of ['old', 'new']) {
      const figures = route[side] || {};
      remember(`${key}:${side}:p50`, figures.p50_ms);
      remember(`${key}:${side}:p99`, figures.p99_ms);
      remember(`${key}:${side}:answers`, figures.answers);
      remember(`${key}:${side}:errors`, figures.errors);
    }
  }
  update({ledger, ledgerMissing: false});
}

async function readOnce() {
  try {
    take(await getJson('/ledger'));
    if (state.screen.name !== 'endpoint') return;
    const id = state.screen.argument;
    const endpoint = await getJson(`/ledger/${encodeURIComponent(id)}`);
    if (state.screen.argument === id) update({endpoint});
  } catch (error) {
    if (error.status === 404 && !state.ledger) update({ledgerMissing: true});
  }
}

let timer = null;
export function followLedger() {
  clearTimeout(timer);
  const again = async () => {
    const wanted = state.token && ['migration', 'endpoint', 'overview'].includes(state.screen.name);
    if (wanted && !document.hidden && !(state.ledgerMissing && state.screen.name === 'overview')) await readOnce();
    timer = setTimeout(again, BOARD_MS);
  };
  again();
}

export const act = async (route, action, reason) => {
  await post(`/ledger/${encodeURIComponent(route)}/${action}`, {reason});
  await readOnce();
};

// Counters' growth each second over the last moments; null while nothing is known.
export function growth(key) {
  const values = series(key).slice(-RATE_SAMPLES).filter(value => value !== null);
  if (values.length < 2) return null;
  const grown = values[values.length - 1] - values[0];
  return grown < 0 ? null : (grown / (values.length - 1)) * (1000 / BOARD_MS);
}
// Second by second, for a curve.
export const increments = key => series(key).map(
    (value, i, all) =>
        i === 0 || value === null || all[i - 1] === null || value < all[i - 1] ? null : value - all[i - 1]);

// Seconds until the next step as things go: its hold time, and the comparisons it still needs at the present rate. Null
// where it does not come as things go: more of the answers differ than may.
export function secondsToStep(route) {
  if (route.held || !route.next) return null;
  if (route.different > route.compared * route.mismatch_bound) return null;
  const held = route.held_since ? (Date.now() - Date.parse(route.held_since)) / 1000 : 0;
  const hold = Math.max(0, (route.hold_s || 0) - held);
  if (route.comparisons_needed === null || route.comparisons_needed === undefined) return null;
  if (route.comparisons_needed === 0) return hold;
  const perSecond = growth(`ledger:${route.id}:compared`);
  return perSecond ? Math.max(hold, route.comparisons_needed / perSecond) : null;
}

export const share = route => route.share_hundredths / 10000;
// Of the evidence the next step asks for, from 0 to 1.
export function progress(route) {
  if (route.comparisons_needed === 0) return 1;
  const needed = route.comparisons_needed;
  if (needed === null || needed === undefined) return 0;
  return route.compared / Math.max(1, route.compared + needed);
}
