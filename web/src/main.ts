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
mount(App, { target: document.getElementById('app') as HTMLElement });
