// @ts-check
// Datasets: describes one, freezes a version, shows its progress, files and citation.
import { call, stream } from './api.js';
import { asCards, attempt, byId, element, fields, fill, locale, number, say, texts } from './words.js';

const vi = document.documentElement.lang === 'vi';
const count = (/** @type {any} */ value) => number(Number(value ?? 0), 0);
/** @type {Set<string>} */
const followed = new Set();

/** Titles of campaigns by name, and the campaign of each dataset. @type {Map<string, string>} */
const campaigns = new Map();
/** @type {Map<string, string>} */
const campaignOf = new Map();
const ofCampaign = /** @type {HTMLSelectElement} */ (document.querySelector('#describe [name=campaign]'));

/** What the campaign says already is not asked. */
function own() {
  byId('own').hidden = ofCampaign.value !== '';
  /** @type {HTMLInputElement} */ (document.querySelector('#describe [name=creator]')).required = ofCampaign.value === '';
}
ofCampaign.addEventListener('change', own);

/** @param {string} [chosen] */
async function loadCampaigns(chosen) {
  for (const one of (await call('/v1/campaigns')).campaigns ?? []) campaigns.set(one.name, one.title || one.name.split('/')[1]);
  const none = ofCampaign.options[0];
  ofCampaign.replaceChildren(none, ...[...campaigns].map(([name, title]) => element('option', { value: name, selected: name === chosen }, title)));
  byId('of-campaign').hidden = campaigns.size === 0;
  own();
}

byId('campaign').addEventListener('submit', (event) => {
  event.preventDefault();
  const told = fields(event.target);
  attempt(byId('campaign-said'), async () => {
    const name = `campaigns/${told.slug}`;
    const { channels, sites, startTimeUs, endTimeUs } = selected('campaign');
    await call(`/v1/${name}:describe`, { campaign: { title: told.title, creator: told.creator, licence: told.licence, selection: { channels, sites, startTimeUs, endTimeUs } } });
    await loadCampaigns(name);
    return texts.campaignSaved;
  });
});

byId('describe').addEventListener('submit', (event) => {
  event.preventDefault();
  const told = fields(event.target);
  const isOf = told.campaign !== '';
  attempt(byId('described'), async () => {
    await call(`/v1/datasets/${told.slug}:describe`, {
      dataset: {
        title: told.title, description: told.description, campaign: told.campaign, creator: isOf ? '' : told.creator, licence: isOf ? '' : told.licence, project: told.project, doi: told.doi,
        keywords: told.keywords.split(',').map((word) => word.trim()).filter(Boolean), ...(told.placeDecimals === '' ? {} : { placeDecimals: Number(told.placeDecimals) }),
      },
    });
    await loadDatasets(told.slug);
    return texts.saved;
  });
});

/** @param {string} [chosen] */
async function loadDatasets(chosen) {
  const datasets = (await call('/v1/datasets')).datasets ?? [];
  byId('dataset').replaceChildren(...datasets.map((/** @type {any} */ one) => {
    const slug = one.name.split('/')[1];
    campaignOf.set(slug, one.campaign ?? '');
    return element('option', { value: slug, selected: slug === chosen }, `${one.title} (${slug})`);
  }));
  within();
}

/** Says whose readings are meant where the form is empty. */
function within() {
  const campaign = campaignOf.get(/** @type {HTMLSelectElement} */ (byId('dataset')).value);
  say(byId('within'), campaign ? fill(texts.campaignWithin, campaigns.get(campaign) ?? campaign) : '');
}
byId('dataset').addEventListener('change', within);

/** Channels, places and times as a form says them. @param {string} id */
function selected(id) {
  const data = new FormData(/** @type {HTMLFormElement} */ (byId(id)));
  const us = (/** @type {string} */ name) => (data.get(name) ? String(new Date(String(data.get(name))).getTime() * 1000) : '0');
  return { data, channels: data.getAll('channels'), sites: data.getAll('sites'), startTimeUs: us('from'), endTimeUs: us('to') };
}

/** The selection as the form says it. */
function selection() {
  const { data, ...which } = selected('freeze');
  const flags = data.getAll('flag').map(Number);
  return { ...which, runs: data.getAll('runs'), flags: flags.length === 5 ? [] : flags, origin: data.get('origin'), purpose: data.get('purpose'), campaign: campaignOf.get(String(data.get('dataset'))) ?? '' };
}

/** What there is of practice, in words; empty for none. @param {any} practice */
const practised = (practice) => (practice ? fill(practice.leftOut ? texts.practiceOut : texts.practiceIn, count(practice.rowCount), count((practice.runs ?? []).length)) : '');

byId('count').addEventListener('click', () => attempt(byId('said'), async () => {
  const answer = await call('/v1/datasets:preview', { selection: selection() });
  return [fill(texts.counted, count(answer.rowCount), count(answer.channelCount)), practised(answer.practice)].join(' ').trim();
}));

byId('freeze').addEventListener('submit', (event) => {
  event.preventDefault();
  attempt(byId('said'), async () => {
    const data = new FormData(/** @type {HTMLFormElement} */ (byId('freeze')));
    if (!data.get('dataset')) throw new Error(texts.describeFirst);
    const { version } = await call(`/v1/datasets/${data.get('dataset')}/versions`, { selection: selection(), formats: data.getAll('format') });
    show(version);
    follow(version.name);
    return fill(texts.begun, version.name.split('/')[3]);
  });
});

/** @param {string} name */
async function follow(name) {
  if (followed.has(name)) return;
  followed.add(name);
  try {
    await stream(`/v1/${name}:watch`, new AbortController().signal, (answer) => show(/** @type {any} */ (answer).version));
  } catch { /* the next look at the page tells */ }
  followed.delete(name);
}

