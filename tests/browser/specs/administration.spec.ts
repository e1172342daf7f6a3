import AxeBuilder from '@axe-core/playwright';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { expect, test } from '../support/course.ts';
import { ask } from '../support/signIn.ts';

const unique = (name: string) => `${name}-${randomUUID().slice(0, 8)}`;

async function isSound(page: Page, name: string): Promise<void> {
  await page.evaluate(() => document.fonts.ready);
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
  expect.soft(found, `axe on ${name}`).toEqual([]);
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect.soft(beyond, `${name} is wider than the window`).toBeLessThanOrEqual(0);
}

/** Invites somebody through the API; their key. */
async function invited(admin: Page, name: string, roles: string[] = ['learner']): Promise<{ person: string; email: string }> {
  const email = `${unique('browser')}@demo.example`;
  const { people } = await ask<{ people: { person: string }[] }>(admin, 'POST', '/api/people', {
    people: [{ email, name, roles }],
  });
  return { person: people[0]?.person ?? '', email };
}

const longName = 'Annegret Rheinschifffahrtsgesellschaftsvorstandsvorsitzende-Müller';

for (const viewport of [
  { width: 390, height: 844 },
  { width: 1280, height: 800 },
]) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`every page of an administrator is sound at ${viewport.width}, ${colorScheme}`, async ({ admin, course }) => {
      await admin.setViewportSize(viewport);
      await admin.emulateMedia({ colorScheme });
      const { person } = await invited(admin, longName);
      for (const [path, text] of [
        ['/admin', 'Audit log'],
        ['/admin/people', 'Find a name or address'],
        ['/admin/people/invite', 'Role in the whole organisation'],
        ['/admin/people/import', 'Or paste the table here'],
        [`/admin/people/${person}`, 'Save the roles'],
        ['/admin/organisation', 'Whom to ask for help'],
        ['/admin/audit', 'invited'],
        [`/admin/audit/of/${person}`, 'invited'],
        ['/cohorts/new', 'Choose a course'],
        [`/cohorts/${course.cohort}/settings`, 'Due, by the clock of'],
        [`/cohorts/${course.cohort}/members`, 'Enrol people'],
        [`/cohorts/${course.cohort}/enrol`, 'Or paste the addresses here'],
      ] as const) {
        await admin.goto(path);
        await expect(admin.getByText(text).first()).toBeAttached();
        await isSound(admin, path);
        await admin.screenshot({ path: `results/${path.slice(1).replaceAll('/', '-')}-${viewport.width}-${colorScheme}.png`, fullPage: true });
      }
    });
  }
}

test('the administrator finds administration in the menu, with the keyboard alone', async ({ admin }) => {
  await admin.getByRole('button', { name: /preferences and sign out/ }).focus();
  await admin.keyboard.press('Enter');
  await admin.getByRole('link', { name: 'Administration' }).focus();
  await admin.keyboard.press('Enter');
  await expect(admin.getByRole('heading', { level: 1, name: 'Administration' })).toBeVisible();
  await admin.getByRole('link', { name: 'People' }).focus();
  await admin.keyboard.press('Enter');
  await expect(admin.getByRole('heading', { level: 1, name: 'People' })).toBeVisible();
});

test('a learner is told that administration is for others', async ({ learner }) => {
  await learner.getByRole('button', { name: /preferences and sign out/ }).click();
  await expect(learner.getByRole('link', { name: 'Administration' })).toHaveCount(0);
  await learner.goto('/admin');
  await expect(learner.getByText('This page is for administrators')).toBeVisible();
});

