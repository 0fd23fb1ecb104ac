// Follows GET /events, one status a second, and keeps the last two minutes of what changes as series. Everything here
// is a difference of two counters or a figure as the gateway gave it.
import {events, getJson} from './api.js';
import {remember, state, update} from './store.js';

const RETRY_MS = 1500;
let before = null;
let abort = null;

const difference = (now, then, seconds) => (then === undefined || now < then ? null : (now - then) / seconds);

function rememberRoute(route, old, seconds) {
  const key = `route:${route.id}`;
  remember(`${key}:rate`, old ? difference(route.requests, old.requests, seconds) : null);
  let errors = 0;
  for (const [name, cluster] of Object.entries(route.clusters)) {
    const earlier = old && old.clusters[name];
    const own = earlier ? difference(cluster.errors, earlier.errors, seconds) : null;
    errors += own || 0;
    remember(`${key}:${name}:rate`, earlier ? difference(cluster.requests, earlier.requests, seconds) : null);
    remember(`${key}:${name}:p50`, cluster.p50_ms);
    remember(`${key}:${name}:p99`, cluster.p99_ms);
  }
  remember(`${key}:errors`, old ? errors : null);
  if (route.mirror) {
    const sent = old && old.mirror ? difference(route.mirror.sent, old.mirror.sent, seconds) : null;
    remember(`${key}:mirror:rate`, sent);
  }
  return {rate: old ? difference(route.requests, old.requests, seconds) : null, errors: old ? errors : null};
}

function take(status) {
  const seconds = before ? Math.max(0.2, status.uptime_s - before.uptime_s) : 1;
  const restarted = before && status.uptime_s < before.uptime_s;
  const earlier = restarted ? null : before;
  const find = (list, name, key) => earlier && earlier[list].find(one => one[key] === name);
  let rate = null;
  let errors = null;
  for (const route of status.routes) {
    const own = rememberRoute(route, find('routes', route.id, 'id'), seconds);
    if (own.rate !== null) rate = (rate || 0) + own.rate;
    if (own.errors !== null) errors = (errors || 0) + own.errors;
  }
  for (const cluster of status.clusters) {
    const old = find('clusters', cluster.name, 'name');
    remember(`cluster:${cluster.name}:rate`, old ? difference(cluster.requests, old.requests, seconds) : null);
    for (const {address, attempts} of cluster.endpoints) {
      const then = old && old.endpoints.find(one => one.address === address);
      remember(`endpoint:${cluster.name}:${address}:rate`, then ? difference(attempts, then.attempts, seconds) : null);
    }
  }
  remember('rate', rate);
  remember('errors', errors);
  remember('in_flight', status.requests_in_flight);
  const changed = !before || before.config_revision !== status.config_revision;
  before = status;
  update({status, connection: 'live'});
  // The gray screen shows the shares in force, which change without a revision where a route migrates.
  if (changed || state.screen.name === 'gray') readTopology();
}

async function readTopology() {
  try {
    update({topology: await getJson('/topology')});
  } catch { /* the next status or revision, or the next login, asks again */
  }
}

export async function follow() {
  if (abort) abort.abort();
  const own = new AbortController();
  abort = own;
  while (state.token && abort === own) {
    try {
      await events('/events', (_, status) => take(status), own.signal);
    } catch { /* shown as lost, and tried again */
    }
    if (abort !== own) return;
    update({connection: 'lost'});
    await new Promise(resolve => setTimeout(resolve, RETRY_MS));
  }
}

export function forget() {
  if (abort) abort.abort();
  abort = null;
  before = null;
  update({status: null, topology: null, ledger: null, endpoint: null, history: {}, connection: 'connecting'});
}
