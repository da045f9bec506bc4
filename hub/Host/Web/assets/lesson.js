// @ts-check
// The student's page: values now, their graph, what the teacher says. The rest is in modules loaded when needed.
import { call, follow, from, hubNow, numberOrNull, readingsOf, setHubNow, wake, watch } from './api.js';
import { ago, byId, duration, element, fill, number, say, sentence, texts } from './words.js';
import { Chart, MOST } from './chart.js';

/** @typedef {{name: string, label: string, property: string, unit: string, decimals: number, intervalS: number, simulated: boolean, place: string, href: string, latest?: {t: number, value: number|null, flag: number, ageUs: number}|null}} Channel */
/** @typedef {{t: number, value: number|null, flag: number}} Reading */

const desk = byId('desk');
const chart = new Chart();
chart.spanS = 300;

/** What the other modules share. */
export const lesson = {
  /** "classSessions/3"; empty for who sits in no class. */
  session: desk.dataset.session ?? '',
  mayTake: 'take' in desk.dataset,
  /** State of the class as the hub told it last; null = none, measuring freely. @type {any} */
  state: null,
  /** The group one belongs to. @type {any} */
  group: null,
  /** @type {Map<string, Channel>} */
  channels: new Map(),
  /** Is the hub there now? */
  isLive: false,
  chart,
  /** The hub's own clock now, µs; NaN before the first state. */
  nowUs: () => clockOffset + performance.now() * 1000,
  /** May this seat write now? */
  mayWrite: () => lesson.mayTake && !lesson.state?.seat?.muted && lesson.state?.phase !== 'CLASS_PHASE_ENDED',
  /** From when on samples are shown as this lesson's: two hours before this phone first saw it, UTC µs; 0 = all. */
  sinceUs: () => Number(lesson.state?.openedTimeUs ?? 0),
  /** UTC s that is shown; NaN = not known. */
  momentS: hubNow,
  /** Told after each change of the class. @type {(() => void)[]} */
  onState: [],
  /** Told each live reading. @type {((name: string, reading: Reading) => void)[]} */
  onReading: [],
  /** Told when the hub answers again. @type {(() => void)[]} */
  onLink: [],
  /** Newest value of each channel. @type {Map<string, Reading>} */
  newest: new Map(),
};
/** The channels the page came with. @type {Channel[]} */
const known = JSON.parse(document.getElementById('known')?.textContent ?? '[]').map((/** @type {Channel} */ channel) => ({ ...channel, href: `/${channel.name}` }));
let clockOffset = NaN;
/** When each newest reading came, by this page's clock, ms. @type {Map<string, number>} */
const cameAt = new Map();
/** A channel's card and the parts of it that change. @type {Map<string, {item: HTMLElement, card: HTMLElement, value: HTMLElement, flag: HTMLElement, age: HTMLElement}>} */
const cards = new Map();
/** Channels whose newest value is not shown yet. @type {Set<string>} */
const unshown = new Set();
/** @type {Map<number, string>} */
const names = new Map();
/** @type {string[]} */
let chosen = [];
let isFrozen = false;
/** The first chart stands: what is needed later may load. */
let isSettled = false;

// ---- what this phone remembers of the page, so that a reload finds it again
const memoryKey = `stemlab-desk-${lesson.session}`;
/** @type {{tab?: string, chosen?: string[]}} */
let memory = {};
try { memory = JSON.parse(localStorage.getItem(memoryKey) ?? '{}'); } catch { /* a browser without storage shows the page as new */ }
function remember() { try { localStorage.setItem(memoryKey, JSON.stringify(memory)); } catch { /* as above */ } }

// ---- parts of the page
/** @type {Record<string, () => Promise<any>>} */
const parts = { measure: () => import('./lesson-work.js'), predict: () => import('./lesson-predict.js'), compare: () => import('./lesson-compare.js'), home: () => import('./lesson-home.js') };

