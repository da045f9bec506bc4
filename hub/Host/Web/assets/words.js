// @ts-check
// What the server wrote into the page for its scripts, and numbers, ages and times as the reader writes them.

/** @type {Record<string, string>} */
export const texts = Object.assign({}, ...[...document.querySelectorAll('script[type="application/json"]')].map((script) => JSON.parse(script.textContent ?? '{}')));
// Browsers of early 2020 lack this one.
if (!Element.prototype.replaceChildren) Element.prototype.replaceChildren = function (/** @type {(Node|string)[]} */ ...nodes) { this.textContent = ''; this.append(...nodes); };

export const locale = document.documentElement.lang === 'vi' ? 'vi-VN' : 'en-GB';

// The hub writes the times of a first picture where the reader's clock stands: minutes ahead of UTC, kept until the browser ends.
document.cookie = `zone=${-new Date().getTimezoneOffset()}; path=/; SameSite=Strict`;

// Numbers and times of a page's first picture are written here and not by the browser: what it formats with takes a slow phone a tenth of a second to fetch.
const [POINT, THREES] = locale === 'vi-VN' ? [',', '.'] : ['.', ','];

/** "7,10"; a dash where there is no value. @param {number|null|undefined} value @param {number} decimals */
export function number(value, decimals) {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  const [whole, rest] = value.toFixed(decimals).split('.');
  return whole.replace(/\B(?=(\d{3})+$)/g, THREES) + (rest ? POINT + rest : '');
}

/** The same with no more decimals than it has. @param {number} value @param {number} most 1 or more */
export function plain(value, most) { return number(value, most).replace(/[.,]?0+$/, ''); }

/** @param {number} value */
function two(value) { return String(value).padStart(2, '0'); }

/** "09:04:03", as both languages write it. @param {Date} at @param {boolean} [withSeconds] */
export function clockText(at, withSeconds = true) { return `${two(at.getHours())}:${two(at.getMinutes())}${withSeconds ? `:${two(at.getSeconds())}` : ''}`; }

/** Day and month: "5/3", "05/03". @param {Date} at */
export function dayText(at) {
  const [day, month] = [at.getDate(), at.getMonth() + 1];
  return locale === 'vi-VN' ? `${day}/${month}` : `${two(day)}/${two(month)}`;
}

/** A number to so many telling digits; very small and very large ones as a power of ten. @param {number|null|undefined} value @param {number} digits */
export function significant(value, digits) {
  if (value === null || value === undefined || !Number.isFinite(Number(value))) return '–';
  const size = Math.abs(Number(value));
  if (size === 0 || (size >= 1e-6 && size < 1e12)) return Number(value).toLocaleString(locale, { maximumSignificantDigits: digits });
  const [lead, power] = Number(value).toExponential(digits - 1).split('e');
  return `${lead.replace('.', POINT)} × 10${[...String(Number(power))].map((letter) => (letter === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(letter)])).join('')}`;
}

/** A UCUM code as people write it. @param {string|undefined} ucum */
export function unitText(ucum) {
  /** @type {Record<string, string>} */
  const known = { Cel: '°C', "[NTU'U]": 'NTU', '[ppth]': '‰', '[pH]': 'pH', '[ppm]': 'ppm', '[SPL]': '', Ohm: 'Ω', deg: '°', '.': '·' };
  return ucum === '1' ? '' : (ucum ?? '').replace(/(^|[/.(])u(?=[A-Za-z])/g, '$1µ').replace(/([A-Za-z)])([23])/g, (_, unit, power) => unit + (power === '2' ? '²' : '³')).replace(/\[(pH|ppm|ppth|SPL|NTU'U)\]|Cel|Ohm|deg|\.|[{}]/g, (part) => known[part] ?? '');
}

/** A length of time in its most telling unit. @param {number} seconds */
export function duration(seconds) {
  if (seconds < 0.95) return `${number(Math.max(0, seconds), 1)} ${texts.seconds}`;
  if (seconds < 90) return `${Math.round(seconds)} ${texts.seconds}`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} ${texts.minutes}`;
  if (seconds < 172800) return `${Math.round(seconds / 3600)} ${texts.hours}`;
  return `${Math.round(seconds / 86400)} ${texts.days}`;
}

/** How long ago, for people. @param {number} seconds */
export function ago(seconds) { return seconds < 2 ? texts.justNow : fill(texts.ago, duration(seconds)); }

/** A text with its gaps {0}, {1}… filled. @param {string} text @param {...string} parts */
export function fill(text, ...parts) { return (text ?? '').replace(/\{(\d)\}/g, (_, i) => parts[Number(i)] ?? ''); }

/** Clock time with its date where that is not today. @param {number} s UTC seconds @param {number} nowS */
export function clockTime(s, nowS) {
  const at = new Date(s * 1000);
  const time = clockText(at);
  return at.toDateString() === new Date(nowS * 1000).toDateString() ? time : `${at.toLocaleDateString(locale)} ${time}`;
}

/** An element with attributes and children. @param {string} tag @param {Record<string, string|boolean>} [attributes] @param {...(Node|string)} children */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== false) made.setAttribute(name, value === true ? '' : value);
  made.append(...children);
  return made;
}

/** A table whose rows a narrow screen shows as cards: each cell says its column. @template {Element} T @param {T} table a table, or what holds it @returns {T} */
export function asCards(table) {
  const heads = [...table.querySelectorAll('thead th')].map((head) => head.textContent ?? '');
  table.classList.add('cards-if-narrow');
  for (const row of table.querySelectorAll('tbody tr')) [...row.children].forEach((cell, i) => cell.setAttribute('data-head', heads[i] ?? ''));
  return table;
}

/** Sets a text only when it changed, so that screen readers and layout are left in peace. @param {Element|null|undefined} target @param {string} text */
export function say(target, text) { if (target && target.textContent !== text) target.textContent = text; }

/** The element with an id, which the server has rendered. @param {string} id */
export function byId(id) { return /** @type {HTMLElement} */ (document.getElementById(id)); }

/** A sentence as its reader's. @param {any} [all] */
export function sentence(all, lang = document.documentElement.lang) { return all?.more?.[lang] ?? all?.[lang] ?? all?.en ?? ''; }

/** The row of pages is longer than a phone is wide: where one is now, is seen. */
const here = /** @type {HTMLElement|null} */ (document.querySelector('nav a[aria-current]'));
if (here?.previousElementSibling) requestAnimationFrame(() => { const row = /** @type {HTMLElement} */ (here.parentElement); row.scrollLeft = here.offsetLeft - row.offsetLeft - (row.clientWidth - here.offsetWidth) / 2; });

/** Says what went wrong, and what came of it. @param {Element|null} output @param {() => Promise<string|void>} action */
export async function attempt(output, action) {
  const turn = ((output && turns.get(output)) || 0) + 1;
  if (output) turns.set(output, turn);
  output?.classList.remove('trouble');
  try {
    const done = (await action()) ?? '';
    if (output && turns.get(output) === turn) say(output, done);
  } catch (error) {
    output?.classList.add('trouble');
    say(output, /** @type {Error} */ (error).message);
  }
}
/** Newest attempt of each place: an older one that ends well says nothing any more, it would wipe out what is newer. @type {WeakMap<Element, number>} */
const turns = new WeakMap();

/** A form's fields by name. @param {EventTarget|null} form @returns {Record<string, string>} */
export function fields(form) { return Object.fromEntries([...new FormData(/** @type {HTMLFormElement} */ (form))].map(([name, value]) => [name, String(value)])); }