/** @param {any} version */
function show(version) {
  byId('none').hidden = true;
  const id = version.name.split('/').join('-');
  const made = element('article', { id, class: 'panel' });
  const [, slug, , numberOf] = version.name.split('/');
  const state = String(version.state).replace('STATE_', '').toLowerCase();
  made.append(element('h3', {}, `${version.dataset?.title || slug}, v${numberOf} `, element('span', { class: 'tag' }, texts[state] ?? state)));
  if (state === 'running') {
    made.append(element('progress', { max: '100', value: String(version.progressPercent ?? 0), 'aria-label': texts.running }), element('p', { class: 'hint' }, `${version.progressPercent ?? 0} % · ${version.progressStep ?? ''}`));
  } else if (state !== 'ready') {
    made.append(element('p', { class: 'trouble' }, (vi ? version.reasonVi : version.reasonEn) ?? ''));
  } else {
    made.append(...ready(version, slug, Number(numberOf)));
  }
  const known = document.getElementById(id);
  if (known) known.replaceWith(made); else byId('versions').prepend(made);
}

/** @param {any} version @param {string} slug @param {number} of */
function ready(version, slug, of) {
  const flags = Object.entries(version.rowsByFlag ?? {}).map(([flag, rows]) => `${texts[`flag${flag}`] ?? flag}: ${count(rows)}`).join(' · ');
  const when = (/** @type {any} */ us) => (us === undefined ? '–' : new Date(Number(us) / 1000).toLocaleString(locale));
  const parts = [element('p', {}, `${count(version.rowCount)} ${texts.rows}, ${when(version.firstTimeUs)} – ${when(version.lastTimeUs)}`), element('p', { class: 'hint' }, flags)];
  if (version.practice) parts.push(element('p', {}, practised(version.practice)));
  if (version.sameRowsAs) parts.push(element('p', {}, fill(texts.sameRows, version.sameRowsAs.split('/').slice(1).join(' v').replace(' vversions v', ' v'))));
  parts.push(table(`${slug} v${of}`, [texts.files, texts.size, 'SHA-256'], (version.files ?? []).map((/** @type {any} */ file) => [
    element('a', { href: file.path, download: '' }, file.fileName), size(Number(file.sizeBytes ?? 0)), element('code', { title: file.sha256 }, `${file.sha256.slice(0, 12)}…`)])));
  const whole = element('details', {}, element('summary', {}, texts.whole), table(`${slug} v${of}`, [texts.channels, texts.stored, texts.expected, texts.missing], (version.channels ?? []).map((/** @type {any} */ channel) => [
    `${channel.displayName} ${channel.observedProperty}${channel.simulated ? ` (${texts.simulated})` : ''}`, count(channel.stored), channel.expected === undefined ? '–' : count(channel.expected), count(channel.missingValues)])));
  const doi = version.dataset?.doi ? ` https://doi.org/${version.dataset.doi}.` : '';
  const year = version.frozenTimeUs === undefined ? '' : ` (${new Date(Number(version.frozenTimeUs) / 1000).getUTCFullYear()})`;
  parts.push(whole, element('p', {}, `${texts.cite}: `, element('code', {}, `${version.dataset?.creator}${year}. ${version.dataset?.title}, version ${of} [data set].${doi} Rows SHA-256 ${version.rowsSha256}.`)));
  parts.push(element('p', {}, element('a', { href: `/datasets/${slug}/${of}/card?lang=${vi ? 'vi' : 'en'}` }, texts.card)));
  if (of > 1) {
    const said = element('output', { role: 'status' });
    const list = element('div', {});
    const other = element('select', {}, ...Array.from({ length: of - 1 }, (_, i) => element('option', { value: String(of - 1 - i) }, `v${of - 1 - i}`)));
    const button = element('button', { type: 'button' }, texts.compare);
    button.addEventListener('click', () => attempt(said, async () => {
      const answer = await call(`/v1/${version.name}:compare?${new URLSearchParams({ with: `datasets/${slug}/versions/${/** @type {HTMLSelectElement} */ (other).value}` })}`);
      const sentences = (vi ? answer.sentencesVi : answer.sentencesEn) ?? [];
      list.replaceChildren(element('ul', {}, ...sentences.map((/** @type {string} */ sentence) => element('li', {}, sentence))));
    }));
    parts.push(element('p', { class: 'line' }, element('label', {}, `${texts.compareWith} `, other), button), said, list);
  }
  return parts;
}

/** @param {string} whose so that two versions' tables have names of their own @param {string[]} heads @param {(string|Node)[][]} rows */
function table(whose, heads, rows) {
  return element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': `${heads[0]}: ${whose}` }, asCards(element('table', {}, element('thead', {}, element('tr', {}, ...heads.map((head) => element('th', { scope: 'col' }, head)))),
    element('tbody', {}, ...rows.map((row) => element('tr', {}, ...row.map((cell) => element('td', {}, cell))))))));
}

/** @param {number} bytes */
function size(bytes) {
  const [value, unit] = bytes < 1e6 ? [bytes / 1e3, 'kB'] : bytes < 1e9 ? [bytes / 1e6, 'MB'] : [bytes / 1e9, 'GB'];
  return `${number(value, value < 10 ? 1 : 0)} ${unit}`;
}

attempt(byId('said'), async () => {
  await loadCampaigns();
  await loadDatasets();
  const versions = ((await call('/v1/datasets/-/versions')).versions ?? []).reverse();
  byId('none').hidden = versions.length > 0;
  for (const version of versions) {
    show(version);
    if (version.state === 'STATE_RUNNING') follow(version.name);
  }
  say(byId('said'), '');
});
