import './styles/faces.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/page.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { followLinks } from './routing/place.svelte';
import { applyTheme } from './ui/theme.svelte';

applyTheme();
followLinks();
// After the first paint: the store is for the next visit.
if (import.meta.env.PROD)
  addEventListener('load', () => void navigator.serviceWorker?.register('/sw.js').catch(() => undefined));
mount(App, { target: document.getElementById('app') as HTMLElement });