/** @param {string} key */
export function openPart(key) {
  for (const button of document.querySelectorAll('[data-tab]')) button.setAttribute('aria-pressed', String(/** @type {HTMLElement} */ (button).dataset.tab === key));
  for (const panel of document.querySelectorAll('[data-panel]')) /** @type {HTMLElement} */ (panel).hidden = /** @type {HTMLElement} */ (panel).dataset.panel !== key;
  memory.tab = key;
  remember();
  if (key === 'measure') chart.soon(); else parts[key]?.().then((part) => part.opened?.(), (error) => say(byId('away'), error.message));
}
for (const button of document.querySelectorAll('[data-tab]')) button.addEventListener('click', () => openPart(/** @type {HTMLElement} */ (button).dataset.tab ?? 'measure'));

// ---- values
/** @param {any} told ClassChannel @returns {Channel} */
function channelOf(told) {
  return { name: told.name, label: sentence(told.property) || told.observedProperty, property: told.observedProperty ?? '', unit: told.unitSymbol ?? '', decimals: Number(told.displayDecimals ?? 0), intervalS: Number(told.intervalUs ?? 0) / 1e6, simulated: told.simulated === true, place: sentence(told.placeName), href: `/${told.name}` };
}

/** @param {Channel[]} channels */
function setChannels(channels) {
  const key = channels.map((channel) => channel.name).join();
  if (key === [...lesson.channels.keys()].join() && cards.size) return;
  const labels = channels.map((channel) => channel.label);
  for (const channel of channels) if (labels.filter((label) => label === channel.label).length > 1) channel.label += ` · ${channel.place}`;
  lesson.channels = new Map(channels.map((channel) => [channel.name, channel]));
  for (const { name, latest } of channels) {
    if (!latest || lesson.newest.has(name)) continue;
    lesson.newest.set(name, latest);
    // The page was written when it began to come.
    cameAt.set(name, -latest.ageUs / 1000);
  }
  // The hub's own cards are taken over as they stand.
  const own = cards.size === 0 ? [...desk.querySelectorAll('.cards [data-of]')] : [];
  const isOwn = key === own.map((card) => /** @type {HTMLElement} */ (card).dataset.of).join();
  cards.clear();
  channels.forEach((channel, i) => {
    const card = /** @type {HTMLElement} */ (isOwn ? own[i] : cardOf(channel));
    const { name } = channel;
    const [value, flag, age] = ['.value b', '.flag', '.age'].map((part) => /** @type {HTMLElement} */ (card.querySelector(part)));
    card.addEventListener('click', () => choose(chosen.includes(name) ? chosen.filter((one) => one !== name) : [...chosen, name]));
    cards.set(name, { item: isOwn ? /** @type {HTMLElement} */ (card.parentElement) : element('li', {}, card), card, value, flag, age });
    showValue(name);
  });
  byId('no-channels').hidden = channels.length > 0;
  byId('picture').hidden = channels.length === 0 || lesson.state?.hiddenFromMe === true;
  byId('choose').hidden = channels.length === 0;
  const wanted = (memory.chosen ?? []).filter((name) => lesson.channels.has(name));
  choose(wanted.length ? wanted : channels.slice(0, 1).map((channel) => channel.name));
  fold();
}

/** Few cards stand before the fold: the first ones, or those that are drawn. Nothing moves while it is open. */
function fold() {
  const all = [...cards.keys()];
  const few = Number(byId('cards').dataset.few);
  const first = all.slice(0, all.length > few + 2 ? few : all.length);
  const shown = chosen.every((name) => first.includes(name)) ? first : [...chosen, ...first.filter((name) => !chosen.includes(name))].slice(0, few);
  const folded = all.filter((name) => !shown.includes(name));
  put(byId('cards'), shown);
  put(byId('more-cards'), folded);
  byId('more').hidden = folded.length === 0;
  say(byId('more-of'), fill(texts.moreChannels, String(folded.length)));
}
byId('more').addEventListener('toggle', () => { if (!/** @type {HTMLDetailsElement} */ (byId('more')).open) fold(); });

/** @param {HTMLElement} list @param {string[]} wanted names of cards */
function put(list, wanted) {
  const items = wanted.map((name) => /** @type {{item: HTMLElement}} */ (cards.get(name)).item);
  if (items.length !== list.children.length || items.some((item, i) => item !== list.children[i])) list.replaceChildren(...items);
}

