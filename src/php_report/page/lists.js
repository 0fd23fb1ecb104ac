// The views that list the rest: files, order, reasons, traffic, security, and how the report was made.
function fileTree() {
  const root = {name: '', children: new Map(), counts: [0, 0, 0], lines: 0, commits: 0, file: -1};
  const leaves = files.path.map((path, file) => {
    let node = root;
    const chain = [root];
    for (const part of path.split('/')) {
      if (!node.children.has(part))
        node.children.set(part, {
          name: part,
          children: new Map(),
          counts: [0, 0, 0],
          lines: 0,
          commits: 0,
          file: -1,
        });
      node = node.children.get(part);
      chain.push(node);
    }
    node.file = file;
    for (const one of chain) {
      one.lines += files.lines[file];
      if (data.churn.known) one.commits += files.commits[file];
    }
    return chain;
  });
  for (let id = 0; id < functionCount; ++id) {
    for (const node of leaves[F.file[id]]) ++node.counts[F.readiness[id]];
  }
  return root;
}

function showFiles() {
  const container = h('div', {class: 'tree'});
  const draw = (node, depth, path) => {
    const box = h('div', {});
    const isFolder = node.children.size > 0;
    const total = node.counts[0] + node.counts[1] + node.counts[2];
    const twist = h('span', {class: 'twist'}, isFolder ? '▸' : '');
    let open = false;
    const inner = h('div', {hidden: true});
    const toggle = () => {
      if (!isFolder) {
        openFunctions({text: path});
        return;
      }
      open = !open;
      twist.textContent = open ? '▾' : '▸';
      inner.hidden = !open;
      if (open && inner.childElementCount === 0)
        inner.append(...sorted(node).map(child => draw(child, depth + 1, `${path}/${child.name}`)));
    };
    box.append(
      h(
        'button',
        {onclick: toggle, style: `--depth:${depth}`},
        h(
          'span',
          {class: 'label ellipsis'},
          twist,
          h('span', {class: isFolder ? '' : 'mono'}, node.name),
          node.file >= 0 && files.broken[node.file] === 1 && chip('syntax errors', 'refused'),
        ),
        total > 0 ? share(node.counts) : h('span', {}),
        h('span', {class: 'right number small'}, total > 0 ? n(total) : ''),
        h('span', {class: 'right number small'}, short(node.lines)),
        h('span', {class: 'right number small'}, data.churn.known ? short(node.commits) : ''),
      ),
      inner,
    );
    if (depth === 0 && path === '' && isFolder) toggle();
    return box;
  };
  const sorted = node =>
    [...node.children.values()].sort(
      (a, b) => (b.children.size > 0) - (a.children.size > 0) || (a.name < b.name ? -1 : 1),
    );
  const root = fileTree();
  container.append(
    h(
      'div',
      {class: 'head', style: 'grid-template-columns:minmax(0,1fr) 160px 90px 80px 90px;padding:0 8px 6px'},
      h('span', {}, 'File'),
      h('span', {}, 'Readiness'),
      h('span', {class: 'right'}, 'Functions'),
      h('span', {class: 'right'}, 'Lines'),
      h('span', {class: 'right'}, data.churn.known ? 'Commits' : ''),
    ),
    ...sorted(root).map(child => draw(child, 0, child.name)),
  );
  view.replaceChildren(
    h(
      'section',
      {class: 'card'},
      container,
      !data.churn.known &&
        h(
          'p',
          {class: 'quiet small', style: 'margin-top:12px'},
          `How often files change is not shown: ${data.churn.missing_because}.`,
        ),
    ),
  );
}

function showOrder() {
  const levels = levelCounts();
  view.replaceChildren(
    h(
      'section',
      {class: 'card', style: 'margin-bottom:16px'},
      h('h2', {}, 'Leaves first'),
      h(
        'p',
        {class: 'lead'},
        'A function of level 0 calls nothing of the code base; one of level 3 calls functions of levels 0 to 2. ' +
          'Converted in this order, whatever a function calls is there already. Functions that call each other ' +
          'in a circle share a level and move together.',
      ),
      levelChart(levels),
    ),
    h(
      'section',
      {class: 'card'},
      h(
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
              h('th', {}, 'Level'),
              h('th', {class: 'right'}, 'Functions'),
              h('th', {}, 'Readiness'),
              h('th', {class: 'right'}, 'Convertible so far'),
            ),
          ),
          h(
            'tbody',
            {},
            (() => {
              let done = 0;
              return levels.slice(0, 400).map((counts, level) => {
                done += counts[0];
                return h(
                  'tr',
                  {
                    class: 'open',
                    tabindex: 0,
                    onclick: () => openFunctions({level: String(level), sort: 'callers'}),
                  },
                  h('td', {class: 'number'}, String(level)),
                  h('td', {class: 'right number'}, n(counts[0] + counts[1] + counts[2])),
                  h('td', {style: 'padding-top:14px;min-width:180px'}, share(counts)),
                  h('td', {class: 'right number'}, percent(done, functionCount)),
                );
              });
            })(),
          ),
        ),
      ),
    ),
  );
}

