// All functions, searched and filtered. Only the rows in sight exist, so that 20,000 scroll as easily as 20.
const filter = {text: '', readiness: null, code: '', effect: '', level: '', sort: 'name', unused: false};
function openFunctions(wanted) {
  Object.assign(
    filter,
    {text: '', readiness: null, code: '', effect: '', level: '', sort: 'name', unused: false},
    wanted,
  );
  go('functions');
}

const searchText = [];
function matches(words) {
  const code = filter.code ? data.codes.findIndex(one => one.code === filter.code) : -1;
  const effect = filter.effect ? data.effects.indexOf(filter.effect) : -1;
  const found = [];
  for (let id = 0; id < functionCount; ++id) {
    if (filter.readiness !== null && F.readiness[id] !== filter.readiness) continue;
    if (code >= 0 && !F.reasons[id].some(reason => reason[0] === code)) continue;
    if (effect >= 0 && !((F.effects[id] >>> effect) & 1)) continue;
    if (filter.level !== '' && F.level[id] !== Number(filter.level)) continue;
    if (filter.unused && F.unused[id] !== 1) continue;
    if (words.length > 0) {
      searchText[id] ??= `${F.name[id]} ${files.path[F.file[id]]}`.toLowerCase();
      if (!words.every(word => searchText[id].includes(word))) continue;
    }
    found.push(id);
  }
  const by = {
    name: null,
    lines: (a, b) => F.lines[b] - F.lines[a],
    callers: (a, b) => callers(b).length - callers(a).length,
    readiness: (a, b) => F.readiness[b] - F.readiness[a],
    level: (a, b) => F.level[a] - F.level[b] || callers(b).length - callers(a).length,
    churn: (a, b) => files.commits[F.file[b]] - files.commits[F.file[a]],
  }[filter.sort];
  return by ? found.sort((a, b) => by(a, b) || a - b) : found;
}

const ROW = 38;
function showFunctions() {
  let found = [];
  const space = h('div', {style: 'position:relative'});
  const list = h('div', {class: 'list card', tabindex: 0, 'aria-label': 'Functions'}, space);
  const count = h('span', {class: 'quiet small'});
  const row = (id, i) =>
    h(
      'div',
      {
        class: 'row',
        style: `top:${i * ROW}px`,
        'data-id': id,
        onclick: event => {
          closePanel();
          event.currentTarget.classList.add('chosen');
          showFunction(id);
        },
      },
      h(
        'span',
        {class: 'ellipsis', title: F.name[id]},
        dot(READINESS[F.readiness[id]]),
        h('span', {class: 'mono'}, F.name[id]),
      ),
      h('span', {class: 'ellipsis quiet small'}, place(id)),
      h('span', {class: 'ellipsis small'}, F.reasons[id].map(reasonText).join(', ')),
      h('span', {class: 'right number small'}, n(F.lines[id])),
      h('span', {class: 'right number small'}, n(callers(id).length)),
    );
  // Only the rows in sight exist, so that 20,000 functions scroll as easily as 20.
  const drawRows = () => {
    const from = Math.max(0, Math.floor(list.scrollTop / ROW) - 8);
    const to = Math.min(found.length, from + Math.ceil((list.clientHeight || 800) / ROW) + 16);
    space.replaceChildren(...found.slice(from, to).map((id, i) => row(id, from + i)));
  };
  const update = () => {
    found = matches(filter.text.toLowerCase().split(/\s+/).filter(Boolean));
    count.textContent = `${n(found.length)} of ${n(functionCount)}`;
    space.style.height = `${found.length * ROW}px`;
    list.scrollTop = 0;
    drawRows();
  };
  const choose = (name, options, label) =>
    h(
      'select',
      {
        'aria-label': label,
        onchange: event => {
          filter[name] = event.target.value;
          update();
        },
      },
      h('option', {value: ''}, label),
      options.map(option => h('option', {value: option, selected: filter[name] === option}, option)),
    );
  const pressed = (button, on) => {
    button.setAttribute('aria-pressed', String(on));
    return button;
  };
  const readinessButtons = READINESS.map((name, i) =>
    pressed(
      h(
        'button',
        {
          class: 'toggle',
          onclick: () => {
            filter.readiness = filter.readiness === i ? null : i;
            readinessButtons.forEach((one, at) => pressed(one, filter.readiness === at));
            update();
          },
        },
        dot(name),
        name,
      ),
      filter.readiness === i,
    ),
  );
  const levels = levelCounts()
    .map((_, level) => String(level))
    .slice(0, 200);
  const sorts = [
    ['name', 'by file'],
    ['lines', 'longest first'],
    ['callers', 'most called first'],
    ['readiness', 'refused first'],
    ['level', 'leaves first'],
  ];
  if (data.churn.known) sorts.push(['churn', 'most changed first']);
  view.replaceChildren(
    h(
      'div',
      {class: 'tools'},
      h('input', {
        type: 'search',
        id: 'search',
        placeholder: 'Name or file',
        value: filter.text,
        'aria-label': 'Search functions',
        oninput: event => {
          filter.text = event.target.value;
          update();
        },
      }),
      readinessButtons,
      choose(
        'code',
        data.codes.map(code => code.code),
        'Any reason',
      ),
      choose('effect', data.effects, 'Any effect'),
      choose('level', levels, 'Any level'),
      h(
        'select',
        {
          'aria-label': 'Order',
          onchange: event => {
            filter.sort = event.target.value;
            update();
          },
        },
        sorts.map(([value, label]) => h('option', {value, selected: filter.sort === value}, label)),
      ),
      pressed(
        h(
          'button',
          {
            class: 'toggle',
            onclick: event => {
              filter.unused = !filter.unused;
              pressed(event.currentTarget, filter.unused);
              update();
            },
          },
          'nobody calls',
        ),
        filter.unused,
      ),
      count,
    ),
    h(
      'div',
      {class: 'head'},
      h('span', {}, 'Function'),
      h('span', {}, 'Where'),
      h('span', {}, 'Because'),
      h('span', {class: 'right'}, 'Lines'),
      h('span', {class: 'right'}, 'Callers'),
    ),
    list,
  );
  list.addEventListener('scroll', () => requestAnimationFrame(drawRows));
  update();
}
