// @ts-check
import { readingsOf, watch } from './api.js';
import { ago, byId, fill, number, say, texts } from './words.js';
import { Chart, MOST } from './chart.js';

const board = byId('board');
const chart = new Chart();
/** @type {Map<string, HTMLElement>} */
let cards = new Map();
/** When the newest reading of each channel was taken, on this page's clock, ms. @type {Map<string, number>} */
const takenAt = new Map();
/** @type {Map<number, string>} */
const names = new Map();
/** Channels the server draws no card for. @type {Set<string>} */
const undrawn = new Set();
/** The newest readings that came while the board was drawn anew: the new cards may be older. @type {Map<string, import('./api.js').Reading>} */
const early = new Map();
/** @type {string[]} */
let chosen = [];
/** Cards whose newest reading is not shown yet, and when it came, ms. @type {Map<string, [import('./api.js').Reading, number]>} */
const unshown = new Map();
/** A second has passed since ages were shown. */
let isAged = false;
let isPaused = false;
let isRedrawing = false;

/** Takes the cards as the server has drawn them. */
function findCards() {
  cards = new Map([...board.querySelectorAll('[data-channel]')].map((card) => [/** @type {HTMLElement} */ (card).dataset.channel ?? '', /** @type {HTMLElement} */ (card)]));
  for (const [name, card] of cards) if (card.dataset.age && !takenAt.has(name)) takenAt.set(name, performance.now() - Number(card.dataset.age) / 1000);
}

/** @param {string[]} wanted */
function choose(wanted) {
  chosen = wanted.filter((name) => cards.has(name)).slice(-MOST);
  marks();
  history.replaceState(null, '', `${location.pathname}${location.search}#${new URLSearchParams(chosen.map((name) => ['c', name]))}`);
  byId('choose').hidden = chosen.length > 0;
  chart.setLines(chosen.map((name) => {
    const card = /** @type {HTMLElement} */ (cards.get(name));
    return { name, label: card.dataset.label ?? '', unit: card.dataset.unit ?? '', decimals: Number(card.dataset.decimals), intervalS: Number(card.dataset.interval) / 1e6, simulated: 'simulated' in card.dataset, href: card.dataset.href ?? '' };
  }));
}

/** Which cards are in the chart, and in which colour. */
function marks() {
  for (const [name, card] of cards) {
    const at = chosen.indexOf(name);
    card.setAttribute('aria-pressed', String(at >= 0));
    card.classList.remove(...Array.from({ length: MOST }, (_, i) => `c${i + 1}`));
    if (at >= 0) card.classList.add(`c${at + 1}`);
  }
}

board.addEventListener('click', (event) => {
  const name = /** @type {HTMLElement|null} */ (/** @type {Element} */ (event.target).closest('[data-channel]'))?.dataset.channel;
  if (name) choose(chosen.includes(name) ? chosen.filter((other) => other !== name) : [...chosen, name]);
});

/** @param {string} name @param {HTMLElement} card */
function showAge(name, card) {
  const at = takenAt.get(name);
  if (at === undefined) return;
  const s = Math.max(0, performance.now() - at) / 1000;
  const isStale = s > Math.max(10, (3 * Number(card.dataset.interval)) / 1e6);
  card.classList.toggle('stale', isStale);
  say(card.querySelector('.age'), isStale ? fill(texts.staleSince, ago(s)) : ago(s));
}

/** Channels this page has no card for: the server draws the board anew, and it takes the old one's place. Until that worked it is asked again, longer after each time. */
async function redraw() {
  if (isRedrawing) return;
  isRedrawing = true;
  for (let wait = 1000; withoutCard().length; wait = Math.min(wait * 2, 15000)) {
    const known = withoutCard();
    try {
      const fresh = await freshBoard();
      board.replaceChildren(...fresh.childNodes);
      findCards();
      marks();
      // A name the server draws no card for stays without.
      for (const name of known) if (!cards.has(name)) undrawn.add(name);
    } catch { await new Promise((resolve) => setTimeout(resolve, wait)); }
  }
  isRedrawing = false;
  for (const [name, newest] of early) showIfThere(name, newest);
  early.clear();
  if (cards.size && chosen.length === 0) { byId('plot').closest('section')?.removeAttribute('hidden'); choose([...cards.keys()].slice(0, 1)); }
}