function showReasons() {
  view.replaceChildren(
    h(
      'section',
      {class: 'card'},
      h('h2', {}, 'Why functions are not convertible as they are'),
      h(
        'p',
        {class: 'quiet'},
        'The codes are stable; ',
        h('code', {}, 'banyan php explain CODE'),
        ' prints the same.',
      ),
      data.codes.map(code =>
        h(
          'details',
          {},
          h(
            'summary',
            {},
            dot(code.refuses ? 'refused' : 'review'),
            h('b', {}, code.code),
            h('span', {class: 'quiet'}, code.title),
            h('span', {class: 'number'}, n(code.functions)),
          ),
          h('p', {style: 'max-width:75ch;margin-top:8px'}, code.explanation),
          h(
            'button',
            {class: 'link', onclick: () => openFunctions({code: code.code})},
            `Show the ${plural(code.functions, 'function')}`,
          ),
        ),
      ),
    ),
  );
}

function showTraffic() {
  const traffic = data.traffic;
  const rest = traffic.requests - traffic.matched - traffic.assets;
  const listed = traffic.unmatched.reduce((sum, one) => sum + one[1], 0);
  view.replaceChildren(
    h(
      'div',
      {class: 'grid stats'},
      stat(short(traffic.requests), 'requests', traffic.log),
      stat(short(traffic.matched), 'of known endpoints'),
      stat(short(traffic.assets), 'for files', 'styles, scripts, images'),
      stat(short(rest), 'of no known endpoint'),
      traffic.unreadable > 0 && stat(short(traffic.unreadable), 'lines not read', 'neither JSON nor combined form'),
    ),
    h(
      'section',
      {class: 'card'},
      h('h2', {}, 'Requests of no known endpoint'),
      h(
        'p',
        {class: 'quiet small'},
        rest > listed ? `The most frequent; ${n(rest - listed)} others are not listed.` : 'All of them.',
      ),
      h(
        'table',
        {},
        h(
          'tbody',
          {},
          traffic.unmatched.map(([path, count]) =>
            h('tr', {}, h('td', {class: 'path'}, path), h('td', {class: 'right number'}, n(count))),
          ),
        ),
      ),
    ),
  );
}

function showSecurity() {
  view.replaceChildren(
    h(
      'section',
      {class: 'card'},
      h('h2', {}, 'Where data of a request may do harm'),
      h(
        'p',
        {class: 'quiet'},
        `${plural(data.taint_flow_count, 'way')} from what a client sends to a place where it may not be safe. Mend ` +
          'these while moving.',
      ),
      data.taint_flows.map(flow =>
        h(
          'details',
          {},
          h(
            'summary',
            {},
            chip(flow.sink, 'refused'),
            h('span', {class: 'mono'}, flow.name),
            h('span', {class: 'quiet small ellipsis'}, flow.function >= 0 ? F.name[flow.function] : ''),
          ),
          h(
            'ol',
            {},
            flow.steps.map(step =>
              h(
                'li',
                {class: 'small'},
                h('span', {class: 'mono'}, `${files.path[step[0]]}:${step[1]}`),
                ' ',
                step[2],
              ),
            ),
          ),
          flow.function >= 0 &&
            h('button', {class: 'link', onclick: () => showFunction(flow.function)}, 'Show the function'),
        ),
      ),
    ),
  );
}

function showAbout() {
  const line = text => h('p', {style: 'max-width:75ch'}, text);
  view.replaceChildren(
    h(
      'section',
      {class: 'card'},
      h('h2', {}, 'How this was made'),
      line(
        `The files were read as PHP ${data.php}; nothing was run. Endpoints come from routes of Laravel, Lumen, ` +
          'Slim, Symfony and WordPress, ' +
          'from conditions on the address of the request, and from files that are asked for directly.',
      ),
      line(
        'A function is convertible if nothing in it needs PHP itself at run time; to review if a person has to ' +
          'decide something; refused if it cannot be converted as it is. ' +
          'An endpoint is ready if everything it reaches is convertible, and blocked if anything it reaches is ' +
          'refused.',
      ),
      line(
        'The order to move in is requests times readiness. Readiness is the share of convertible functions among ' +
          'all that the endpoint reaches, ' +
          'those to review counted half, divided by one more than are refused. ' +
          'What takes all other requests (/*) moves last.',
      ),
      line(
        'What an endpoint reaches is what the call graph says. Calls whose target is computed are missing from ' +
          'it; the functions that have them are to review for that reason.',
      ),
      data.public_folders.length > 0 &&
        line(`Public folders taken: ${data.public_folders.map(one => one || '(the root)').join(', ')}.`),
      data.churn.known
        ? line('Changes come from the history of git.')
        : line(`Changes are not shown: ${data.churn.missing_because}.`),
    ),
  );
}
