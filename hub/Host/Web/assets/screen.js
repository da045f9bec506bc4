// @ts-check
// What the public sees: cards on a TV that rotate, both languages at once; the same as a list on a phone. Live where something is measured, else the last day again.
import { call, hubNow } from './api.js';
import { byId, element, fill, locale, say, sentence, texts } from './words.js';
import { map, spark } from './sketch.js';

/** @typedef {{number?: number, property: any, unitSymbol?: string, displayDecimals?: number, place: any, latitude?: number, longitude?: number, value?: number|string, ageUs?: number|string, flag?: string, stale?: boolean, simulated?: boolean, meaning?: any, limit?: any}} Card */

const TURN_MS = 12000; const ASK_MS = 5000; const STEP_MS = 300; const LEAST_STEPS = 24; const DAY_MS = 600000;
const isTv = document.documentElement.dataset.kind === 'tv';
/** One or two languages: texts of this page and the common ones. @type {{words: Record<string, string>, base: Record<string, string>}[]} */
const pair = /** @type {any} */ (texts).pair;
/** @type {Card[]} */ let cards = [];
let isLive = false; let shown = 0; let isHeld = false; let asked = 0;
/** When the answer came, for the ages. */ let cameAt = 0;
/** Last day by card number. @type {Map<number, (number|null)[]>} */ let tracks = new Map();
let startS = NaN; let stepS = 0;
/** Step the replay is at; -1 = none runs. */ let step = -1;
/** @type {import('./sound.js').Sound|null} */ let sound = null;

/** @param {number} value @param {number} decimals @param {string} language */
const told = (value, decimals, language) => value.toLocaleString(language === 'vi' ? 'vi-VN' : 'en-GB', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });

/** @param {number} s @param {Record<string, string>} base */
function ageOf(s, base) {
  if (!Number.isFinite(s)) return base.ageUnknown;
  if (s < 2) return base.justNow;
  const [n, unit] = s < 90 ? [s, base.seconds] : s < 5400 ? [s / 60, base.minutes] : s < 172800 ? [s / 3600, base.hours] : [s / 86400, base.days];
  return fill(base.ago, `${Math.round(Number(n))} ${unit}`);
}

/** What is shown of a card now: the live value, or that of the replay. @param {Card} card @returns {{value: number|null, ageS: number, isPlayed: boolean}} */
function reading(card) {
  if (step < 0) return { value: card.value === undefined || !Number.isFinite(Number(card.value)) ? null : Number(card.value), ageS: card.ageUs === undefined ? NaN : Number(card.ageUs) / 1e6 + (performance.now() - cameAt) / 1000, isPlayed: false };
  const track = tracks.get(card.number ?? 0) ?? [];
  for (let i = step; i >= Math.max(0, step - 3); i--) if (track[i] !== null && track[i] !== undefined) return { value: track[i], ageS: 0, isPlayed: true };
  return { value: null, ageS: NaN, isPlayed: true };
}

/** @param {any} limit @param {number} decimals @param {Record<string, string>} words @param {string} language */
function bounds(limit, decimals, words, language) {
  const [least, most] = [limit.least, limit.most].map((value) => (value === undefined ? undefined : told(Number(value), decimals, language)));
  return least === undefined ? fill(words.atMost, most ?? '') : most === undefined ? fill(words.atLeast, least) : fill(words.between, least, most);
}

/** Shape and words on the limit, in one language; null = no limit, or no value. @param {Card} card @param {number|null} value @param {number} i */
function limitText(card, value, i) {
  if (!card.limit || value === null) return null;
  const { words, base } = pair[i];
  const isOutside = (card.limit.least !== undefined && value < Number(card.limit.least)) || (card.limit.most !== undefined && value > Number(card.limit.most));
  const purpose = sentence(card.limit.purpose, base.language);
  return `${isOutside ? `▲ ${words.outsideLimit}` : `✓ ${words.insideLimit}`}: ${bounds(card.limit, card.displayDecimals ?? 1, words, base.language)}${purpose ? ` (${purpose})` : ''}`;
}

/** @param {Card} card */
function article(card) {
  const { value } = reading(card);
  const both = (/** @type {string} */ name, /** @type {(i: number) => string|null} */ text) => pair.map((_, i) => ({ text: text(i), i })).filter(({ text }) => text).map(({ text, i }) => element('p', { class: `${name}${i ? ' second' : ''}`, lang: pair[i].base.language }, text ?? ''));
  const line = (/** @type {string} */ name, /** @type {(string|false|undefined)[]} */ parts) => element('p', { class: name }, ...[...new Set(parts.filter(Boolean))].flatMap((part, i) => [i ? ' · ' : '', element('span', { class: i ? 'second' : '' }, String(part))]));
  return element('article', { class: value === null ? 'public empty-value' : 'public' },
    element('h2', {}, sentence(card.property, pair[0].base.language), ...pair.slice(1).map(({ base }) => element('span', { class: 'second', lang: base.language }, sentence(card.property, base.language)))),
    line('place', [...pair.map(({ base }) => sentence(card.place, base.language)), ...pair.map(({ base }) => card.simulated && base.simulated)]),
    element('p', { class: 'figure' }, element('b', {}, value === null ? '–' : told(value, card.displayDecimals ?? 1, texts.language)), element('i', {}, ` ${card.unitSymbol ?? ''}`)),
    line('age', ages(card)),
    ...both('meaning', (i) => sentence(card.meaning, pair[i].base.language)),
    ...both('limit', (i) => limitText(card, value, i)),
    ...(tracks.has(card.number ?? 0) ? [spark(tracks.get(card.number ?? 0) ?? [], step)] : []));
}

