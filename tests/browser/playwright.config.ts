import { defineConfig } from '@playwright/test';
import { chromium } from './support/chromium.ts';
import { stack } from './support/stack.ts';

// The browser of the system, against a stack that is running already. Nothing here starts or fakes a server.
export default defineConfig({
  testDir: './specs',
  outputDir: './results',
  fullyParallel: true,
  workers: 2,
  forbidOnly: true,
  // A spec that passes on its second try is listed as flaky, and is to be mended.
  retries: 1,
  // A local AWS answers some first calls only after starting a function, and a machine may be slow or busy.
  timeout: 300_000,
  expect: { timeout: 20_000 },
  reporter: [['list']],
  use: {
    baseURL: stack.web,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: chromium,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