/** @param {Channel} channel */
function cardOf(channel) {
  return element('button', { type: 'button', class: 'card', 'aria-pressed': 'false' }, element('span', { class: 'name' }, channel.label, ...(channel.simulated ? [' ', element('span', { class: 'tag sim' }, texts.simulated)] : [])),
    element('span', { class: 'value' }, element('b', {}, '–'), ' ', element('i', {}, channel.unit)), element('span', { class: 'flag' }), element('span', { class: 'age' }));
}

/** @param {string[]} wanted */
function choose(wanted) {
  chosen = wanted.slice(-MOST);
  memory.chosen = chosen;
  remember();
  for (const [name, { card }] of cards) {
    const at = chosen.indexOf(name);
    card.setAttribute('aria-pressed', String(at >= 0));
    card.classList.remove(...Array.from({ length: MOST }, (_, i) => `c${i + 1}`));
    if (at >= 0) card.classList.add(`c${at + 1}`);
  }
  chart.setLines(chosen.map((name) => /** @type {Channel} */ (lesson.channels.get(name))));
}

/** @param {string} name */
function showAge(name) {
  if (lesson.state?.replay) return;
  const { card, age } = /** @type {{card: HTMLElement, age: HTMLElement}} */ (cards.get(name));
  const at = cameAt.get(name);
  const s = at === undefined ? NaN : (performance.now() - at) / 1000;
  const isStale = s > Math.max(10, 3 * (lesson.channels.get(name)?.intervalS ?? 0));
  card.classList.toggle('stale', isStale);
  say(age, Number.isNaN(s) ? '' : isStale ? fill(texts.staleSince, ago(s)) : ago(s));
}

/** @param {string} name */
function showValue(name) {
  const parts = cards.get(name); const newest = lesson.newest.get(name);
  if (!parts || !newest || isFrozen) return;
  say(parts.value, number(newest.value, lesson.channels.get(name)?.decimals ?? 2));
  say(parts.flag, newest.flag === 3 ? `▲ ${texts.suspect}` : newest.flag === 4 ? `✕ ${texts.failed}` : newest.flag === 9 ? `○ ${texts.absent}` : '');
  parts.card.classList.toggle('bad', newest.flag === 4);
}

/** @param {import('./api.js').Answer} answer */
function takeReadings(answer) {
  for (const [ref, name] of Object.entries(answer.channelNames ?? {})) names.set(Number(ref), name);
  for (const block of answer.blocks ?? []) {
    const name = names.get(block.channelRef) ?? '';
    if (!lesson.channels.has(name)) continue;
    for (const reading of readingsOf(block)) {
      chart.add(name, reading.t, reading.value, reading.flag);
      for (const told of lesson.onReading) told(name, reading);
      const before = lesson.newest.get(name);
      if (before && before.t > reading.t) continue;
      lesson.newest.set(name, reading);
      cameAt.set(name, performance.now());
      unshown.add(name);
    }
  }
  if (unshown.size) chart.painter.ask();
  if (forgetMoved(answer.changed ?? [])) fillCards().catch(() => { /* the stream brings them */ });
  if (answer.resetReason) chart.refetch(); else if (answer.changed?.length) chart.refetchLater(answer.changed);
}

/** A second has passed since ages were shown. */
let isAged = false;
chart.onPaint = () => {
  for (const name of unshown) showValue(name);
  unshown.clear();
  if (isAged) for (const name of cards.keys()) showAge(name);
  isAged = false;
};

/** What was newest may have another time or value now, also an earlier one: it is asked for again. @param {import('./api.js').Changed[]} told */
function forgetMoved(told) {
  const moved = told.filter((one) => { const newest = lesson.newest.get(one.channel); return newest && newest.t * 1e6 >= Number(one.startTimeUs) && newest.t * 1e6 <= Number(one.endTimeUs); });
  for (const one of moved) lesson.newest.delete(one.channel);
  return moved.length > 0;
}

