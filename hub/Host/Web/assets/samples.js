// @ts-check
// Keep when steady: a sample is kept when the reading no longer moves. And the bucket test: several probes in one bucket.
import { call, stream } from './api.js';
import { asCards, attempt, byId, clockText, duration, element, fields, fill, locale, number, say, sentence, texts } from './words.js';

const select = /** @type {HTMLSelectElement} */ (byId('of'));
let watching = new AbortController();
/** @type {Map<string, {label: string, unit: string, decimals: number, property: string, place: string, care: string}>} */
const channels = new Map([...select.options].map((option) => [option.value, { label: option.text, unit: option.dataset.unit ?? '', decimals: Number(option.dataset.decimals), property: option.dataset.property ?? '', place: option.dataset.place ?? '', care: option.dataset.care ?? '' }]));
const chosen = () => /** @type {{label: string, unit: string, decimals: number, property: string, place: string, care: string}} */ (channels.get(select.value) ?? { label: '', unit: '', decimals: 2, property: '', place: '', care: '' });
/** @param {number|null|undefined} value @param {number} decimals */
const digits = (value, decimals) => (value === null || value === undefined ? '–' : number(Number(value), decimals));

/** How steady the chosen channel is, twice a second, until another is chosen. */
async function watchSteadiness() {
  watching.abort();
  watching = new AbortController();
  const mine = watching;
  while (!mine.signal.aborted) {
    try {
      await stream(`/v1/samples:watchSteadiness?${new URLSearchParams({ channel: select.value })}`, mine.signal, (answer) => showSteadiness(/** @type {any} */ (answer).steadiness ?? {}));
    } catch (error) { if (!mine.signal.aborted) say(byId('steady-words'), /** @type {Error} */ (error).message); }
    if (!mine.signal.aborted) await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}

/** @param {any} steadiness */
function showSteadiness(steadiness) {
  const isSteady = steadiness.steady === true;
  byId('steady').classList.toggle('ready', isSteady);
  /** @type {HTMLProgressElement} */ (byId('level')).value = Number(steadiness.level ?? 0);
  say(byId('steady-state'), isSteady ? `✓ ${texts.steadyKeep}` : texts.waiting);
  say(byId('steady-words'), sentence(steadiness.sentence) + (steadiness.timeLeftUs !== undefined && !isSteady ? ` ${fill(texts.timeLeft, duration(Number(steadiness.timeLeftUs) / 1e6))}` : ''));
  const { unit, decimals } = chosen();
  say(byId('mean'), steadiness.mean === undefined ? '–' : `${digits(steadiness.mean, decimals)} ± ${digits(steadiness.sd, decimals + 1)} ${unit} (n = ${steadiness.count ?? 0})`);
  /** @type {HTMLButtonElement} */ (byId('keep-button')).disabled = !isSteady && !(/** @type {HTMLInputElement} */ (byId('unsteady')).checked);
}

byId('keep').addEventListener('submit', (event) => {
  event.preventDefault();
  const told = fields(event.target);
  attempt(byId('kept'), async () => {
    const { sample } = await call('/v1/samples', { channel: select.value, site: told.site, note: told.note, evenIfUnsteady: told.unsteady === 'on' });
    await loadSamples();
    return fill(texts.kept, digits(sample.mean, chosen().decimals), digits(sample.sd, chosen().decimals + 1), String(sample.count));
  });
});

async function loadSamples() {
  const samples = (await call(`/v1/samples?${new URLSearchParams({ channel: select.value, pageSize: '50' })}`)).samples ?? [];
  const { decimals } = chosen();
  byId('samples').replaceChildren(...samples.map((/** @type {any} */ sample) => {
    const button = element('button', { type: 'button' }, texts.undo);
    button.addEventListener('click', () => attempt(byId('kept'), async () => { await call(`/v1/samples/${sample.factId}:withdraw`, { factId: sample.factId }); await loadSamples(); return texts.undone; }));
    return element('tr', {}, element('th', { scope: 'row' }, sample.site || '–'), element('td', {}, sample.endTimeUs === undefined ? texts.unsure : new Date(Number(sample.endTimeUs) / 1000).toLocaleString(locale)),
      element('td', {}, `${digits(sample.mean, decimals)} ± ${digits(sample.sd, decimals + 1)}`), element('td', {}, String(sample.count)), element('td', {}, sample.steady ? `✓ ${texts.steady}` : `▲ ${texts.notSteady}`), element('td', {}, sample.note ?? ''), element('td', {}, button));
  }));
  asCards(byId('samples').closest('table') ?? byId('samples'));
  byId('no-samples').hidden = samples.length > 0;
}

select.addEventListener('change', () => { history.replaceState(null, '', `?${new URLSearchParams({ of: select.value })}`); watchSteadiness(); attempt(byId('kept'), loadSamples); });
watchSteadiness();
attempt(byId('kept'), loadSamples);

// ---- the bucket test
const property = /** @type {HTMLSelectElement} */ (byId('property'));
const LEAST_S = 60;
/** Where the span began, on this page's clock, ms; 0 = not begun. */
let begunAt = 0;
function drawProbes() {
  byId('probes').replaceChildren(...[...channels].filter(([, channel]) => channel.property === property.value).map(([name, channel]) => element('label', { class: 'choice' }, element('input', { type: 'checkbox', name: 'probe', value: name, checked: true }), element('span', {}, channel.place))));
}
property.addEventListener('change', drawProbes);
drawProbes();
byId('begin').addEventListener('click', () => { begunAt = performance.now(); byId('bucket-table').hidden = true; say(byId('bucket-answer'), ''); say(byId('bucket-said'), texts.bucketBegun); });
setInterval(() => {
  const s = (performance.now() - begunAt) / 1000;
  byId('waited').hidden = begunAt === 0;
  if (!begunAt) return;
  /** @type {HTMLProgressElement} */ (byId('waited')).value = s;
  if (s > 3) say(byId('bucket-said'), fill(texts.bucketRuns, duration(s)));
}, 1000);

byId('bucket').addEventListener('submit', (event) => {
  event.preventDefault();
  const names = new FormData(/** @type {HTMLFormElement} */ (event.target)).getAll('probe').map(String);
  attempt(byId('bucket-answer'), async () => {
    byId('bucket-table').hidden = true;
    if (names.length < 2) return `▲ ${texts.tickTwo}`;
    const waitedS = (performance.now() - begunAt) / 1000;
    if (begunAt && waitedS < LEAST_S) return `▲ ${fill(texts.tooSoon, duration(waitedS))}`;
    /** @type {Record<string, string>} */
    let span = {};
    if (begunAt) {
      // The hub's own now: a phone may be a day off.
      const hub = await call('/v1/hub');
      if (hub.utcUs !== undefined) span = { startTimeUs: String(Math.round(Number(hub.utcUs) - waitedS * 1e6)), endTimeUs: hub.utcUs };
    }
    const test = await call('/v1/bucketTests:run', { channels: names, ...span });
    // While the water still changes the waiting goes on.
    if (test.settled) { begunAt = 0; say(byId('bucket-said'), fill(texts.compared, ...[test.startTimeUs, test.endTimeUs].map((us) => clockText(new Date(Number(us) / 1000))))); }
    drawBucket(test);
    const isGood = test.settled && !(test.channels ?? []).some((/** @type {any} */ row) => row.oddOneOut || row.off);
    return `${isGood ? '✓' : '▲'} ${sentence(test.sentence)}`;
  });
});

/** @param {any} test */
function drawBucket(test) {
  const rows = test.channels ?? [];
  byId('bucket-table').hidden = test.median === undefined;
  const most = Math.max(1e-9, ...rows.map((/** @type {any} */ row) => Math.abs(Number(row.offset ?? 0))));
  const unit = channels.get(rows[0]?.channel)?.unit ?? '';
  byId('bucket-rows').replaceChildren(...rows.map((/** @type {any} */ row) => {
    const channel = channels.get(row.channel); const decimals = (channel?.decimals ?? 2) + 1;
    const bar = element('meter', { min: '0', max: String(most), value: String(Math.abs(Number(row.offset ?? 0))), 'aria-hidden': 'true' });
    const text = (/** @type {number|undefined} */ value) => (value === undefined ? '–' : `${digits(value, decimals)} ${unit}`);
    // A teacher may bring it to the others, in the wizard, or leave it as it is. One that has a calibration is calibrated anew: an offset alone would lose its slope.
    const should = Number(Number(test.median).toFixed(decimals));
    const way = !test.settled || !(row.oddOneOut || row.off) || !channel || channel.care === 'computed' ? [] : channel.care === 'none' && channel.unit === unit
      ? [`#should=${should}`, fill(texts.bringToOthers, text(test.median))] : ['', texts.calibrate];
    return element('tr', { class: row.oddOneOut ? 'odd' : '' }, element('th', { scope: 'row' }, channel?.place ?? row.channel, ...(row.oddOneOut ? [element('p', { class: 'trouble' }, `✕ ${texts.oddOneOut}`)] : [])),
      element('td', {}, text(row.mean)), element('td', {}, bar, row.offset === undefined ? ' –' : ` ${Number(row.offset) > 0 ? '+' : ''}${digits(row.offset, decimals)} ± ${digits(row.offsetSigma, decimals)} ${unit}`), element('td', {}, text(row.noise)),
      element('td', {}, row.responseS === undefined ? '–' : `${number(Number(row.responseS), 0)} ${texts.seconds}`),
      element('td', {}, sentence(row.sentence), ...(way.length ? [' ', element('a', { href: `/calibrate?${new URLSearchParams({ of: row.channel })}${way[0]}` }, way[1])] : [])));
  }));
  asCards(byId('bucket-table'));
}
