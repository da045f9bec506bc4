// @ts-check
// The JSON face of stemlab.v1: newline-delimited JSON for streams, numbers of 64 bits as number or text, NaN as text.
import { byId, fill, duration, locale, say, texts } from './words.js';

/** @typedef {{channelRef: number, baseTimeUs: number|string, deltaTimeUs: (number|string)[], value: (number|string)[], flag: number[], sigmaUs: (number|string)[], raw?: (number|string)[]}} ReadingBlock */
/** @typedef {{channelRef: number, startTimeUs: number|string, widthUs: number|string, index: number[], count: (number|string)[], min: (number|string)[], max: (number|string)[], mean: (number|string)[], excluded: (number|string)[], baselineMean?: (number|string)[], sigmaUs: number|string}} BucketBlock */
/** @typedef {{channel: string, startTimeUs: number|string, endTimeUs: number|string}} Changed */
/** @typedef {{blocks?: ReadingBlock[], buckets?: BucketBlock[], channelNames?: Record<string, string>, cursor?: string, changed?: Changed[], resetReason?: string, heartbeat?: boolean, revision?: string, code?: number, message?: string}} Answer */
/** @typedef {{t: number, value: number|null, raw: number|null, flag: number, sigmaS: number|null}} Reading */

/** Shows the hub that a write comes from a page of its own; only where a cookie says who one is. @type {Record<string, string>} */
const mine = document.documentElement.dataset.page ? { 'x-stemlab-page': document.documentElement.dataset.page } : {};

/** One call that answers once; a refusal is an Error whose message is for people. @param {string} path @param {object} [body] absent = GET @param {AbortSignal} [signal] @param {string} [method] @returns {Promise<any>} */
export async function call(path, body, signal, method = 'POST') {
  let response;
  try {
    response = await fetch(path, body === undefined ? { signal, headers: { 'accept-language': texts.language } } : { method, headers: { 'content-type': 'application/json', 'accept-language': texts.language, ...mine }, body: JSON.stringify(body), signal });
  } catch (error) {
    if (/** @type {Error} */ (error).name === 'AbortError') throw error;
    throw new Error(texts.noHub);
  }
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  throw Object.assign(new Error(problem(answer) || fill(texts.refused, String(response.status))), { status: response.status });
}

/** Hides a section whose service this hub does not have, or not for this reader, rather than showing an error that nobody can act on. @param {unknown} error @param {Element|null} section */
export function withoutService(error, section) {
  const isMissing = [403, 404, 501].includes(/** @type {any} */ (error).status);
  if (isMissing && section) section.setAttribute('hidden', '');
  return isMissing;
}

/** The words of a google.rpc.Status: the localised message, else each field's, else the plain one. @param {any} status */
function problem(status) {
  const details = status.details ?? [];
  const localised = details.find((/** @type {any} */ d) => d['@type']?.endsWith('LocalizedMessage') && (!d.locale || d.locale === texts.language))?.message;
  const fields = details.flatMap((/** @type {any} */ d) => d.fieldViolations ?? []).map((/** @type {any} */ f) => `${f.field}: ${f.description}`);
  return localised || fields.join('; ') || status.message || '';
}

/** Calls onAnswer for every line of a stream, until it ends or the signal stops it.
 * @param {string} url @param {AbortSignal} signal @param {(answer: Answer) => void} onAnswer @param {RequestInit} [how] */
export async function stream(url, signal, onAnswer, how = {}) {
  const response = await fetch(url, { ...how, signal });
  if (!response.ok || !response.body) throw Object.assign(new Error(problem(await response.json().catch(() => ({}))) || `HTTP ${response.status}`), { status: response.status });
  const reader = response.body.getReader();
  const letters = new TextDecoder();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const lines = (rest + letters.decode(value, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line, onAnswer);
  }
  take(rest, onAnswer);
}

/** An error in mid-stream is a last line with a code. @param {string} line @param {(answer: Answer) => void} onAnswer */
function take(line, onAnswer) {
  if (!line.trim()) return;
  /** @type {Answer} */
  const answer = JSON.parse(line);
  if (answer.code) throw new Error(answer.message);
  onAnswer(answer);
}

