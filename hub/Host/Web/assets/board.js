// @ts-check
import { numberOrNull, watch } from './api.js';
import { Chart } from './chart.js';

/** @type {Record<string, string>} */
const texts = JSON.parse(document.getElementById('texts')?.textContent ?? '{}');
const locale = texts.language === 'vi' ? 'vi-VN' : 'en-GB';
/** @type {Map<string, HTMLElement>} */
const cards = new Map([...document.querySelectorAll('[data-channel]')].map((card) => [/** @type {HTMLElement} */ (card).dataset.channel ?? '', /** @type {HTMLElement} */ (card)]));
/** Newest reading of each channel: when it was taken, on this page's clock, ms. @type {Map<string, number>} */
const takenAt = new Map();
const chart = new Chart(texts, locale, cards);
const names = new Map();
let known = cards.size;

for (const [name, card] of cards) {
  if (card.dataset.age) takenAt.set(name, performance.now() - Number(card.dataset.age) / 1000);
  card.addEventListener('click', () => chart.toggle(name));
}

// Show something at once: the first agent's first reading.
const asked = new URLSearchParams(location.hash.slice(1)).getAll('c').filter((name) => cards.has(name));
for (const name of asked.length ? asked : [...cards.keys()].slice(0, 1)) chart.toggle(name);

/** @param {number} ms */
function duration(ms) {
  const s = ms / 1000;
  if (s < 90) return `${Math.round(s)} ${texts.seconds}`;
  if (s < 5400) return `${Math.round(s / 60)} ${texts.minutes}`;
  if (s < 172800) return `${Math.round(s / 3600)} ${texts.hours}`;
  return `${Math.round(s / 86400)} ${texts.days}`;
}

/** @param {string} name @param {HTMLElement} card */
function showAge(name, card) {
  const at = takenAt.get(name);
  const age = card.querySelector('.age');
  if (at === undefined || !age) return;
  const ms = Math.max(0, performance.now() - at);
  const isStale = ms > Math.max(10000, (3 * Number(card.dataset.interval)) / 1000);
  card.classList.toggle('stale', isStale);
  const text = texts.ago.replace('{0}', duration(ms)) + (isStale ? ` · ${texts.stale}` : '');
  if (age.textContent !== text) age.textContent = text;
}

/** @param {import('./api.js').Answer} answer */
function take(answer) {
  for (const [ref, name] of Object.entries(answer.channelNames ?? {})) names.set(Number(ref), name);
  // A channel this page has no card for: a new device. The server draws it.
  if (names.size > known) { known = names.size; if (cards.size < [...new Set(names.values())].length) location.reload(); }
  for (const block of answer.blocks ?? []) {
    const name = names.get(block.channelRef);
    const card = cards.get(name);
    if (!card || block.value.length === 0) continue;
    let utc = Number(block.baseTimeUs);
    let newest = -Infinity;
    let value = null;
    for (let i = 0; i < block.value.length; i++) {
      utc += Number(block.deltaTimeUs[i]);
      const number = numberOrNull(block.value[i]);
      chart.add(name, utc / 1e6, number);
      if (utc >= newest) { newest = utc; value = number; }
    }
    // Late readings do not replace a newer value; they are drawn in their place.
    if (newest < Number(card.dataset.time || 0)) continue;
    const before = Number(card.dataset.time || newest);
    card.dataset.time = String(newest);
    const shown = card.querySelector('b');
    const decimals = Number(card.dataset.decimals);
    if (shown) shown.textContent = value === null ? '–' : value.toLocaleString(locale, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    // Commits arrive within a fraction of a second; a reading that jumps the clock forward is taken as fresh.
    const at = takenAt.get(name);
    takenAt.set(name, at === undefined || before === newest ? performance.now() : Math.min(performance.now(), Math.max(at + (newest - before) / 1000, performance.now() - 1000)));
  }
  if (answer.changed?.length) chart.refetch();
}

const link = document.getElementById('link');
watch(take, (isLive) => {
  const text = isLive ? `● ${texts.live}` : `○ ${texts.reconnecting}`;
  if (link && link.textContent !== text) link.textContent = text;
});
setInterval(() => { for (const [name, card] of cards) showAge(name, card); }, 1000);