test('a file of people is looked at, filtered, taken over, and found', async ({ admin }) => {
  const name = unique('Datei');
  const lines = Array.from({ length: 120 }, (_, at) => `${name}-${at}@demo.example;${name} ${at};learner`);
  const file = `E-Mail;Name;Rollen\r\n${lines.join('\r\n')}\r\nkein;Niemand;\r\n`;
  await admin.goto('/admin/people/import');
  // As a spreadsheet on Windows saves it.
  await admin.getByLabel('A file').setInputFiles({ name: 'leute.csv', mimeType: 'text/csv', buffer: Buffer.from(`${file}ä@demo.example;M\xfcller;\r\n`, 'latin1') });
  await expect(admin.getByText('read as Windows-1252')).toBeVisible();
  await admin.getByRole('button', { name: 'See what would change' }).click();
  await admin.getByRole('button', { name: '2 cannot be read' }).click();
  await expect(admin.getByRole('list', { name: 'Lines' }).getByRole('listitem')).toHaveCount(2);
  await admin.getByRole('button', { name: 'Make 120 changes' }).click();
  await expect(admin.getByText('The file is taken over.', { exact: true }).first()).toBeVisible({ timeout: 60_000 });
  await admin.getByRole('link', { name: 'See the people' }).click();
  await admin.getByRole('searchbox').fill(`${name} 119`);
  await expect(admin.getByRole('list', { name: 'People' }).getByRole('listitem')).toHaveCount(1);

  await admin.getByRole('link', { name: `${name} 119`, exact: true }).click();
  await expect(admin.getByRole('heading', { level: 1, name: `${name} 119` })).toBeVisible();
  await admin.goBack();
  await expect(admin.getByRole('searchbox')).toHaveValue(`${name} 119`);
  await admin.getByRole('searchbox').fill(name);
  const below = admin.getByRole('navigation', { name: 'Pages of people', exact: true });
  await expect(below).toContainText('1–50 of 120');
  // Turned from below, the next page begins at its beginning and can be turned on from there.
  await below.getByRole('button', { name: 'Next' }).press('Enter');
  await expect(admin.getByRole('navigation', { name: 'Pages of people, above the list' }).getByRole('button', { name: 'Next' })).toBeFocused();
  await admin.keyboard.press('Enter');
  await expect(below).toContainText('101–120 of 120');

  // Going back finds the page as well, also where it is not among the first people to come.
  const someone = admin.getByRole('list', { name: 'People' }).getByRole('link').first();
  const who = (await someone.textContent()) ?? '';
  await someone.click();
  await expect(admin.getByRole('heading', { level: 1, name: who, exact: true })).toBeVisible();
  await admin.goBack();
  await expect(below).toContainText('101–120 of 120');
});

test('roles are given for one cohort, and access is ended after saying what is lost', async ({ admin, course }) => {
  const { person } = await invited(admin, 'Rolf Rolle');
  await admin.goto(`/admin/people/${person}`);
  await admin.getByRole('combobox', { name: 'Role', exact: true }).selectOption('instructor');
  await admin.getByLabel('Where it holds').selectOption(course.cohort);
  await admin.getByRole('button', { name: 'Add' }).click();
  await admin.getByRole('button', { name: 'Save the roles' }).click();
  await expect(admin.getByRole('button', { name: 'Undo the changes' })).toHaveCount(0);
  const stored = await ask<{ roles: string[] }>(admin, 'GET', `/api/people/${person}`);
  expect(stored.roles).toEqual(['learner', `instructor@${course.cohort}`]);

  await admin.getByRole('button', { name: 'End access…' }).click();
  const dialog = admin.getByRole('dialog', { name: 'End the access of Rolf Rolle?' });
  await expect(dialog).toContainText('within 60 seconds');
  await isSound(admin, 'ending access');
  await dialog.getByRole('button', { name: 'Leave it as it is' }).click();
  expect((await ask<{ state: string }>(admin, 'GET', `/api/people/${person}`)).state).not.toBe('deactivated');
  await admin.getByRole('button', { name: 'End access…' }).click();
  await dialog.getByRole('button', { name: 'End access' }).click();
  await expect(admin.getByText(/Access ended at \d\d:\d\d:\d\d/)).toBeVisible();
  await admin.getByRole('button', { name: 'Give access back' }).click();
  await expect(admin.getByRole('button', { name: 'End access…' })).toBeVisible();
});

