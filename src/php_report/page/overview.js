// The first view, which says what to move first, and the list of endpoints.
function headline() {
  const first = data.endpoints.find(endpoint => endpoint.score > 0);
  if (!first) {
    const counts = countsOf(data.totals.by_readiness);
    return [
      h('h1', {}, `${percent(counts[0], data.totals.functions)} of the functions convert as they are`),
      h(
        'p',
        {class: 'lead'},
        data.endpoints.length === 0
          ? 'No HTTP endpoint was found in these files, so nothing can be ranked. Start with the functions that ' +
              'call nothing else.'
          : 'No request of the log belongs to an endpoint that could be read. Start with the functions that call ' +
              'nothing else.',
      ),
      h(
        'div',
        {class: 'steps'},
        h(
          'button',
          {class: 'button', onclick: () => openFunctions({level: '0', readiness: 0})},
          'Show these functions',
        ),
      ),
    ];
  }
  const isBlocked = first.state === 'blocked';
  const part = hasTraffic ? percent(first.requests, data.traffic.requests) : '';
  return [
    h(
      'p',
      {class: 'quiet', style: 'margin:0 0 6px'},
      isBlocked ? 'What to work towards first' : 'What to move first',
    ),
    h('h1', {}, h('span', {class: 'mono'}, titleText(first))),
    h('p', {class: 'lead'}, part && `It takes ${part} of the requests along. `, `${why(first)} ${nextSentence()}`),
    h(
      'div',
      {class: 'steps'},
      h(
        'button',
        {class: 'button', onclick: () => showEndpoint(first)},
        isBlocked ? 'See what has to change' : 'See what it needs',
      ),
      h(
        'button',
        {class: 'button plain', onclick: () => go('endpoints')},
        `All ${n(data.endpoints.length)} endpoints`,
      ),
    ),
    !hasTraffic &&
      h(
        'p',
        {class: 'note small'},
        'Without an access log all endpoints weigh the same. Give one with ',
        h('code', {}, '--access-log FILE'),
        ' and those with much traffic come first.',
      ),
  ];
}

function nextSentence() {
  const states = data.totals.endpoints_by_state;
  return (
    `${plural(states.ready, 'endpoint is', 'endpoints are')} ready, ${n(states.review)} need a look, ` +
    `${n(states.blocked)} wait for functions that cannot be converted yet.`
  );
}

function endpointTable(list, offset = 0) {
  const most = Math.max(1, ...data.endpoints.slice(0, 200).map(endpoint => endpoint.requests || 0));
  return h(
    'div',
    {class: 'scroll'},
    h(
      'table',
      {},
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          h('th', {}, '#'),
          h('th', {}, 'Endpoint, and why'),
          hasTraffic && h('th', {class: 'right'}, 'Requests'),
          hasTraffic && h('th', {class: 'right'}, 'p95'),
          h('th', {}, 'What it reaches'),
          h('th', {}, ''),
        ),
      ),
      h(
        'tbody',
        {},
        list.map((endpoint, i) =>
          h(
            'tr',
            {
              class: 'open',
              tabindex: 0,
              onclick: () => showEndpoint(endpoint),
              onkeydown: event => event.key === 'Enter' && showEndpoint(endpoint),
            },
            h('td', {class: 'quiet number'}, String(offset + i + 1)),
            h('td', {}, title(endpoint), h('div', {class: 'why'}, why(endpoint))),
            hasTraffic &&
              h(
                'td',
                {class: 'right number', style: 'min-width:90px'},
                short(endpoint.requests),
                h(
                  'div',
                  {class: 'share', style: 'margin-top:4px'},
                  h('i', {class: 'traffic', style: `width:${(100 * endpoint.requests) / most}%`}),
                ),
              ),
            hasTraffic && h('td', {class: 'right number', style: 'white-space:nowrap'}, ms(endpoint.p95_ms)),
            h('td', {style: 'width:150px;padding-top:14px'}, share(countsOf(endpoint.reaches))),
            h('td', {}, chip(endpoint.state, endpoint.state)),
          ),
        ),
      ),
    ),
  );
}

function stat(value, label, extra) {
  return h(
    'div',
    {class: 'card stat'},
    h('b', {}, value),
    h('span', {class: 'quiet'}, label),
    extra && h('div', {class: 'small quiet'}, extra),
  );
}

