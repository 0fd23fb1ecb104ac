// Listeners, routes, clusters and endpoints from left to right, with what flows between them now.
import {latest, state} from './store.js';
import {rate, t} from './text.js';
import {empty, h} from './view.js';

const COLUMN = 250;
const BOX = 178;
const ROW = 54;
const BOX_HEIGHT = 38;

const short = text => (text.length > 25 ? `${text.slice(0, 24)}…` : text);

// Puts the boxes of each column below each other, in the middle of the tallest one.
function place(columns) {
  const height = Math.max(...columns.map(column => column.length)) * ROW + 40;
  const boxes = new Map();
  columns.forEach(
      (column, i) => column.forEach(
          (box, k) => boxes.set(
              box.key, {...box, x: 10 + i * COLUMN, y: 34 + (height - 40 - column.length * ROW) / 2 + k * ROW})));
  return {boxes, height};
}

function matchText({match}) {
  const what = match.path || (match.prefix ? `${match.prefix}*` : '*');
  return [match.methods.join('|'), match.host + what].filter(Boolean).join(' ');
}

function columnsOf({listeners, routes, clusters}, status) {
  const known = new Map(status.clusters.map(cluster => [cluster.name, cluster]));
  const endpoints = clusters.flatMap(cluster => {
    const live = known.get(cluster.name);
    const all = live ? live.endpoints : cluster.endpoints;
    return all.map(one => {
      const flow = latest(`endpoint:${cluster.name}:${one.address}:rate`);
      const [how, tone] = one.healthy === false ? ['unhealthy', 'bad'] :
          one.ejected                           ? ['ejected', 'warn'] :
                                                  ['healthy', 'good'];
      return {
        key: `e:${cluster.name}:${one.address}`,
        title: one.address,
        line: `${t(how)} · ${rate(flow)}/s`,
        tone,
        from: `c:${cluster.name}`,
        rate: flow
      };
    });
  });
  return [
    listeners.map(
        one => ({key: `l:${one.address}`, title: one.address, line: one.tls ? 'HTTPS' : 'HTTP', tone: 'quiet'})),
    routes.map(one => ({
                 key: `r:${one.id}`,
                 title: one.id,
                 line: `${matchText(one)} · ${rate(latest(`route:${one.id}:rate`))}/s`,
                 tone: 'accent'
               })),
    clusters.map(one => {
      const live = known.get(one.name);
      const open = live && live.breaker && live.breaker.state !== 'closed';
      return {
        key: `c:${one.name}`,
        title: one.name,
        line: `${one.protocol} · ${rate(latest(`cluster:${one.name}:rate`))}/s`,
        tone: open ? 'bad' : 'accent'
      };
    }),
    endpoints,
  ];
}

function clustersOf({targets, mirror, sandbox, fallback}) {
  const named = [...targets, mirror, sandbox].filter(Boolean);
  return [...named.map(one => one.cluster), fallback];
}

// Of a sandbox and a fallback only the whole cluster's rate is known: the route's, where no other one goes there.
function rateWhereAlone(cluster, routes) {
  const users = routes.flatMap(clustersOf).filter(one => one === cluster);
  return users.length === 1 ? latest(`cluster:${cluster}:rate`) : null;
}

function edgesOf({listeners, routes}, endpoints) {
  const edges = [];
  for (const route of routes) {
    const own = latest(`route:${route.id}:rate`);
    for (const listener of listeners)
      edges.push({from: `l:${listener.address}`, to: `r:${route.id}`, rate: own, quiet: true});
    for (const target of route.targets) {
      edges.push({
        from: `r:${route.id}`,
        to: `c:${target.cluster}`,
        rate: latest(`route:${route.id}:${target.name}:rate`),
        label: true
      });
    }
    if (route.mirror) {
      edges.push({
        from: `r:${route.id}`,
        to: `c:${route.mirror.cluster}`,
        rate: latest(`route:${route.id}:mirror:rate`),
        mirror: true,
        label: true
      });
    }
    if (route.sandbox) {
      edges.push({
        from: `r:${route.id}`,
        to: `c:${route.sandbox.cluster}`,
        rate: rateWhereAlone(route.sandbox.cluster, routes),
        mirror: true,
        label: true
      });
    }
    if (route.fallback) {
      edges.push({
        from: `r:${route.id}`,
        to: `c:${route.fallback}`,
        rate: rateWhereAlone(route.fallback, routes),
        fallback: true,
        label: true
      });
    }
  }
  for (const endpoint of endpoints)
    edges.push({from: endpoint.from, to: endpoint.key, rate: endpoint.rate, quiet: true});
  return edges;
}

function edge(boxes, one, i) {
  const from = boxes.get(one.from);
  const to = boxes.get(one.to);
  if (!from || !to) return null;
  const [x1, y1] = [from.x + BOX, from.y + BOX_HEIGHT / 2];
  const [x2, y2] = [to.x, to.y + BOX_HEIGHT / 2 + (one.mirror ? 6 : one.fallback ? 12 : 0)];
  const middle = (x1 + x2) / 2;
  const width = one.rate ? Math.min(9, 1.5 + Math.log10(1 + one.rate) * 2.2) : 1;
  return h(
      'g', {key: i}, h('path', {
        class: `edge${one.rate ? ' live' : ''}${one.mirror ? ' mirror' : ''}${one.fallback ? ' fallback' : ''}`,
        'stroke-width': width.toFixed(1),
        d: `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`
      }),
      one.label && one.rate ?
          h('text', {class: 'axis', x: x1 + (x2 - x1) * 0.72, y: y1 + (y2 - y1) * 0.8 - 5, 'text-anchor': 'middle'},
            `${rate(one.rate)}/s`) :
          null);
}

const box = one =>
    h('g', {key: one.key, class: `box ${one.tone}`, 'data-box': one.key}, h('title', null, `${one.title}: ${one.line}`),
      h('rect', {x: one.x, y: one.y, width: BOX, height: BOX_HEIGHT, rx: 7}),
      h('text', {x: one.x + 10, y: one.y + 16, class: 'name'}, short(one.title)),
      h('text', {x: one.x + 10, y: one.y + 30, class: 'axis'}, short(one.line)));

export function topology() {
  const {topology: graph, status} = state;
  if (!graph || !status) return empty(t('waiting'));
  const columns = columnsOf(graph, status);
  const {boxes, height} = place(columns);
  const heads = ['listeners', 'routes', 'clusters', 'endpoints'];
  return h(
      'div', {class: 'page'},
      h('section', {class: 'card scroll'},
        h('svg', {
          class: 'topology',
          viewBox: `0 0 ${COLUMN * 3 + BOX + 20} ${height}`,
          role: 'img',
          'aria-label': t('topology')
        },
          heads.map((head, i) => h('text', {class: 'head', x: 10 + i * COLUMN, y: 18}, t(head))),
          edgesOf(graph, columns[3]).map((one, i) => edge(boxes, one, i)), [...boxes.values()].map(box)),
        h('p', {class: 'quiet'}, t('topology_legend'))));
}