test('the session of somebody whose access ends is over within a minute', async ({ admin, browser }) => {
  // The author of the demo: no other spec signs in as them, and specs run beside one another.
  const { stack } = await import('../support/stack.ts');
  const author = stack.accounts.find((each) => each.role === 'author');
  if (!author) throw new Error('There is no author.');
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto('/');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('input[name="username"]').fill(author.email);
  await page.locator('input[name="password"]').fill(author.password);
  await page.locator('input[name="password"]').press('Enter');
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
  const { person } = await ask<{ person: string }>(page, 'GET', '/api/me');

  await admin.goto(`/admin/people/${person}`);
  try {
    await admin.getByRole('button', { name: 'End access…' }).click();
    await admin.getByRole('dialog').getByRole('button', { name: 'End access' }).click();
    const ended = Date.now();
    await expect(async () => {
      await page.goto('/');
      await expect(page.getByText('Your access has ended.')).toBeVisible({ timeout: 1_000 });
    }).toPass({ timeout: 60_000 });
    expect(Date.now() - ended).toBeLessThan(60_000);
    await admin.getByRole('button', { name: 'Give access back' }).click();
    await expect(admin.getByRole('button', { name: 'End access…' })).toBeVisible();
  } finally {
    // Whatever went wrong here, the next run begins as this one did.
    await ask(admin, 'DELETE', `/api/people/${person}/deactivation`);
  }
  await context.close();
});

test('a cohort is made from lists, with what its dates mean, and people are enrolled, withdrawn, taken back and moved', async ({
  admin,
  course,
}) => {
  const { cohorts } = await ask<{ cohorts: { cohort: string; course_title: string; course: string }[] }>(admin, 'GET', '/api/cohorts');
  const pattern = cohorts.find((each) => each.cohort === course.cohort);
  const name = unique('Wintersemester');
  await admin.goto('/cohorts');
  await admin.getByRole('link', { name: 'Make a cohort' }).click();
  await admin.getByLabel('Name', { exact: true }).fill(name);
  await admin.getByLabel('Course', { exact: true }).selectOption({ value: pattern?.course ?? '' });
  await admin.getByLabel('Time zone', { exact: true }).fill('America/New_York');
  const due = admin.getByLabel(course.quiz.title, { exact: true });
  await due.fill('2027-03-14T02:30');
  await expect(admin.getByText('The clocks go forward that night')).toBeVisible();
  await due.fill('2027-11-07T01:30');
  await expect(admin.getByText('the later one counts')).toBeVisible();
  await due.fill('2027-06-01T23:59');
  await expect(admin.getByText(/= Wed,? 2 Jun.* 05:59 your time/)).toBeVisible();
  await admin.getByRole('button', { name: 'Make the cohort' }).click();
  await expect(admin.getByRole('heading', { level: 1, name: `Members of ${name}` })).toBeVisible();

  const { email } = await invited(admin, 'Mia Mitglied');
  await admin.getByRole('link', { name: 'Enrol people' }).click();
  await admin.getByLabel('Or paste the addresses here').fill(`${email}\nnobody@demo.example\n`);
  await admin.getByRole('button', { name: 'See who would be enrolled' }).click();
  await expect(admin.getByText('Nobody has this address')).toBeVisible();
  await isSound(admin, 'a list before it is enrolled');
  await admin.getByRole('button', { name: 'Enrol 1' }).click();
  await admin.getByRole('link', { name: 'See the members' }).click();
  const member = admin.getByRole('listitem').filter({ hasText: 'Mia Mitglied' });
  await expect(async () => {
    await admin.reload();
    await expect(member).toBeVisible({ timeout: 3_000 });
  }).toPass();

  await admin.getByRole('button', { name: 'Withdraw: Mia Mitglied' }).click();
  await expect(member).toContainText('Withdrawn');
  await admin.getByRole('button', { name: 'Undo' }).click();
  await expect(member).not.toContainText('Withdrawn');

  await admin.getByRole('button', { name: 'Move: Mia Mitglied' }).click();
  const dialog = admin.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'To' }).selectOption(course.cohort);
  await dialog.getByRole('button', { name: 'Move', exact: true }).click();
  await expect(member).toHaveCount(0);
  await expect(async () => {
    await admin.goto(`/cohorts/${course.cohort}/members`);
    await expect(member).toBeVisible({ timeout: 3_000 });
  }).toPass();
});

