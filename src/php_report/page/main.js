// Which view is shown, light or dark, and the keys.
const tabs = [
  ['overview', 'Overview', showOverview],
  ['endpoints', 'Endpoints', showEndpoints],
  ['functions', 'Functions', showFunctions],
  ['files', 'Files', showFiles],
  ['order', 'Order', showOrder],
  ['reasons', 'Reasons', showReasons],
];
if (hasTraffic) tabs.push(['traffic', 'Traffic', showTraffic]);
if (data.taint_flow_count > 0) tabs.push(['security', 'Security', showSecurity]);
tabs.push(['about', 'About', showAbout]);

function go(name) {
  if (location.hash.slice(1) === name) show();
  else location.hash = name;
}

function show() {
  const wanted = tabs.find(tab => tab[0] === location.hash.slice(1)) || tabs[0];
  closePanel();
  document
    .getElementById('tabs')
    .replaceChildren(
      ...tabs.map(tab =>
        h('button', {role: 'tab', 'aria-selected': String(tab === wanted), onclick: () => go(tab[0])}, tab[1]),
      ),
    );
  wanted[2]();
  window.scrollTo(0, 0);
}

const dark = matchMedia('(prefers-color-scheme: dark)');
let theme = dark.matches ? 'dark' : 'light';
const setTheme = value => {
  theme = value;
  document.documentElement.dataset.theme = value;
};
setTheme(theme);
dark.addEventListener('change', () => setTheme(dark.matches ? 'dark' : 'light'));
document.getElementById('theme').addEventListener('click', () => setTheme(theme === 'dark' ? 'light' : 'dark'));
document.addEventListener('keydown', event => {
  if (event.key === 'Escape') closePanel();
  if (event.key === '/' && !/INPUT|SELECT/.test(event.target.tagName)) {
    event.preventDefault();
    if (location.hash !== '#functions') openFunctions({});
    setTimeout(() => document.getElementById('search').focus());
  }
});
window.addEventListener('hashchange', show);
show();
