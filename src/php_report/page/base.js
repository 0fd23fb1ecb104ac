// What all parts of the report's page share: the data embedded in it, and small tools. The parts are one
// script, in the
// order base, panels, charts, overview, functions, lists, main. No request is ever made, and text from the
// code base only
// ever becomes text nodes.
const data = JSON.parse(document.getElementById('data').textContent);
const F = data.functions;
const files = data.files;
const functionCount = F.name.length;
const READINESS = ['convertible', 'review', 'refused'];
const KINDS = ['function', 'method', 'closure', 'arrow function', 'hook', 'file'];
const hasTraffic = data.traffic !== null;
const view = document.getElementById('view');
const panel = document.getElementById('panel');

// An element: h('div', {class: 'a', onclick: f}, 'text', child...). Nothing and false are left out.
function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  fill(element, attributes, children);
  return element;
}

function s(tag, attributes, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  fill(element, attributes, children);
  return element;
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children.flat()) {
    if (child !== undefined && child !== null && child !== false) element.append(child);
  }
}

const grouped = new Intl.NumberFormat('en');
const n = value => grouped.format(value);
function short(value) {
  if (value < 10000) return n(value);
  return value < 1e6 ? `${(value / 1e3).toFixed(value < 1e5 ? 1 : 0)}k` : `${(value / 1e6).toFixed(1)}M`;
}
function percent(part, whole) {
  if (!whole) return '0%';
  const value = (100 * part) / whole;
  return value > 0 && value < 1 ? '<1%' : value > 99 && value < 100 ? '>99%' : `${Math.round(value)}%`;
}
const plural = (count, one, many) => `${n(count)} ${count === 1 ? one : many || one + 's'}`;
const ms = value =>
  value === undefined
    ? ''
    : value >= 1000
      ? `${(value / 1000).toFixed(2)} s`
      : `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
const dot = kind => h('span', {class: `dot ${kind}`, title: kind});
const chip = (text, kind) => h('span', {class: `chip ${kind || ''}`}, text);

// A bar divided by readiness.
function share(counts, title) {
  const total = counts[0] + counts[1] + counts[2];
  return h(
    'div',
    {class: 'share', title: title || READINESS.map((name, i) => `${n(counts[i])} ${name}`).join(', ')},
    READINESS.map((name, i) => counts[i] > 0 && h('i', {class: name, style: `width:${(100 * counts[i]) / total}%`})),
  );
}
const countsOf = object => READINESS.map(name => object[name]);

let callerLists = null;
function callers(id) {
  if (!callerLists) {
    callerLists = Array.from({length: functionCount}, () => []);
    F.callees.forEach((list, from) => list.forEach(to => callerLists[to].push(from)));
  }
  return callerLists[id];
}

function reach(entries) {
  const seen = new Set(entries);
  const order = [...seen];
  for (let i = 0; i < order.length; ++i) {
    for (const next of F.callees[order[i]]) {
      if (!seen.has(next)) {
        seen.add(next);
        order.push(next);
      }
    }
  }
  return order;
}

// The endpoints from which a function is reached.
function endpointsReaching(id) {
  const seen = new Set([id]);
  const order = [id];
  for (let i = 0; i < order.length; ++i) {
    for (const next of callers(order[i])) {
      if (!seen.has(next)) {
        seen.add(next);
        order.push(next);
      }
    }
  }
  return data.endpoints.filter(endpoint => endpoint.entries.some(entry => seen.has(entry)));
}

const place = id => (F.kind[id] === 5 ? files.path[F.file[id]] : `${files.path[F.file[id]]}:${F.line[id]}`);
function reasonText(reason) {
  const code = data.codes[reason[0]].code;
  return reason[3] ? `${code}:${reason[3]}` : code;
}
const effectNames = bits => data.effects.filter((_, i) => (bits >>> i) & 1);

function title(endpoint) {
  return h(
    'span',
    {class: 'path'},
    endpoint.methods.length > 0 && h('span', {class: 'verb'}, endpoint.methods.join(' ')),
    endpoint.path,
    endpoint.query && h('span', {class: 'quiet'}, `?${endpoint.query}`),
  );
}
function titleText(endpoint) {
  return [endpoint.methods.join('|'), endpoint.path + (endpoint.query ? `?${endpoint.query}` : '')]
    .filter(Boolean)
    .join(' ');
}

// Why an endpoint stands where it stands, in one sentence.
function why(endpoint) {
  if (endpoint.path === '/*') return 'Takes what no other endpoint takes, so it moves last.';
  const [convertible, review, refused] = countsOf(endpoint.reaches);
  const all = convertible + review + refused;
  const main = endpoint.reasons
    .slice(0, 2)
    .map(reason => data.codes[reason[0]].title)
    .join('; ');
  if (endpoint.state === 'unknown') return 'Its handler was not found in these files.';
  if (all === 0) return 'It calls no function of the code base.';
  if (endpoint.state === 'ready') {
    return all === 1
      ? 'The one function it runs converts as it is.'
      : `All ${n(all)} functions it reaches convert as they are.`;
  }
  if (endpoint.state === 'review') return `${n(review)} of ${n(all)} functions need a look: ${main}.`;
  return `${plural(refused, 'function')} of ${n(all)} cannot be converted yet: ${main}.`;
}