/** How old it is, in each language. @param {Card} card */
function ages(card) {
  const { value, ageS, isPlayed } = reading(card);
  return pair.map(({ words, base }, i) => (isPlayed ? clock(i) : value === null ? words.noValue : `${card.flag === 'QC_FLAG_SUSPECT' ? `▲ ${base.suspect}, ` : ''}${ageOf(ageS, base)}`));
}

/** The moment the replay shows. @param {number} i */
function clock(i) {
  return new Date((startS + step * stepS) * 1000).toLocaleString(pair[i].base.language === 'vi' ? 'vi-VN' : 'en-GB', { weekday: 'short', hour: '2-digit', minute: '2-digit', day: 'numeric', month: 'numeric' });
}

function draw() {
  const place = byId('cards');
  document.querySelector('.tools')?.toggleAttribute('hidden', cards.length === 0);
  if (cards.length === 0) { place.replaceChildren(...pair.map(({ words, base }) => element('p', { class: 'nothing', lang: base.language }, words.nothing))); return; }
  shown %= cards.length;
  place.replaceChildren(...(isTv ? [article(cards[shown])] : cards.map(article)), ...(isTv ? [dots()] : []));
  const sketch = map(cards.map((card) => ({ name: sentence(card.place, texts.language), latitude: card.latitude, longitude: card.longitude })), isTv ? shown : -1, { ...pair[0].words, north: pair.map(({ words }) => words.north).join('·') });
  byId('map').replaceChildren(...(sketch.length ? sketch : pair.map(({ words, base }) => element('p', { class: 'hint', lang: base.language }, words.noMap))));
  const banner = byId('banner');
  banner.hidden = isLive && step < 0;
  say(banner, pair.map((_, i) => [isLive ? '' : pair[i].words.notLive, step >= 0 ? fill(pair[i].words.replayOf, clock(i)) : ''].filter(Boolean).join(' ')).join(' · '));
}

/** Which card of how many. */
function dots() { return element('p', { class: 'dots', 'aria-hidden': 'true' }, cards.map((_, i) => (i === shown ? '●' : '○')).join(' ')); }

async function ask() {
  try {
    const board = await call('/v1/public');
    cards = board.cards ?? [];
    isLive = board.live === true;
    cameAt = performance.now();
    hubS = board.utcUs === undefined ? NaN : Number(board.utcUs) / 1e6 - cameAt / 1000;
    say(byId('city'), board.cityName ?? '');
    showLogo(board.hasLogo === true);
    byId('away').hidden = true;
    if (asked++ === 0 || cards.length !== tracks.size) await day();
    if (isTv && !isLive && step < 0 && tracks.size) play();
    if (isLive && isTv && step >= 0) step = -1;
  } catch { byId('away').hidden = false; }
  if (step < 0) draw();
}

/** A logo that was given or taken away since the page came. @param {boolean} isThere */
function showLogo(isThere) {
  const logo = /** @type {HTMLImageElement} */ (byId('logo'));
  if (logo.hidden !== isThere) return;
  logo.src = isThere ? `${logo.dataset.at}?${Date.now()}` : 'data:,';
  logo.hidden = !isThere;
}

/** Fetches the last day, at most every ten minutes. */
let dayAt = -DAY_MS;
async function day() {
  if (performance.now() - dayAt < DAY_MS && tracks.size) return;
  dayAt = performance.now();
  const answer = await call('/v1/public:replay');
  startS = Number(answer.startTimeUs ?? NaN) / 1e6;
  stepS = Number(answer.stepUs ?? 0) / 1e6;
  tracks = new Map((answer.tracks ?? []).map((/** @type {any} */ track) => [track.number ?? 0, track.mean.map((/** @type {any} */ mean) => (Number.isFinite(Number(mean)) ? Number(mean) : null))]));
  const table = document.getElementById('day');
  table?.replaceChildren(...cards.filter((card) => tracks.has(card.number ?? 0)).map((card) => {
    const values = /** @type {number[]} */ ((tracks.get(card.number ?? 0) ?? []).filter((value) => value !== null));
    const cell = (/** @type {number} */ value) => element('td', { class: 'n' }, Number.isFinite(value) ? `${told(value, card.displayDecimals ?? 1, texts.language)} ${card.unitSymbol ?? ''}` : '–');
    return element('tr', {}, element('th', { scope: 'row' }, `${sentence(card.property, texts.language)}, ${sentence(card.place, texts.language)}`), cell(Math.min(...values)), cell(Math.max(...values)));
  }));
}

