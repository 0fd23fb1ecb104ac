'use strict';
/**
 * Carries the colour (x-gray-tag, baggage) and the trace (traceparent, tracestate) of the request that is being served
 * to the requests the application makes meanwhile. One file, no dependencies, Node 16 or later; loaded first:
 *
 *     node --require /usr/share/banyan/shims/node/banyan_shim.js server.js
 *     NODE_OPTIONS="--require /usr/share/banyan/shims/node/banyan_shim.js"
 *
 * Every http and https server then remembers what each request came with (AsyncLocalStorage follows it through
 * promises and callbacks), and http.request, http.get, their https twins and fetch send it on; fields the caller sets
 * go first. `require('.../banyan_shim.js').headers()` gives them to clients that do neither (http2, raw sockets). They
 * go to every server that is asked; BANYAN_SHIM_HOSTS="orders.internal,users.internal" names the only ones.
 */
const { AsyncLocalStorage } = require('node:async_hooks');
const http = require('node:http');
const https = require('node:https');
const { syncBuiltinESMExports } = require('node:module');

const NAMES = ['traceparent', 'tracestate', 'baggage', 'x-gray-tag'];
const VALUE_BYTES_MAX = 8192;
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}/;

const storage = new AsyncLocalStorage();
const hosts = process.env.BANYAN_SHIM_HOSTS ? new Set(process.env.BANYAN_SHIM_HOSTS.split(',')) : null;

/** The fields to pass on, by name. */
function headers() {
  return { ...storage.getStore() };
}

// What a client could smuggle a field in with, or make every request large by, is left behind.
function carriable(name, value) {
  if (typeof value !== 'string' || value === '' || value.length > VALUE_BYTES_MAX || /[^\x20-\x7e]/.test(value)) {
    return false;
  }
  return name !== 'traceparent' || TRACEPARENT.test(value);
}

function select(fields) {
  const carried = {};
  for (const name of NAMES) {
    if (carriable(name, fields[name])) carried[name] = fields[name];
  }
  return carried;
}

function mayCarryTo(host) {
  return hosts === null || hosts.has(host);
}

function addTo(request) {
  if (request.headersSent || !mayCarryTo(request.host)) return request;
  for (const [name, value] of Object.entries(headers())) {
    if (!request.hasHeader(name)) request.setHeader(name, value);
  }
  return request;
}

for (const module of [http, https]) {
  const emit = module.Server.prototype.emit;
  module.Server.prototype.emit = function (event, ...values) {
    if (event !== 'request') return emit.call(this, event, ...values);
    return storage.run(select(values[0].headers), () => emit.call(this, event, ...values));
  };
  const request = module.request;
  module.request = function (...values) {
    return addTo(request.apply(this, values));
  };
  // Its original sends the head at once.
  module.get = function (...values) {
    const sent = module.request(...values);
    sent.end();
    return sent;
  };
}

if (typeof globalThis.fetch === 'function') {
  const original = globalThis.fetch;
  globalThis.fetch = function (resource, options = {}) {
    const carried = headers();
    const url = new URL(typeof resource === 'string' || resource instanceof URL ? resource : resource.url);
    if (Object.keys(carried).length === 0 || !mayCarryTo(url.hostname)) return original(resource, options);
    const fields = new Headers(options.headers ?? (resource instanceof Request ? resource.headers : undefined));
    for (const [name, value] of Object.entries(carried)) {
      if (!fields.has(name)) fields.set(name, value);
    }
    return original(resource, { ...options, headers: fields });
  };
}
syncBuiltinESMExports();

module.exports = { headers };