test('a cohort that is saved again after its answer was lost is there once', async ({ admin, course }) => {
  const asked: string[] = [];
  admin.on('request', (request) => {
    if (request.method() === 'PUT') asked.push(new URL(request.url()).pathname);
  });
  const cohorts = () => ask<{ cohorts: { cohort: string; name: string; course: string }[] }>(admin, 'GET', '/api/cohorts');
  const pattern = (await cohorts()).cohorts.find((each) => each.cohort === course.cohort);
  const name = unique('Once');
  await admin.goto('/cohorts/new');
  await admin.getByLabel('Name', { exact: true }).fill(name);
  await admin.getByLabel('Course', { exact: true }).selectOption({ value: pattern?.course ?? '' });
  await expect(admin.getByLabel(course.quiz.title, { exact: true })).toBeVisible();
  await admin.route(
    '**/api/cohorts/*',
    async (route) => {
      // The server makes it, and the answer is lost on the way back.
      await route.fetch();
      await route.abort('connectionreset');
    },
    { times: 1 },
  );
  await admin.getByRole('button', { name: 'Make the cohort' }).click();
  await expect(admin.getByRole('alert')).toContainText('The server did not answer.');
  await admin.getByRole('button', { name: 'Make the cohort' }).click();
  await expect(admin.getByRole('heading', { level: 1, name: `Members of ${name}` })).toBeVisible();
  expect(asked).toHaveLength(2);
  expect(new Set(asked).size).toBe(1);
  await expect.poll(async () => (await cohorts()).cohorts.filter((each) => each.name === name).length).toBe(1);
});

test('who may not see a course’s Releases changes a cohort’s name and keeps its Release', async ({ admin, course }) => {
  const stored = () => ask<{ name: string; release: string }>(admin, 'GET', `/api/cohorts/${course.cohort}`);
  const { release } = await stored();
  const name = unique('Renamed');
  // As an instructor of this cohort alone is answered.
  await admin.route('**/api/courses/*/releases', (route) =>
    route.fulfill({ status: 403, json: { type: 'about:blank', title: 'Not allowed', status: 403 } }),
  );
  await admin.goto(`/cohorts/${course.cohort}/settings`);
  await expect(admin.getByLabel('Release', { exact: true }).locator('option')).toHaveText(['The present one']);
  await admin.getByLabel('Name', { exact: true }).fill(name);
  await admin.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(admin.getByRole('heading', { level: 1, name })).toBeVisible();
  expect(await stored()).toMatchObject({ name, release });
});

test('somebody is invited again after a question, and not twice in ten minutes', async ({ admin }) => {
  const { person, email } = await invited(admin, 'Vera Verloren');
  await admin.goto(`/admin/people/${person}`);
  await admin.getByRole('button', { name: 'Invite again…' }).click();
  await expect(admin.getByRole('dialog')).toContainText(`${email} gets a new invitation`);
  await isSound(admin, 'the question before an invitation');
  await admin.getByRole('dialog').getByRole('button', { name: 'Leave it as it is' }).click();
  await admin.getByRole('button', { name: 'Invite again…' }).click();
  const asked = admin.waitForResponse((response) => response.url().endsWith('/invitation'));
  await admin.getByRole('dialog').getByRole('button', { name: 'Invite again' }).click();
  expect((await asked).status()).toBe(200);
  await expect(admin.getByText('The invitation is sent again.')).toBeAttached();
  await admin.getByRole('button', { name: 'Invite again…' }).click();
  await admin.getByRole('dialog').getByRole('button', { name: 'Invite again' }).click();
  await expect(admin.getByText('less than ten minutes ago')).toBeVisible();
  await admin.getByRole('link', { name: 'What they did, and what was done to them' }).click();
  await expect(admin.getByText('invited Vera Verloren again')).toBeVisible();
});

