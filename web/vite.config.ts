import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { offlineWorker } from './offlineWorker.ts';

// `STOA_WEB` points the development server at a running stack, which answers what is not a source file.
const stack = process.env['STOA_WEB'];
const proxy = stack ? Object.fromEntries(['/api', '/t', '/config.json'].map((path) => [path, stack])) : {};

export default defineConfig({
  plugins: [svelte(), offlineWorker()],
  server: { proxy },
  build: {
    target: 'es2022',
    // A font inlined as data would break `font-src 'self'` and delay the first paint.
    assetsInlineLimit: 0,
  },
});
