// Charts, drawn as SVG.
function donut(counts, label) {
  const total = counts[0] + counts[1] + counts[2] || 1;
  const radius = 52;
  const around = 2 * Math.PI * radius;
  let at = 0;
  const arcs = READINESS.map((name, i) => {
    const length = (around * counts[i]) / total;
    const arc = s(
      'circle',
      {
        class: `s-${name}`,
        cx: 70,
        cy: 70,
        r: radius,
        fill: 'none',
        'stroke-width': 20,
        'stroke-dasharray': `${length} ${around - length}`,
        'stroke-dashoffset': -at,
        transform: 'rotate(-90 70 70)',
      },
      s('title', {}, `${n(counts[i])} ${name}`),
    );
    at += length;
    return counts[i] > 0 && arc;
  });
  return s(
    'svg',
    {viewBox: '0 0 140 140', width: 140, height: 140, role: 'img', 'aria-label': label},
    arcs,
    s(
      'text',
      {class: 'strong', x: 70, y: 70, 'text-anchor': 'middle', style: 'font-size:24px'},
      percent(counts[0], total),
    ),
    s('text', {x: 70, y: 88, 'text-anchor': 'middle'}, 'convertible'),
  );
}

// Each endpoint by traffic (or by size, without a log) and readiness.
function scatter() {
  const width = 560,
    height = 280,
    left = 44,
    bottom = 34;
  const points = data.endpoints.filter(
    endpoint => endpoint.state !== 'unknown' && (!hasTraffic || endpoint.requests > 0),
  );
  const value = endpoint =>
    hasTraffic
      ? endpoint.requests
      : Math.max(
          1,
          countsOf(endpoint.reaches).reduce((a, b) => a + b),
        );
  const most = Math.max(10, ...points.map(value));
  const plain = endpoint => {
    const [convertible, review, refused] = countsOf(endpoint.reaches);
    const all = convertible + review + refused;
    return all ? (convertible + review / 2) / all : 1;
  };
  const x = endpoint => left + ((width - left - 16) * Math.log(value(endpoint))) / Math.log(most);
  const y = endpoint => 14 + (height - bottom - 28) * (1 - plain(endpoint));
  const ticks = [];
  for (let tick = 1; tick <= most; tick *= 10) ticks.push(tick);
  return s(
    'svg',
    {
      viewBox: `0 0 ${width} ${height}`,
      width: '100%',
      role: 'img',
      'aria-label': 'Endpoints by size and readiness',
    },
    [0, 0.5, 1]
      .map(level => {
        const at = 14 + (height - bottom - 28) * (1 - level);
        return [
          s('line', {class: 'axis', x1: left, x2: width - 8, y1: at, y2: at}),
          s('text', {x: left - 8, y: at + 4, 'text-anchor': 'end'}, `${100 * level}%`),
        ];
      })
      .flat(),
    ticks.map(tick =>
      s(
        'text',
        {
          x: left + ((width - left - 16) * Math.log(tick)) / Math.log(most),
          y: height - 16,
          'text-anchor': 'middle',
        },
        short(tick),
      ),
    ),
    s('text', {x: width - 8, y: height - 2, 'text-anchor': 'end'}, hasTraffic ? 'requests' : 'functions reached'),
    points
      .slice(0, 1500)
      .reverse()
      .map(endpoint =>
        s(
          'circle',
          {
            class: `hit f-${endpoint.state}`,
            cx: x(endpoint),
            cy: y(endpoint),
            r: 5,
            'fill-opacity': 0.72,
            onclick: () => showEndpoint(endpoint),
          },
          s('title', {}, `${titleText(endpoint)}\n${why(endpoint)}`),
        ),
      ),
  );
}

function levelCounts() {
  const levels = [];
  for (let id = 0; id < functionCount; ++id) {
    const level = F.level[id];
    while (levels.length <= level) levels.push([0, 0, 0]);
    ++levels[level][F.readiness[id]];
  }
  return levels;
}

function levelChart(levels) {
  const width = 560,
    height = 220,
    bottom = 26;
  const shown = levels.slice(0, 40);
  const most = Math.max(1, ...shown.map(counts => counts[0] + counts[1] + counts[2]));
  const step = (width - 8) / shown.length;
  return s(
    'svg',
    {viewBox: `0 0 ${width} ${height}`, width: '100%', role: 'img', 'aria-label': 'Functions by level'},
    shown.map((counts, level) => {
      let top = height - bottom;
      const total = counts[0] + counts[1] + counts[2];
      return s(
        'g',
        {class: 'hit', onclick: () => openFunctions({level: String(level)})},
        s('title', {}, `level ${level}: ${n(total)} functions`),
        s('rect', {x: level * step, y: 0, width: step, height, fill: 'transparent'}),
        READINESS.map((name, i) => {
          const size = (counts[i] / most) * (height - bottom - 16);
          top -= size;
          return (
            size > 0 &&
            s('rect', {class: `f-${name}`, x: level * step + 1, y: top, width: Math.max(1, step - 3), height: size})
          );
        }),
        (shown.length < 22 || level % 5 === 0) &&
          s('text', {x: level * step + step / 2, y: height - 8, 'text-anchor': 'middle'}, String(level)),
      );
    }),
  );
}