test('the organisation’s colour is made readable, applied, and can be taken back', async ({ admin }) => {
  await admin.goto('/admin/organisation');
  await admin.getByLabel('Our own colour').check();
  // A yellow that nobody can read on paper.
  await admin.getByLabel('Colour', { exact: true }).fill('#ffdd00');
  await expect(admin.getByText(/Light pages: #[0-9a-f]{6}, contrast (4\.[5-9]|[5-9])/)).toBeVisible();
  await isSound(admin, 'a colour of one’s own');
  await admin.getByRole('button', { name: 'Save' }).click();
  await expect(admin.getByText('Saved.', { exact: true })).toBeVisible();
  const accent = await admin.evaluate(() => document.documentElement.style.getPropertyValue('--accent'));
  expect(accent).toMatch(/^light-dark\(#/);
  await isSound(admin, 'a page in the organisation’s colour');
  await admin.getByLabel('Stoa’s own purple').check();
  await admin.getByRole('button', { name: 'Save' }).click();
  await expect(admin.getByText('Saved.', { exact: true })).toBeVisible();
});

test('the audit log is narrowed to a person and exported', async ({ admin }) => {
  const { person } = await invited(admin, '=Formel');
  await admin.goto(`/admin/people/${person}`);
  await admin.getByRole('link', { name: 'What they did, and what was done to them' }).click();
  await expect(admin.getByRole('list', { name: 'Entries' }).getByRole('listitem')).toHaveCount(1);
  const download = admin.waitForEvent('download');
  await admin.getByRole('button', { name: 'Export for a spreadsheet' }).click();
  const file = readFileSync(await (await download).path(), 'utf8');
  expect(file.split('\n').filter(Boolean)).toHaveLength(2);
  expect(file).toContain("'=Formel");
});

test('what could not be fetched of one time is not said of another', async ({ admin }) => {
  await admin.goto('/admin/audit');
  await expect(admin.getByRole('list', { name: 'Entries' })).toBeVisible();
  // A log that goes on, whose older entries do not come.
  await admin.route(/\/api\/audit\?/, async (route) => {
    if (new URL(route.request().url()).searchParams.has('cursor')) return route.abort('connectionreset');
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...((await response.json()) as object), next: 'more' } });
  });
  await admin.getByRole('button', { name: 'Show', exact: true }).click();
  await admin.getByRole('button', { name: 'Show older entries' }).click();
  await expect(admin.getByRole('alert')).toBeVisible();
  await admin.getByLabel('Until, with that day').fill('2999-12-31');
  await admin.getByRole('button', { name: 'Show', exact: true }).click();
  await expect(admin.getByRole('button', { name: 'Show older entries' })).toBeVisible();
  await expect(admin.getByRole('alert')).toHaveCount(0);
});

test('the audit log shows what one request did to many people as one, and calls cohorts by their names', async ({ admin, course }) => {
  const both = [await invited(admin, 'Ada Eins'), await invited(admin, 'Bea Zwei')];
  await ask(admin, 'POST', `/api/cohorts/${course.cohort}/enrolments`, { people: both.map(({ person }) => person) });
  await admin.goto('/admin/audit');
  const entry = admin.getByRole('listitem').filter({ hasText: `enrolled 2 people in ${course.cohortName}` });
  await entry.getByText('The 2 people').click();
  await expect(entry.getByText('Ada Eins')).toBeVisible();
  await expect(entry.getByText('Bea Zwei')).toBeVisible();
});