function showOverview() {
  const totals = data.totals;
  const counts = countsOf(totals.by_readiness);
  const top = data.blockers.slice(0, 8);
  const most = Math.max(1, ...data.codes.map(code => code.functions));
  view.replaceChildren(
    h(
      'div',
      {class: 'grid hero'},
      h('section', {class: 'card'}, headline()),
      h(
        'section',
        {class: 'card'},
        h('h2', {}, 'Functions'),
        h(
          'div',
          {class: 'donut'},
          donut(counts, 'Functions by readiness'),
          h(
            'div',
            {class: 'legend'},
            READINESS.map((name, i) =>
              h('button', {onclick: () => openFunctions({readiness: i})}, dot(name), name, h('b', {}, n(counts[i]))),
            ),
          ),
        ),
      ),
    ),
    h(
      'div',
      {class: 'grid stats'},
      stat(n(totals.files), 'files', `${short(totals.lines)} lines`),
      stat(n(totals.functions), 'functions', plural(totals.classes, 'class', 'classes')),
      stat(n(totals.endpoints), 'endpoints', `${n(totals.endpoints_by_state.ready)} ready to move`),
      hasTraffic
        ? stat(
            percent(data.traffic.matched, data.traffic.requests),
            'of the requests matched',
            `${short(data.traffic.requests)} in the log`,
          )
        : stat('–', 'no access log', 'ranked by readiness alone'),
      stat(n(totals.unused_functions), 'functions nobody calls', 'delete before moving'),
      data.taint_flow_count > 0 && stat(n(data.taint_flow_count), 'data flows to look at', 'see Security'),
    ),
    h(
      'div',
      {class: 'grid halves'},
      h(
        'section',
        {class: 'card'},
        h('h2', {}, data.endpoints[0]?.state === 'blocked' ? 'Nearest to moving' : 'Move these first'),
        h(
          'p',
          {class: 'quiet small'},
          hasTraffic
            ? 'By requests times readiness of everything they reach.'
            : 'By readiness of everything they reach.',
        ),
        endpointTable(data.endpoints.filter(endpoint => endpoint.score > 0).slice(0, 8)),
        data.endpoints.length > 8 &&
          h('p', {}, h('button', {class: 'link', onclick: () => go('endpoints')}, 'All endpoints')),
      ),
      h(
        'section',
        {class: 'card bars'},
        h('h2', {}, 'Then work on these functions'),
        h(
          'p',
          {class: 'quiet small'},
          `They hold up the most ${hasTraffic ? 'requests' : 'endpoints'}: how many, on the right.`,
        ),
        top.length === 0 && h('p', {}, 'Nothing holds up any endpoint.'),
        top.map(blocker =>
          h(
            'button',
            {onclick: () => showFunction(blocker.function)},
            h(
              'span',
              {class: 'ellipsis'},
              dot(READINESS[F.readiness[blocker.function]]),
              h('span', {class: 'mono'}, F.name[blocker.function]),
            ),
            h('span', {class: 'right number small'}, hasTraffic ? short(blocker.requests) : n(blocker.endpoints)),
            h('span', {class: 'quiet small ellipsis'}, F.reasons[blocker.function].map(reasonText).join(', ')),
          ),
        ),
      ),
    ),
    h(
      'div',
      {class: 'grid even'},
      data.endpoints.length > 0 &&
        h(
          'section',
          {class: 'card'},
          h('h2', {}, 'Endpoints'),
          h('p', {class: 'quiet small'}, 'Top right moves first. Each dot opens.'),
          scatter(),
        ),
      h(
        'section',
        {class: 'card bars'},
        h('h2', {}, 'What stands in the way'),
        h('p', {class: 'quiet small'}, 'Functions by reason.'),
        data.codes.slice(0, 9).map(code =>
          h(
            'button',
            {onclick: () => openFunctions({code: code.code})},
            h(
              'span',
              {class: 'ellipsis'},
              dot(code.refuses ? 'refused' : 'review'),
              h('span', {class: 'mono'}, code.code),
              ' ',
              h('span', {class: 'quiet small'}, code.title),
            ),
            h('span', {class: 'right number small'}, n(code.functions)),
            h(
              'span',
              {class: 'share'},
              h('i', {
                class: code.refuses ? 'refused' : 'review',
                style: `width:${(100 * code.functions) / most}%`,
              }),
            ),
          ),
        ),
      ),
    ),
  );
}

const endpointFilter = {text: '', state: ''};
function showEndpoints() {
  const results = h('div', {});
  const draw = () => {
    const words = endpointFilter.text.toLowerCase().split(/\s+/).filter(Boolean);
    const list = data.endpoints
      .map((endpoint, i) => [endpoint, i])
      .filter(
        ([endpoint]) =>
          (!endpointFilter.state || endpoint.state === endpointFilter.state) &&
          words.every(word =>
            `${titleText(endpoint)} ${endpoint.handler.name} ${endpoint.file}`.toLowerCase().includes(word),
          ),
      );
    const shown = list.slice(0, 300).map(([endpoint]) => endpoint);
    results.replaceChildren(
      endpointTable(shown),
      (list.length > 300 && h('p', {class: 'quiet small'}, `${n(list.length - 300)} more: search to find them.`)) ||
        '',
    );
  };
  view.replaceChildren(
    h(
      'div',
      {class: 'tools'},
      h('input', {
        type: 'search',
        placeholder: 'Path, handler or file',
        value: endpointFilter.text,
        'aria-label': 'Search endpoints',
        oninput: event => {
          endpointFilter.text = event.target.value;
          draw();
        },
      }),
      ['ready', 'review', 'blocked', 'unknown'].map(state =>
        h(
          'button',
          {
            class: 'toggle',
            'aria-pressed': endpointFilter.state === state,
            onclick: event => {
              endpointFilter.state = endpointFilter.state === state ? '' : state;
              event.target.parentNode
                .querySelectorAll('.toggle')
                .forEach(one => one.setAttribute('aria-pressed', String(one.textContent === endpointFilter.state)));
              draw();
            },
          },
          state,
        ),
      ),
    ),
    h('section', {class: 'card'}, results),
  );
  draw();
}