/** Slow channels say something now and then: until then their cards show what they said last. */
async function fillCards() {
  const empty = [...lesson.channels.keys()].filter((name) => !lesson.newest.has(name));
  if (empty.length === 0 || lesson.state?.hiddenFromMe || lesson.state?.replay) return;
  const flags = ['', 'QC_FLAG_GOOD', 'QC_FLAG_NOT_EVALUATED', 'QC_FLAG_SUSPECT', 'QC_FLAG_FAIL', '', '', '', '', 'QC_FLAG_MISSING'];
  for (const last of (await call(`/v1/readings:latest?${new URLSearchParams(empty.map((name) => ['channels', name]))}`)).readings ?? []) {
    if (lesson.newest.has(last.channel)) continue;
    lesson.newest.set(last.channel, { t: Number(last.timeUs ?? 0) / 1e6, value: numberOrNull(last.value ?? NaN), flag: flags.indexOf(last.flag) });
    cameAt.set(last.channel, performance.now() - Number(last.ageUs ?? 0) / 1000);
    showValue(last.channel);
  }
}

// ---- the class
/** @param {string} id @param {string} text */
function notice(id, text) { byId(id).hidden = !text; say(byId(id), text); }

/** @param {any} state */
function takeState(state) {
  const before = lesson.state;
  // The lesson itself never changes and comes once a stream.
  state.lesson = state.lesson ?? before?.lesson;
  lesson.state = state;
  lesson.group = (state.groups ?? []).find((/** @type {any} */ group) => group.key === state.seat?.group) ?? null;
  clockOffset = Number(state.nowUs ?? 0) - performance.now() * 1000;
  if (state.nowTimeUs !== undefined) setHubNow(Number(state.nowTimeUs) / 1e6);
  const spot = (state.groups ?? []).find((/** @type {any} */ group) => group.key === state.spotlight);
  say(byId('lesson-title'), sentence(state.lesson?.title) || texts.title);
  say(byId('who'), [lesson.group ? fill(texts.yourGroup, sentence(lesson.group.name)) : '', fill(texts.youAre, sentence(state.seat?.alias) || desk.dataset.alias || '')].filter(Boolean).join(' · '));
  byId('look-up').hidden = state.lookUp !== true;
  notice('message', state.message ? fill(texts.message, state.message) : '');
  notice('spotlight', !spot ? '' : spot.key === lesson.group?.key ? texts.spotlightYou : fill(texts.spotlight, sentence(spot.name)));
  byId('practice').hidden = !isPractising(state);
  byId('muted').hidden = state.seat?.muted !== true;
  byId('frozen').hidden = state.frozen !== true;
  if ((state.frozen === true) !== isFrozen) {
    isFrozen = state.frozen === true;
    chart.pause(isFrozen);
    if (!isFrozen) for (const name of cards.keys()) showValue(name);
  }
  const isHidden = state.hiddenFromMe === true;
  chart.isWithheld = isHidden;
  byId('hidden').hidden = !isHidden;
  byId('values').hidden = isHidden;
  byId('picture').hidden = isHidden;
  showStep(state);
  say(byId('alerts'), (state.alerts ?? []).filter((/** @type {any} */ alert) => alert.group === lesson.group?.key).map((/** @type {any} */ alert) => `▲ ${sentence(alert.text)}`).join(' '));
  // A group under the spotlight is shown instead of one's own, until the light is off.
  const shown = spot && spot.key !== lesson.group?.key && spot.channels?.length ? spot : lesson.group;
  setChannels((shown?.channels ?? []).map(channelOf));
  if (isSettled) fillCards().catch(() => { /* the stream brings them */ });
  if (isHidden && before?.hiddenFromMe !== true) openPart('predict');
  if (!isHidden && before?.hiddenFromMe === true) { chart.refetch(); openPart('measure'); }
  const isEnded = state.phase === 'CLASS_PHASE_ENDED';
  byId('ended-how').hidden = !isEnded;
  if (isEnded && before && before.phase !== 'CLASS_PHASE_ENDED') openPart('home');
  showRun();
  for (const told of lesson.onState) told();
  if (state.replay) import('./lesson-played.js').then((part) => part.follow(), () => { /* the next state asks again */ });
}

/** @param {any} state */
function showStep(state) {
  const steps = (state.shortVersion ? state.lesson?.shortSteps : state.lesson?.steps) ?? [];
  const step = steps[Number(state.step ?? 0)];
  byId('step').hidden = !step;
  if (!step) return;
  say(byId('step-title'), `${fill(texts.step, String(Number(state.step ?? 0) + 1), String(steps.length))}: ${sentence(step.title)}`);
  say(byId('step-prompt'), sentence(step.prompt));
}

