// Walks the pages in a real Chrome 80 as a phone of 360 px: every page, a teacher's wall, a student's lesson, the file taken home, a television.
// node walk.cjs JOB: a JSON file { hub, strangers, language, pages, code, group, folder, screenshots }.
// Prints one line a step; ends with 1 and what went wrong at the first step that fails.
const fs = require('fs');
const path = require('path');
const zlib = require('zlib');
const puppeteer = require('puppeteer-core');

const PATIENCE_MS = 60_000;
const job = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const say = (english, vietnamese) => (job.language === 'vi' ? vietnamese : english);

/** The program out of the package, written beside it once. */
function chrome() {
  const packed = path.join(path.dirname(require.resolve('chrome-aws-lambda/package.json')), 'bin', 'chromium.br');
  const program = path.join(__dirname, 'node_modules', '.chrome80');
  if (!fs.existsSync(program)) {
    const part = `${program}.${process.pid}`;
    fs.writeFileSync(part, zlib.brotliDecompressSync(fs.readFileSync(packed)), { mode: 0o755 });
    fs.renameSync(part, program);
  }
  return program;
}

/** A page that remembers what went wrong on it. */
async function visit(browser, wide) {
  const page = await browser.newPage();
  const troubles = [];
  await page.setViewport(wide ? { width: 1280, height: 720 } : { width: 360, height: 740, isMobile: true, hasTouch: true });
  await page.setExtraHTTPHeaders({ 'accept-language': job.language });
  page.setDefaultTimeout(PATIENCE_MS);
  page.on('pageerror', error => troubles.push(`script: ${error.message || error}`));
  page.on('console', message => message.type() === 'error' && troubles.push(`console: ${message.text()} ${(message.location() || {}).url || ""}`));
  page.on('response', answer => answer.status() >= 400 && troubles.push(`${answer.status()} ${answer.url()}`));
  page.on('request', request => /^https?:/.test(request.url()) && ![job.hub, job.strangers].some(own => request.url().startsWith(own)) && troubles.push(`asks ${request.url()}`));
  return { page, troubles };
}

const has = (page, selector, pattern) => page.waitForFunction(
  (of, like) => [...document.querySelectorAll(of)].some(one => new RegExp(like).test(one.textContent)), { polling: 100 }, selector, pattern);
const shown = (page, selector) => page.waitForSelector(selector, { visible: true });
const click = async (page, selector) => {
  // By the element itself: between measuring where it is and tapping there, a page that lives may have moved it.
  await shown(page, selector);
  await page.$eval(selector, one => one.click());
};
const fill = async (page, selector, text) => {
  await shown(page, selector);
  await page.$eval(selector, one => { one.value = ''; });
  await page.type(selector, text);
};
/** A chart that has a line: dots of the first line's colour in at least a tenth of the picture's columns. */
const drawn = (page, selector, colour = '--s1') => page.waitForFunction((of, ink) => {
  const canvas = document.querySelector(of);
  if (!canvas || canvas.width === 0) {
    return false;
  }
  const pen = document.createElement('canvas').getContext('2d');
  pen.fillStyle = ink.startsWith('--') ? getComputedStyle(document.documentElement).getPropertyValue(ink).trim() : ink;
  pen.fillRect(0, 0, 1, 1);
  const [red, green, blue] = pen.getImageData(0, 0, 1, 1).data;
  const { data, width } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const columns = new Set();
  for (let i = 0; i < data.length; i += 4) {
    if (data[i] === red && data[i + 1] === green && data[i + 2] === blue && data[i + 3] > 200) {
      columns.add((i / 4) % width);
    }
  }
  return columns.size > width / 10;
}, { polling: 200 }, selector, colour);

async function check(name, { page, troubles }) {
  // What stands out makes a phone's innerWidth as wide as itself: the device's own width counts.
  const wide = await page.evaluate(device => document.documentElement.scrollWidth - device, page.viewport().width);
  if (wide > 0) {
    troubles.push(`scrolls sideways by ${wide} px`);
  }
  const text = await page.evaluate(() => document.body.innerText);
  troubles.push(...(text.match(/.*(undefined|NaN|\{\d\}).*/g) || []).map(line => `a text is missing: ${line}`));
  if (job.screenshots) {
    await page.screenshot({ path: path.join(job.screenshots, `chrome80-${name.replace(/[^a-z0-9]+/gi, '-')}-${job.language}.png`), fullPage: true });
  }
  if (troubles.length > 0) {
    throw new Error(`${name}: ${troubles.join('; ')}`);
  }
  console.log(`ok ${name}`);
}

async function pages(browser) {
  for (const one of job.pages) {
    const seen = await visit(browser, false);
    await seen.page.goto(new URL(one, job.hub).href, { waitUntil: 'load' });
    if (await seen.page.$('#plot')) {
      await drawn(seen.page, '#plot canvas');
    }
    await check(`page ${one}`, seen);
    await seen.page.close();
  }
}