/** Where a query is sent. @param {string[]} channels @param {number} fromUs @param {number} toUs Infinity = now @param {Record<string, string>} more */
function queryUrl(channels, fromUs, toUs, more) {
  const query = new URLSearchParams(channels.map((name) => ['channels', name]));
  query.set('startTimeUs', String(Math.floor(fromUs)));
  if (Number.isFinite(toUs)) query.set('endTimeUs', String(Math.ceil(toUs)));
  for (const [key, value] of Object.entries(more)) query.set(key, value);
  return `/v1/readings:query?${query}`;
}

/** Buckets of some channels, by channel name. @param {string[]} channels @param {number} fromUs @param {number} toUs @param {number} most @param {AbortSignal} signal @param {Record<string, string>} [more] */
export function buckets(channels, fromUs, toUs, most, signal, more = {}) { return bucketsAt(queryUrl(channels, fromUs, toUs, { maxBuckets: String(most), ...more }), channels, signal); }

/** The same of a question that is whole already, asked as the page's preload asks: WebKit takes no preloaded answer for a request that differs by an Origin. @param {string} url @param {string[]} channels @param {AbortSignal} signal @returns {Promise<Map<string, BucketBlock[]>>} */
export async function bucketsAt(url, channels, signal) {
  const { found, onAnswer } = sorted(channels);
  await stream(url, signal, onAnswer, { mode: 'no-cors', credentials: 'include' });
  return found;
}

/** The same of an answer that came with the page, where each index is told from the one before it. @param {string} lines @param {string[]} channels */
export function bucketsIn(lines, channels) {
  const { found, onAnswer } = sorted(channels);
  for (const line of lines.split('\n')) take(line, onAnswer);
  for (const { index } of [...found.values()].flat()) for (let i = 1; i < index.length; i++) index[i] += index[i - 1];
  return found;
}

/** Sorts buckets by the names of their channels. @param {string[]} channels */
function sorted(channels) {
  const names = new Map();
  /** @type {Map<string, BucketBlock[]>} */
  const found = new Map(channels.map((name) => [name, []]));
  return { found, onAnswer: (/** @type {Answer} */ answer) => {
    for (const [ref, name] of Object.entries(answer.channelNames ?? {})) names.set(Number(ref), name);
    for (const block of answer.buckets ?? []) found.get(names.get(block.channelRef))?.push(block);
  } };
}

/** The readings of one channel, with what the probe gave. @param {string} channel @param {number} fromUs @param {number} toUs @param {AbortSignal} signal @param {Record<string, string>} [more] @returns {Promise<Reading[]>} */
export async function readings(channel, fromUs, toUs, signal, more = {}) {
  /** @type {Reading[]} */
  const found = [];
  await stream(queryUrl([channel], fromUs, toUs, { withRaw: 'true', ...more }), signal, (answer) => {
    for (const block of answer.blocks ?? []) found.push(...readingsOf(block));
  });
  return found;
}

/** A column block as readings. @param {ReadingBlock} block @returns {Reading[]} */
export function readingsOf(block) {
  let utc = Number(block.baseTimeUs);
  return block.value.map((value, i) => {
    utc += Number(block.deltaTimeUs[i] ?? 0);
    const sigma = Number(block.sigmaUs?.[block.sigmaUs.length === 1 ? 0 : i] ?? -1);
    return { t: utc / 1e6, value: numberOrNull(value), raw: numberOrNull(block.raw?.[i] ?? NaN), flag: block.flag[block.flag.length === 1 ? 0 : i], sigmaS: sigma < 0 ? null : sigma / 1e6 };
  });
}

/** Watches readings for ever. @param {string[]} channels @param {(answer: Answer) => void} onAnswer */
export function watch(channels, onAnswer) {
  return follow((cursor) => `/v1/readings:watch?${new URLSearchParams([...channels.map((name) => ['channels', name]), ['minIntervalUs', '250000'], from(cursor)])}`, onAnswer);
}

