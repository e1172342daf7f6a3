import { expect, test } from '../support/course.ts';

const hostile = `
  <h1>Heading</h1><h5>Far below</h5>
  <p onclick="document.title='pwned'" style="position:fixed" class="act" id="main">Text that stays</p>
  <script>document.title = 'pwned'</script>
  <img src="https://elsewhere.invalid/pixel.png" onerror="document.title='pwned'">
  <a href="javascript:document.title='pwned'">A link that leads nowhere</a>
  <a href="https://example.org/">A link to another site</a>
  <form action="https://elsewhere.invalid/"><input name="password"></form>
  <iframe src="https://elsewhere.invalid/"></iframe>
  <svg><a href="javascript:alert(1)"><text>svg</text></a></svg>
  <math><mtext><img src=x onerror="document.title='pwned'"></mtext></math>
  <unknown>Words in an unknown element</unknown>`;

// The server sanitises what it stores. This test stands in for the day on which it does not.
test('hostile markup in a lesson loses everything but its words', async ({ learner, course }) => {
  const abroad: string[] = [];
  learner.on('request', (request) => {
    if (request.url().includes('elsewhere.invalid')) abroad.push(request.url());
  });
  await learner.route(`**/n/${course.lesson.id}.json`, (route) =>
    route.fulfill({ json: { node: course.lesson.id, blocks: [{ type: 'html', html: hostile }] } }),
  );
  await learner.goto(`/courses/${course.enrolment}/lessons/${course.lesson.id}`);

  const prose = learner.locator('article .prose');
  await expect(prose.getByText('Text that stays')).toBeVisible();
  await expect(prose.getByText('Words in an unknown element')).toBeVisible();
  expect(await prose.locator('script, style, img, form, input, iframe, svg, math, unknown').count()).toBe(0);
  const attributes = await prose.evaluate((host) =>
    [...host.querySelectorAll('*')].flatMap((element) => element.getAttributeNames()),
  );
  expect([...new Set(attributes)].sort()).toEqual(['href', 'rel', 'target']);
  await expect(prose.getByText('A link that leads nowhere')).not.toHaveAttribute('href');
  await expect(prose.getByRole('link')).toHaveAttribute('rel', 'noopener noreferrer');
  await expect(prose.getByRole('heading', { level: 2 })).toHaveText('Heading');
  await expect(prose.getByRole('heading', { level: 3 })).toHaveText('Far below');
  await expect(learner).toHaveTitle(`${course.lesson.title} · Stoa`);
  expect(abroad).toEqual([]);
});