async function wall(browser) {
  const seen = await visit(browser, true);
  await seen.page.goto(new URL('/class', job.hub).href, { waitUntil: 'load' });
  await click(seen.page, '#try');
  await has(seen.page, '.tile .now b', '[0-9]');
  await seen.page.waitForFunction(() => /L/.test((document.querySelector('.tile .sparkline path') || { getAttribute: () => '' }).getAttribute('d')));
  await click(seen.page, '.tile[data-group=turtle] .spot-button');
  await has(seen.page, '.tile.is-spot h2', say('Sea turtle', 'Rùa biển'));
  await check('wall', seen);
  await seen.page.close();
}

async function lesson(browser) {
  const seen = await visit(browser, false);
  const page = seen.page;
  await page.goto(new URL(`/j/${job.code}`, job.strangers).href, { waitUntil: 'load' });
  await click(page, '#join button');
  await page.waitForSelector(`#groups input[value=${job.group}]`);
  await page.$eval(`#groups input[value=${job.group}]`, one => one.click());
  await click(page, '#mascots button.main');
  await click(page, '#go');
  await has(page, '#link', '●');
  await has(page, '#cards b', '[0-9]');
  await drawn(page, '#plot canvas');
  await check('lesson live', seen);

  await click(page, '[data-tab=predict]');
  await fill(page, '[name=number]', say('7.5', '7,5'));
  await click(page, '#predict-form button.main');
  await page.waitForSelector('#predictions li');
  await click(page, '[data-tab=measure]');
  await fill(page, '[name=site]', 'Bến 1');
  await click(page, '#unsteady');
  await click(page, '#keep-button');
  await page.waitForSelector('#samples tr td');
  await fill(page, '[name=text]', 'Nước đục hơn');
  await click(page, '#note button');
  await has(page, '#notes li:not(.waiting)', 'đục');
  await click(page, '#start');
  await shown(page, '#stop');
  await has(page, '#run-line', '● \\D*([5-9]|[1-9]\\d)([.,]\\d)? (s|giây)');
  await click(page, '#stop');
  await shown(page, '#start');
  await click(page, '[data-tab=compare]');
  await page.waitForSelector('#numbers tr');
  await drawn(page, '#overlay canvas');
  await check('lesson compare', seen);

  await page.reload({ waitUntil: 'load' });
  await page.waitForFunction(() => document.querySelector('[data-tab=compare]').getAttribute('aria-pressed') === 'true');
  await click(page, '[data-tab=home]');
  await page._client.send('Page.setDownloadBehavior', { behavior: 'allow', downloadPath: job.folder });
  await click(page, '#take-home');
  const file = await arrived(job.folder);
  await check('lesson home', seen);
  await page.close();
  return file;
}

/** The file a browser has finished writing into a folder. */
async function arrived(folder) {
  const until = Date.now() + PATIENCE_MS;
  while (Date.now() < until) {
    const names = fs.readdirSync(folder).filter(name => name.endsWith('.html'));
    if (names.length > 0 && fs.statSync(path.join(folder, names[0])).size > 0) {
      return path.join(folder, names[0]);
    }
    await new Promise(next => setTimeout(next, 100));
  }
  throw new Error('the file to take home did not come');
}

async function home(browser, file) {
  const seen = await visit(browser, false);
  await seen.page.setOfflineMode(true);
  await seen.page.goto(`file://${encodeURI(file)}`, { waitUntil: 'load' });
  await shown(seen.page, 'h1');
  await has(seen.page, 'body', 'Bến 1');
  await drawn(seen.page, '#graph', '#0a5f88');
  await check('file taken home', seen);
  await seen.page.close();
}

async function screen(browser) {
  const seen = await visit(browser, true);
  await seen.page.goto(new URL('/screen', job.strangers).href, { waitUntil: 'load' });
  await has(seen.page, '#digits', '^\\s*[0-9]\\s*[0-9]\\s*[0-9]\\s*[0-9]\\s*$');
  await check('television', seen);
  await seen.page.close();
}

(async () => {
  const browser = await puppeteer.launch({
    executablePath: chrome(),
    userDataDir: path.join(job.folder, 'profile'),
    args: ['--no-sandbox', '--disable-gpu', '--headless', `--lang=${job.language}`, '--host-resolver-rules=MAP stemlab.local 127.0.0.1'],
  });
  try {
    console.log(await browser.version());
    await pages(browser);
    await wall(browser);
    await home(browser, await lesson(browser));
    await screen(browser);
  } finally {
    await browser.close();
  }
})().catch(error => {
  console.log(`FAILED ${error.stack || error}`);
  process.exitCode = 1;
});
