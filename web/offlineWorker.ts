import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

const source = new URL('src/offline/worker.js', import.meta.url);

/** Fonts of other scripts are fetched by those who need them. */
const isKept = (file: string) => /\.(js|css)$/.test(file) || /latin-wght/.test(file);

/** Writes `sw.js` with the names of all files of the build, which only the build knows. */
export function offlineWorker(): Plugin {
  return {
    name: 'offline-worker',
    generateBundle(_, bundle) {
      const files = Object.keys(bundle)
        .filter(isKept)
        .map((file) => `/${file}`)
        .sort();
      const list = JSON.stringify(files);
      const name = createHash('sha256').update(list).digest('hex').slice(0, 12);
      const code = readFileSync(source, 'utf8')
        .replace('/* the files of this build */ []', list)
        .replace("/* the name of this build */ 'dev'", `'${name}'`);
      this.emitFile({ type: 'asset', fileName: 'sw.js', source: code });
    },
  };
}
