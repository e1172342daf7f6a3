export type Theme = 'system' | 'light' | 'dark';

const key = 'stoa.theme';

export const theme = $state<{ chosen: Theme }>({ chosen: (localStorage.getItem(key) as Theme | null) ?? 'system' });

export function applyTheme(chosen: Theme = theme.chosen): void {
  theme.chosen = chosen;
  if (chosen === 'system') {
    localStorage.removeItem(key);
    delete document.documentElement.dataset['theme'];
  } else {
    localStorage.setItem(key, chosen);
    document.documentElement.dataset['theme'] = chosen;
  }
}
