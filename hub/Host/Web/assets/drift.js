// @ts-check
// Before and after: two lines and the band between, drawn as a still picture with its numbers beside it.
import { element, fill, locale, number, texts, unitText } from './words.js';

const W = 640; const H = 260; const BOTTOM = 28;

/** @param {HTMLElement} place @param {{timeUs?: string[], before?: (number|string)[], after?: (number|string)[], unitUcum?: string}} preview @param {number} decimals */
export function drawDrift(place, preview, decimals) {
  const t = (preview.timeUs ?? []).map(Number);
  const before = (preview.before ?? []).map(Number); const after = (preview.after ?? []).map(Number);
  const values = [...before, ...after].filter(Number.isFinite);
  if (t.length < 2 || values.length === 0) { place.replaceChildren(element('p', { class: 'hint' }, texts.nothingBetween)); return; }
  const low = Math.min(...values); const high = Math.max(...values) === low ? low + 1 : Math.max(...values);
  // The picture shrinks with the screen and its letters do not: a narrow one has letters twice as large in the picture's own measure, and fewer of them.
  const isNarrow = matchMedia('(max-width: 560px)').matches;
  const steps = isNarrow ? 2 : 4;
  const marks = [...Array(steps + 1).keys()].map((i) => low + ((high - low) * i) / steps);
  const letter = isNarrow ? 26 : 13;
  const left = 12 + Math.max(...marks.map((v) => number(v, decimals).length)) * letter * 0.6;
  const x = (/** @type {number} */ us) => left + ((us - t[0]) / (t[t.length - 1] - t[0])) * (W - left - 8);
  const y = (/** @type {number} */ v) => 8 + (1 - (v - low) / (high - low)) * (H - BOTTOM - 16);
  const path = (/** @type {number[]} */ v, /** @type {boolean} */ back) => (back ? [...t.keys()].reverse() : [...t.keys()]).filter((i) => Number.isFinite(v[i])).map((i) => `${x(t[i]).toFixed(1)} ${y(v[i]).toFixed(1)}`).join('L');
  const drawing = svg('svg', { viewBox: `0 0 ${W} ${H}`, role: 'img', 'aria-label': fill(texts.driftPicture, number(before[before.length - 1], decimals), number(after[after.length - 1], decimals)) });
  for (const v of marks) drawing.append(svg('path', { d: `M${left} ${y(v)}H${W - 8}`, class: 'grid' }), label(left - 6, y(v) + letter / 3, number(v, decimals), 'end'));
  for (const [i, anchor] of /** @type {[number, string][]} */ ([[0, 'start'], [t.length - 1, 'end']])) drawing.append(label(x(t[i]), H - 8, new Date(t[i] / 1000).toLocaleString(locale, { dateStyle: 'short', timeStyle: 'short' }), anchor));
  drawing.append(svg('path', { d: `M${path(after, false)}L${path(before, true)}Z`, class: 'between' }), svg('path', { d: `M${path(before, false)}`, class: 'before' }), svg('path', { d: `M${path(after, false)}`, class: 'after' }));
  place.replaceChildren(drawing, element('p', { class: 'hint' }, element('span', { class: 'key before' }), ` ${texts.before} (${unitText(preview.unitUcum)})   `, element('span', { class: 'key after' }), ` ${texts.after}`));
}

/** @param {string} tag @param {Record<string, string>} attributes */
function svg(tag, attributes) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

/** @param {number} x @param {number} y @param {string} words @param {string} anchor */
function label(x, y, words, anchor) { const made = svg('text', { x: String(x), y: String(y), 'text-anchor': anchor }); made.textContent = words; return made; }