/** The hub's clock: a TV may be years off. */
let hubS = NaN;

/** Replays the last day from its beginning, and on a TV again and again until something is live. */
function play() {
  const length = Math.max(...[...tracks.values()].map((track) => track.length));
  const first = Math.min(...[...tracks.values()].map((track) => track.findIndex((value) => value !== null)).filter((i) => i >= 0));
  step = Math.max(0, Math.min(first, length - LEAST_STEPS));
  draw();
  const timer = setInterval(() => {
    if (step < 0) { clearInterval(timer); draw(); return; }
    if (isHeld) return;
    step++;
    if (step >= length) { step = -1; clearInterval(timer); press('replay', false, pair[0].words.replayStart); ask(); return; }
    if (sound) sing();
    draw();
  }, STEP_MS);
}

/** Every card that is shown, as a tone among its own last day. */
function sing() {
  cards.slice(0, 6).forEach((card, voice) => {
    const { value } = reading(card);
    const values = /** @type {number[]} */ ((tracks.get(card.number ?? 0) ?? []).filter((one) => one !== null));
    if (value !== null && values.length) sound?.note(voice, value, Math.min(...values), Math.max(...values));
  });
}

/** @param {string} id @param {boolean} on @param {string} label */
function press(id, on, label) {
  const button = document.getElementById(id);
  button?.setAttribute('aria-pressed', String(on));
  say(button, label);
}

async function listen() {
  if (sound) { sound.stop(); sound = null; press('listen', false, texts.listen); return; }
  const { Sound } = await import('./sound.js');
  sound = new Sound();
  press('listen', true, texts.quiet);
  say(byId('said'), texts.toneMeaning);
  await day();
  const first = cards[0];
  const points = (tracks.get(first?.number ?? 0) ?? []).map((value, i) => /** @type {[number, number|null]} */ ([i, value])).filter(([, value]) => value !== null);
  sound.sweep(0, /** @type {[number, number][]} */ (points), 0, points.length ? points[points.length - 1][0] : 0, 3);
}

async function tell() {
  const { speak } = await import('./sound.js');
  // What is shown, also while the last day is replayed.
  const words = [...(step >= 0 ? [`${fill(pair[0].words.replayOf, clock(0))}.`] : []), ...cards.map((card) => { const { value } = reading(card); return `${sentence(card.property, texts.language)}, ${sentence(card.place, texts.language)}: ${value === null ? pair[0].words.noValue : `${told(value, card.displayDecimals ?? 1, texts.language)} ${card.unitSymbol ?? ''}`}.`; })].join(' ');
  say(byId('said'), (await speak(words)) ? words : `${words} ${texts.noVoice}`);
}

/** Shows digits and waits until a person has typed them on the page Screens. */
async function wait() {
  for (let ticket = ''; ;) {
    try {
      if (!ticket) {
        const answer = await call('/v1/screens:ask', {});
        ticket = answer.ticket;
        say(byId('digits'), answer.code.split('').join(' '));
      } else if ((await call('/v1/screens:collect', { ticket })).attached) { location.reload(); return; }
      byId('away').hidden = true;
    } catch (error) {
      // The ticket is over, or the hub is away: both begin anew.
      if (/** @type {any} */ (error).status === 404) ticket = '';
      byId('away').hidden = /** @type {any} */ (error).status !== undefined;
    }
    await new Promise((resolve) => setTimeout(resolve, 3000));
  }
}

/** A screen that was detached shows digits again; a new version of the page comes by itself in the night. */
async function check() {
  try { if ((await call('/v1/access')).role !== 'kiosk') location.reload(); } catch { /* asked again in a minute */ }
  if (performance.now() > 12 * 3600 * 1000) location.reload();
}

function tick() {
  const s = Number.isFinite(hubS) ? hubS + performance.now() / 1000 : hubNow();
  say(byId('now'), Number.isFinite(s) ? new Date(s * 1000).toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit' }) : '');
  if (cards.length && step < 0) for (const [i, age] of [...document.querySelectorAll('#cards article')].entries()) {
    const now = ages(cards[isTv ? shown : i]);
    [...age.querySelectorAll('.age span')].forEach((told, language) => { if (now[language]) say(told, now[language]); });
  }
}

if (document.getElementById('wait')) wait();
else {
  ask();
  setInterval(ask, ASK_MS);
  setInterval(tick, 1000);
  if (isTv) {
    setInterval(() => { if (!isHeld) { shown++; draw(); } }, TURN_MS);
    setInterval(check, 60000);
    byId('pause').addEventListener('click', () => { isHeld = !isHeld; press('pause', isHeld, isHeld ? pair[0].words.goOn : pair[0].words.pauseCards); });
  } else {
    byId('listen').addEventListener('click', listen);
    byId('tell').addEventListener('click', tell);
    byId('replay').addEventListener('click', async () => {
      if (step >= 0) { step = -1; press('replay', false, pair[0].words.replayStart); draw(); return; }
      await day();
      if (tracks.size) { press('replay', true, pair[0].words.replayStop); play(); }
    });
  }
}