/** What runs is practice, or where nothing runs, what starts next. @param {any} state */
function isPractising(state) {
  const run = lesson.group?.run;
  const isOpen = run && (run.endUs === undefined || Number(run.endUs) > lesson.nowUs());
  return state.phase !== 'CLASS_PHASE_ENDED' && !state.replay && (isOpen ? run.purpose === 'RUN_PURPOSE_PRACTICE' : state.practice === true);
}

/** Where the run stands, in words, once a second. */
function showRun() {
  const run = lesson.group?.run ?? null;
  const line = byId('run-line');
  if (!run) { say(line, lesson.state ? texts.noRunYet : ''); line.classList.remove('running'); return; }
  if (lesson.state?.replay) return;
  const now = lesson.nowUs();
  const start = Number(run.startUs ?? 0); const end = run.endUs === undefined ? Infinity : Number(run.endUs);
  line.classList.toggle('running', now < end);
  const mark = run.purpose === 'RUN_PURPOSE_PRACTICE' ? `✐ ${texts.practiceMark} · ` : '';
  say(line, mark + (now < start ? fill(texts.startsIn, duration((start - now) / 1e6)) : now < end ? `● ${fill(texts.running, duration((now - start) / 1e6))}` : fill(texts.runOver, run.title ?? '', duration((end - start) / 1e6))));
}

// ---- life of the page
let wentAway = 0;
document.addEventListener('visibilitychange', () => {
  if (document.hidden) { wentAway = Date.now(); return; }
  const away = (Date.now() - wentAway) / 1000;
  if (!wentAway || away < 5) return;
  say(byId('away'), fill(texts.away, duration(away)));
  wake();
  chart.refetch();
});
window.addEventListener('online', () => wake());

setInterval(() => {
  if (document.hidden) return;
  showRun();
  if (!isFrozen) { isAged = true; chart.painter.ask(); }
}, 1000);

new MutationObserver(() => {
  const isLive = !byId('link').classList.contains('trouble');
  if (isLive && !lesson.isLive) { lesson.isLive = true; for (const told of lesson.onLink) told(); }
  lesson.isLive = isLive;
}).observe(byId('link'), { attributes: true, childList: true, characterData: true, subtree: true });

function measureFreely() {
  lesson.state = null;
  say(byId('who'), desk.dataset.alias ? fill(texts.youAre, desk.dataset.alias) : '');
  const of = desk.dataset.of ?? '';
  setChannels(known);
  for (const told of lesson.onState) told();
  watch(of ? [`${of}/channels/-`] : ['agents/-/channels/-'], takeReadings);
}

function joinClass() {
  if (!lesson.session) { measureFreely(); return; }
  // What the page knows already is drawn while the stream opens.
  if ('group' in desk.dataset && known.length) setChannels(known);
  follow((cursor) => `/v1/${lesson.session}:watch?${new URLSearchParams([['minIntervalUs', '250000'], from(cursor)])}`, (answer) => {
    if (answer.classState) takeState(answer.classState);
    if (answer.readings) takeReadings(answer.readings);
  }, (error) => {
    // The seat is closed: that page says so.
    if (error.status === 401 || error.status === 403 || error.status === 404) { location.replace('/lesson'); return true; }
    // A session without a lesson: measuring freely.
    if (error.status === 400) { measureFreely(); return true; }
    return false;
  });
}

/** What a student writes with, and the values of slow channels: only when the picture stands, because forty phones open this page at once. */
function settle() {
  if (isSettled) return;
  isSettled = true;
  if (lesson.mayTake) parts.measure();
  fillCards().catch(() => { /* the stream brings them */ });
}
chart.onSpan = () => { if (!isSettled) setTimeout(settle, 1500); };
// A group without channels has no picture to wait for.
setTimeout(settle, 8000);
function begin() {
  joinClass();
  if (memory.tab && memory.tab !== 'measure') openPart(memory.tab);
}
// The hub's own picture is seen before this page begins to work.
if (document.querySelector('#plot .first') && !document.hidden) requestAnimationFrame(() => setTimeout(begin)); else begin();