/** Where a stream begins: after what came before, else with what was measured since this page was asked for; between the two nothing is missed. @param {string} cursor */
export function from(cursor) { return cursor ? ['cursor', cursor] : ['lookbackUs', String(Math.min(60e6, Math.round(performance.now() * 1000) + 500000))]; }

/** Cuts the stream that is open now, so that it is opened anew at once: a phone whose screen was locked does not know that its connection is gone. */
export let wake = () => { /* nothing is open */ };

/** Follows a stream for ever: reconnects with the cursor, waiting longer each time, with jitter, because forty phones wake together. Says in the footer whether it is connected.
 * @param {(cursor: string) => string} urlOf @param {(answer: any) => void} onAnswer @param {(error: any) => boolean} [isOver] told each failure; true = follow no more */
export async function follow(urlOf, onAnswer, isOver = () => false) {
  let cursor = '';
  for (let wait = 500; ; wait = Math.min(wait * 2, 15000)) {
    const silent = new AbortController();
    let timer = setTimeout(() => silent.abort(), 40000);
    let awake = () => { /* not waiting */ };
    wake = () => { wait = 250; silent.abort(); awake(); };
    try {
      await stream(urlOf(cursor), silent.signal, (answer) => {
        clearTimeout(timer);
        timer = setTimeout(() => silent.abort(), 40000);
        wait = 500;
        cursor = answer.cursor || /** @type {any} */ (answer).readings?.cursor || cursor;
        onLink(true);
        onAnswer(answer);
      });
    } catch (error) { if (isOver(error)) { clearTimeout(timer); onLink(false); return; } }
    clearTimeout(timer);
    onLink(false);
    await new Promise((resolve) => { awake = () => resolve(undefined); setTimeout(awake, wait * (0.5 + Math.random())); });
  }
}

let wasLive = /** @type {boolean|null} */ (null);
/** @param {boolean} isLive */
function onLink(isLive) {
  if (isLive === wasLive) return;
  wasLive = isLive;
  const link = byId('link');
  link.classList.toggle('trouble', !isLive);
  say(link, isLive ? `● ${texts.live}` : `○ ${texts.reconnecting}`);
}

/** The hub's clock, told with the page: a phone may be a day off. NaN = not known. */
let hubS = Number(document.documentElement.dataset.now || NaN) / 1e6 - performance.now() / 1000;

/** @param {number} utcS the hub's UTC now, seconds, as a stream told it; NaN = not known */
export function setHubNow(utcS) { hubS = utcS - performance.now() / 1000; }

/** The hub's UTC now, seconds; NaN where it is not known. */
export function hubNow() { return hubS + performance.now() / 1000; }

/** Keeps the footer true: rows, store, how well the time is known. */
async function footer() {
  try {
    const sent = performance.now();
    const hub = await call('/v1/hub');
    hubS = hub.utcUs === undefined ? NaN : Number(hub.utcUs) / 1e6 - (sent + performance.now()) / 2000;
    say(byId('rows'), Number(hub.rows).toLocaleString(locale));
    say(byId('store-state'), hub.storeNote || (hub.storeState === 'ok' ? texts.storeOk : hub.storeState));
    byId('store').classList.toggle('trouble', hub.storeState !== 'ok');
    const sigma = Number(hub.sigmaUs ?? -1);
    say(byId('time'), sigma < 0 ? texts.timeUnknown : `${texts.timeKnown} ${duration(sigma / 1e6)}`);
  } catch { /* the link's own words say so */ }
}
if (byId('rows')) setInterval(footer, 15000);

// Where the time is not known to a second yet, this phone helps to find it; after the page stands.
if (document.documentElement.hasAttribute('data-ask')) setTimeout(() => import('./exchange.js').then((exchange) => exchange.takePart()), 4000);

/** @param {number|string} value */
export function numberOrNull(value) {
  const parsed = Number(value);
  return Number.isFinite(parsed) ? parsed : null;
}