/** @returns {Promise<HTMLElement>} */
async function freshBoard() {
  const answer = await fetch(location.pathname + location.search);
  const fresh = answer.ok ? new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('board') : null;
  if (!fresh) throw new Error(`HTTP ${answer.status}`);
  return fresh;
}

/** Channels that were told and have no card yet. */
function withoutCard() { return [...names.values()].filter((name) => !cards.has(name) && !undrawn.has(name)); }

/** @param {string} name @param {import('./api.js').Reading} newest */
function showIfThere(name, newest) {
  const card = cards.get(name);
  if ((!card || isRedrawing) && newest.t >= (early.get(name)?.t ?? -Infinity)) early.set(name, newest);
  if (card && !isPaused && newest.t >= (unshown.get(name)?.[0].t ?? -Infinity)) { unshown.set(name, [newest, performance.now()]); chart.painter.ask(); }
}

/** @param {import('./api.js').Answer} answer */
function take(answer) {
  for (const [ref, name] of Object.entries(answer.channelNames ?? {})) names.set(Number(ref), name);
  if (withoutCard().length) redraw();
  for (const block of answer.blocks ?? []) {
    const name = names.get(block.channelRef) ?? '';
    /** @type {import('./api.js').Reading|null} */
    let newest = null;
    for (const reading of readingsOf(block)) {
      chart.add(name, reading.t, reading.value, reading.flag);
      if (!newest || reading.t >= newest.t) newest = reading;
    }
    if (newest) showIfThere(name, newest);
  }
  for (const one of answer.changed ?? []) {
    const card = cards.get(one.channel);
    const us = Number(card?.dataset.time || 0);
    // The newest may stand at an earlier time now: whatever comes next is newer.
    if (card && us >= Number(one.startTimeUs) && us <= Number(one.endTimeUs)) card.dataset.time = '0';
    const waits = (unshown.get(one.channel)?.[0].t ?? NaN) * 1e6;
    if (waits >= Number(one.startTimeUs) && waits <= Number(one.endTimeUs)) unshown.delete(one.channel);
  }
  if (answer.resetReason) chart.refetch(); else if (answer.changed?.length) chart.refetchLater(answer.changed);
}

// All cards are written with the chart's next picture: one layout for all of them, as often as this device can.
chart.onPaint = () => {
  for (const [name, [newest, cameMs]] of unshown) { const card = cards.get(name); if (card && !isPaused) show(name, card, newest, cameMs); }
  unshown.clear();
  if (isAged && !isPaused) for (const [name, card] of cards) showAge(name, card);
  isAged = false;
};

/** Late readings do not replace a newer value; they are drawn in their place. @param {string} name @param {HTMLElement} card @param {import('./api.js').Reading} newest @param {number} cameMs */
function show(name, card, newest, cameMs) {
  const us = Math.round(newest.t * 1e6);
  const before = Number(card.dataset.time || 0);
  if (us < before) return;
  card.dataset.time = String(us);
  say(card.querySelector('b'), number(newest.value, Number(card.dataset.decimals)));
  showFlag(card, newest.flag);
  // Commits arrive within a fraction of a second; a reading that jumps the clock forward is taken as fresh.
  const at = takenAt.get(name);
  takenAt.set(name, at === undefined || !before ? cameMs : Math.min(cameMs, Math.max(at + (us - before) / 1000, cameMs - 1000)));
  showAge(name, card);
}

/** A reading that failed a check says so, in shape and word. @param {HTMLElement} card @param {number} flag */
function showFlag(card, flag) {
  const mark = card.querySelector('.flag');
  say(mark, flag === 3 ? `▲ ${texts.suspect}` : flag === 4 ? `✕ ${texts.failed}` : flag === 9 ? `○ ${texts.absent}` : '');
  card.classList.toggle('bad', flag === 4);
}

chart.onPause = (/** @type {boolean} */ paused) => {
  isPaused = paused;
  say(byId('held'), paused ? fill(texts.pausedAt, new Date().toLocaleTimeString(document.documentElement.lang)) : '');
};

findCards();
// Show something at once: what the address asks for, else the first channel.
const asked = new URLSearchParams(location.hash.slice(1)).getAll('c').filter((name) => cards.has(name));
choose(asked.length ? asked : [...cards.keys()].slice(0, 1));
watch([board.dataset.watch ?? ''], take);
setInterval(() => {
  if (isPaused) return;
  isAged = true;
  chart.painter.ask();
}, 1000);
