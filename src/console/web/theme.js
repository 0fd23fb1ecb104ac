// Light or dark: what the system prefers, unless somebody chose.
const CHOICES = ['system', 'light', 'dark'];

export const theme = () => {
  const kept = localStorage.getItem('banyan.theme');
  return CHOICES.includes(kept) ? kept : 'system';
};

export function applyTheme(next = theme()) {
  localStorage.setItem('banyan.theme', next);
  if (next === 'system')
    delete document.documentElement.dataset.theme;
  else
    document.documentElement.dataset.theme = next;
}

export const nextTheme = () => CHOICES[(CHOICES.indexOf(theme()) + 1) % CHOICES.length];
