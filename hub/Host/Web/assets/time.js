// @ts-check
import { call } from './api.js';
import { exchangeClocks } from './exchange.js';
import { attempt, byId, duration, element, fields, fill, locale, say, sentence, texts } from './words.js';

/** @typedef {{bootId: string, owner: string, ownerSlug?: string, bootNo: number, running?: boolean, firstTUs: string, lastTUs: string, firstUtcUs?: string, lastUtcUs?: string, sigmaUs?: string, outliers?: any[], sentence?: any}} Boot */

/** @param {string|number|undefined} us */
const when = (us) => (us === undefined ? texts.unsure : new Date(Number(us) / 1000).toLocaleString(locale, { dateStyle: 'short', timeStyle: 'medium' }));
/** @param {string|number|undefined} us */
const sigma = (us) => (us === undefined || Number(us) < 0 ? texts.unsure : `± ${duration(Number(us) / 1e6)}`);
/** @type {Record<string, string>} */
const sources = { ntp: texts.sourceNtp, rtc: texts.sourceRtc, gps: texts.sourceGps, phones: texts.sourcePhones, teacher: texts.sourceTeacher, machine: texts.sourceMachine };

/** @type {Boot[]} */
let boots = [];
/** The hub's UTC less this page's steady clock, ms; NaN = not known. */
let hubMs = NaN;

/** @param {Boot} boot */
const ownerOf = (boot) => (boot.owner === 'hub' ? texts.hubSelf : boot.ownerSlug || boot.owner.slice(7, 15));

/** @param {any} time */
function showTime(time) {
  hubMs = time.utcUs === undefined ? NaN : Number(time.utcUs) / 1000 - performance.now();
  tick();
  say(byId('known'), sentence(time.sentence));
  say(byId('phones'), sentence(time.phones?.sentence));
  const anchors = time.anchors ?? [];
  byId('anchors').replaceChildren(...(anchors.length ? anchors.map(anchorItem) : [element('li', {}, texts.noAnchors)]));
}

function tick() { say(byId('now'), Number.isFinite(hubMs) ? new Date(hubMs + performance.now()).toLocaleString(locale, { dateStyle: 'full', timeStyle: 'medium' }) : texts.notKnown); }

/** @param {any} anchor */
function anchorItem(anchor) {
  const boot = boots.find((one) => one.bootId === anchor.bootId);
  const item = element('li', {}, element('b', {}, sources[anchor.source] ?? anchor.source), `: ${when(anchor.utcUs)} ${sigma(anchor.sigmaUs)}`, boot ? ` · ${ownerOf(boot)} ${boot.bootNo}` : '');
  if (anchor.outlier) item.append(element('p', { class: 'warn' }, `▲ ${sentence(anchor.outlier.sentence)}`));
  if (anchor.byRole !== 'hub' && anchor.byRole !== 'agent') {
    const button = element('button', { type: 'button' }, texts.withdraw);
    button.addEventListener('click', () => attempt(byId('withdrawn'), async () => {
      showTime((await call(`/v1/time/anchors/${anchor.factId}:withdraw`, { factId: anchor.factId })).time);
      await loadBoots();
      return texts.withdrawn;
    }));
    item.append(' ', button);
  }
  return item;
}

async function loadBoots() {
  boots = (await call('/v1/boots')).boots ?? [];
  byId('boots').replaceChildren(...boots.map((boot) => element('tr', {},
    element('th', { scope: 'row' }, ownerOf(boot)), element('td', {}, `${boot.bootNo}${boot.running ? ` (${texts.running})` : ''}`),
    element('td', {}, when(boot.firstUtcUs)), element('td', {}, when(boot.lastUtcUs)), element('td', {}, sigma(boot.sigmaUs)),
    element('td', {}, sentence(boot.sentence), ...(boot.outliers ?? []).map((outlier) => element('p', { class: 'warn' }, `▲ ${sentence(outlier.sentence)}`))))));
  const moment = /** @type {HTMLSelectElement} */ (byId('moment'));
  const kept = moment.value;
  moment.replaceChildren(element('option', { value: '' }, texts.now), ...boots.filter((boot) => boot.owner !== 'hub').map((boot) => element('option', { value: boot.bootId }, fill(texts.switchedOn, ownerOf(boot), String(boot.bootNo)))));
  moment.value = kept;
  drawLanes();
}

/** One lane an owner, one bar a start, pale ends as wide as the time is unsure. */
function drawLanes() {
  const known = boots.filter((boot) => boot.firstUtcUs !== undefined && boot.lastUtcUs !== undefined && boot.sigmaUs !== undefined);
  const from = Math.min(...known.map((boot) => Number(boot.firstUtcUs))); const to = Math.max(...known.map((boot) => Number(boot.lastUtcUs)));
  if (!(to > from)) { byId('lanes').replaceChildren(); return; }
  const pad = (to - from) * 0.04; const scale = (/** @type {number} */ us) => ((us - from + pad) / (to - from + 2 * pad)) * 100;
  const lanes = new Map();
  for (const boot of known) {
    const left = Number(boot.firstUtcUs); const right = Number(boot.lastUtcUs); const half = Number(boot.sigmaUs);
    const bar = svg('rect', { x: `${scale(left)}%`, width: `${Math.max(0.3, scale(right) - scale(left))}%`, y: '7', height: '14', class: 'life' });
    const unsure = svg('rect', { x: `${Math.max(0, scale(left - half))}%`, width: `${Math.min(100, scale(right + half)) - Math.max(0, scale(left - half))}%`, y: '10', height: '8', class: 'unsure' });
    lanes.set(ownerOf(boot), [...(lanes.get(ownerOf(boot)) ?? []), unsure, bar]);
  }
  byId('lanes').replaceChildren(...[...lanes].map(([owner, bars]) => { const drawing = svg('svg', { height: '28', width: '100%' }); drawing.append(...bars); return element('div', { class: 'lane' }, element('span', {}, owner), drawing); }));
}

/** @param {string} tag @param {Record<string, string>} attributes */
function svg(tag, attributes) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

byId('tell').addEventListener('submit', (event) => {
  event.preventDefault();
  const told = fields(event.target);
  attempt(byId('told'), async () => {
    const boot = boots.find((one) => one.bootId === told.moment);
    const answer = await call('/v1/time:stateAnchor', {
      ...(boot ? { at: { bootTime: { bootId: boot.bootId, tUs: boot.firstTUs } } } : {}),
      localTime: told.local, utcOffsetMinutes: -new Date(told.local).getTimezoneOffset(), sigmaUs: String(Number(told.sure) * 1e6),
    });
    await loadBoots();
    showTime(answer.time ?? await call('/v1/time'));
    return answer.anchor?.outlier ? fill(texts.doubted, sentence(answer.anchor.outlier.sentence)) : texts.stated;
  });
});

byId('join').addEventListener('click', () => attempt(byId('joined'), async () => {
  const answer = await exchangeClocks();
  if (!answer) return texts.ownScreen;
  showTime(await call('/v1/time'));
  return fill(texts.joined, sentence(answer.phones?.sentence));
}));

const local = /** @type {HTMLInputElement} */ (document.querySelector('[name="local"]'));
const here = new Date();
local.value = new Date(here.getTime() - here.getTimezoneOffset() * 60000).toISOString().slice(0, 19);

async function refresh() { try { await loadBoots(); showTime(await call('/v1/time')); } catch (error) { say(byId('known'), /** @type {Error} */ (error).message); } }
refresh();
setInterval(() => { if (!document.hidden) refresh(); }, 15000);
setInterval(tick, 1000);
