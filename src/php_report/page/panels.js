// The panel at the side: everything about one function or one endpoint.
function openPanel(...children) {
  panel.replaceChildren(
    h('button', {class: 'close', 'aria-label': 'Close', onclick: closePanel}, '×'),
    ...children.flat(),
  );
  panel.hidden = false;
  panel.scrollTop = 0;
}
function closePanel() {
  panel.hidden = true;
  document.querySelectorAll('.chosen').forEach(row => row.classList.remove('chosen'));
}

function functionItem(id) {
  return h(
    'li',
    {},
    h(
      'button',
      {onclick: () => showFunction(id)},
      dot(READINESS[F.readiness[id]]),
      h('span', {class: 'mono'}, F.name[id]),
      h('span', {class: 'small quiet'}, place(id)),
    ),
  );
}

function functionList(heading, ids, limit = 60) {
  if (ids.length === 0) return [];
  const list = h('ul', {}, ids.slice(0, limit).map(functionItem));
  const more =
    ids.length > limit &&
    h(
      'button',
      {
        class: 'link small',
        onclick: event => {
          event.target.remove();
          list.append(...ids.slice(limit, limit + 2000).map(functionItem));
        },
      },
      `${n(ids.length - limit)} more`,
    );
  return [h('h3', {}, `${heading} (${n(ids.length)})`), list, more];
}

function showFunction(id) {
  const readiness = READINESS[F.readiness[id]];
  const own = effectNames(F.own_effects[id]);
  const inherited = effectNames(F.effects[id]).filter(name => !own.includes(name));
  const commits = data.churn.known ? files.commits[F.file[id]] : null;
  const reaching = endpointsReaching(id);
  openPanel(
    h('h2', {}, F.name[id]),
    h('p', {}, chip(readiness, readiness), ' ', h('span', {class: 'quiet small'}, KINDS[F.kind[id]])),
    h(
      'dl',
      {class: 'pair'},
      h('dt', {}, 'Where'),
      h('dd', {class: 'mono'}, place(id)),
      h('dt', {}, 'Lines'),
      h('dd', {}, n(F.lines[id])),
      h('dt', {}, 'Level'),
      h('dd', {}, F.level[id] === 0 ? '0: calls nothing of the code base' : `${F.level[id]} above the leaves`),
      commits !== null && [
        h('dt', {}, 'Changes of the file'),
        h('dd', {}, `${plural(commits, 'commit')}, ${plural(files.churned_lines[F.file[id]], 'line')}`),
      ],
      h('dt', {}, 'Effects'),
      h('dd', {}, own.length > 0 ? own.join(', ') : 'none of its own'),
      inherited.length > 0 && [h('dt', {}, 'Through calls'), h('dd', {}, inherited.join(', '))],
      F.unused[id] === 1 && [h('dt', {}, 'Use'), h('dd', {}, 'nothing here calls it: perhaps it can be deleted')],
    ),
    F.reasons[id].length > 0 && h('h3', {}, readiness === 'refused' ? 'Refused because' : 'To review because'),
    F.reasons[id].map(reason => {
      const code = data.codes[reason[0]];
      return h(
        'div',
        {class: `reason ${code.refuses ? 'refuses' : ''}`},
        h('div', {}, h('b', {class: 'mono'}, reasonText(reason)), ' ', h('span', {class: 'quiet'}, code.title)),
        h('div', {class: 'small quiet'}, `line ${reason[1]}${reason[2] > 1 ? `, ${n(reason[2])} times` : ''}`),
        h('p', {class: 'small', style: 'margin:6px 0 0'}, code.explanation),
      );
    }),
    endpointItems('Endpoints that need it', reaching),
    functionList('Called by', callers(id)),
    functionList('Calls', F.callees[id]),
  );
}

function endpointItems(heading, list) {
  if (list.length === 0) return [];
  return [
    h('h3', {}, `${heading} (${n(list.length)})`),
    h(
      'ul',
      {},
      list
        .slice(0, 12)
        .map(endpoint =>
          h('li', {}, h('button', {onclick: () => showEndpoint(endpoint)}, dot(endpoint.state), title(endpoint))),
        ),
    ),
  ];
}

function showEndpoint(endpoint) {
  const all = reach(endpoint.entries);
  const blocking = all
    .filter(id => F.readiness[id] > 0)
    .sort((a, b) => F.readiness[b] - F.readiness[a] || callers(b).length - callers(a).length);
  const rank = data.endpoints.indexOf(endpoint) + 1;
  openPanel(
    h('h2', {}, titleText(endpoint)),
    h(
      'p',
      {},
      chip(endpoint.state, endpoint.state),
      ' ',
      h('span', {class: 'quiet small'}, `number ${n(rank)} to move`),
    ),
    h('p', {}, why(endpoint)),
    share(countsOf(endpoint.reaches)),
    h(
      'dl',
      {class: 'pair'},
      h('dt', {}, 'Answered by'),
      h(
        'dd',
        {class: 'mono'},
        endpoint.handler.name || `${endpoint.handler.file}:${endpoint.handler.line}–${endpoint.handler.end_line}`,
      ),
      h('dt', {}, 'Written in'),
      h('dd', {class: 'mono'}, `${endpoint.file}:${endpoint.line}`),
      h('dt', {}, 'Found by'),
      h('dd', {}, `${endpoint.framework}, ${endpoint.confidence}`),
      h('dt', {}, 'Reaches'),
      h('dd', {}, `${plural(all.length, 'function')}, ${plural(endpoint.lines, 'line')}`),
      hasTraffic && [
        h('dt', {}, 'Requests'),
        h('dd', {}, `${n(endpoint.requests)}, ${percent(endpoint.requests, data.traffic.requests)} of the log`),
      ],
      endpoint.p50_ms !== undefined && [
        h('dt', {}, 'Time taken'),
        h('dd', {}, `p50 ${ms(endpoint.p50_ms)}, p95 ${ms(endpoint.p95_ms)}, p99 ${ms(endpoint.p99_ms)}`),
      ],
      hasTraffic &&
        endpoint.requests > 0 && [
          h('dt', {}, 'Answers'),
          h(
            'dd',
            {},
            endpoint.by_status
              .map((count, i) => count > 0 && `${i === 0 ? 'none' : `${i}xx`} ${percent(count, endpoint.requests)}`)
              .filter(Boolean)
              .join(', '),
          ),
        ],
    ),
    functionList('Look at these first', blocking, 20),
    functionList('Everything it reaches', all, 40),
  );
}
