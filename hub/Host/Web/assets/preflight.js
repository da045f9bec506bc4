// @ts-check
// Before and after a trip: looks at everything and lists it, worst first, in shape and word.
import { call } from './api.js';
import { attempt, byId, clockTime, element, fill, say, sentence, texts } from './words.js';

/** Shape, word and class of each light. @type {Record<string, [string, string, string]>} */
const LIGHTS = { LIGHT_READY: ['●', texts.ready, 'ready'], LIGHT_LOOK: ['▲', texts.look, 'look'], LIGHT_STOP: ['■', texts.stop, 'stop'] };
let trip = location.hash === '#after' ? 'postflight' : 'preflight';

/** @param {any} line */
function row(line) {
  const [shape, word, kind] = LIGHTS[line.light] ?? LIGHTS.LIGHT_LOOK;
  return element('li', { class: `light ${kind}` },
    element('span', { class: 'mark', 'aria-hidden': 'true' }, shape),
    element('div', {},
      element('b', {}, `${sentence(line.about)}: ${word}`),
      element('p', {}, sentence(line.found)),
      ...(line.todo ? [element('p', { class: 'todo' }, `→ ${sentence(line.todo)}`)] : []),
      ...(line.page ? [element('a', { class: 'button', href: line.page, 'aria-label': `${texts.goThere}: ${sentence(line.about)}` }, texts.goThere)] : [])));
}

async function look() {
  const asked = trip;
  for (const button of document.querySelectorAll('[data-trip]')) button.setAttribute('aria-pressed', String(/** @type {HTMLElement} */ (button).dataset.trip === trip));
  const verdict = byId('verdict');
  verdict.className = 'verdict';
  say(verdict, texts.looking);
  byId('lines').replaceChildren();
  await attempt(verdict, async () => {
    const answer = await call(`/v1/${asked}`);
    if (asked !== trip) return texts.looking;
    const lines = answer.lines ?? [];
    byId('lines').replaceChildren(...lines.map(row));
    const kind = LIGHTS[answer.light]?.[2] ?? 'look';
    verdict.classList.add(kind);
    const nowS = Number(answer.utcUs ?? NaN) / 1e6;
    say(byId('when'), fill(texts.lookedAt, clockTime(Number.isFinite(nowS) ? nowS : Date.now() / 1000, Date.now() / 1000)));
    const count = (/** @type {string} */ light) => String(lines.filter((/** @type {any} */ line) => line.light === light).length);
    const side = trip === 'preflight' ? 'Before' : 'After';
    return kind === 'ready' ? texts[`allReady${side}`] : kind === 'look' ? fill(texts[`someLook${side}`], count('LIGHT_LOOK')) : fill(texts[`someStop${side}`], count('LIGHT_STOP'));
  });
}

document.getElementById('print')?.addEventListener('click', () => print());
const ssid = /** @type {HTMLInputElement|null} */ (document.getElementById('ssid'));
/** The Wi-Fi's name on every card. */
function nameWifi() {
  for (const line of document.querySelectorAll('u.ssid')) say(line, ssid?.value.trim() ?? '');
}
if (ssid) {
  ssid.value = localStorage.getItem('ssid') ?? '';
  ssid.addEventListener('input', () => { localStorage.setItem('ssid', ssid.value.trim()); nameWifi(); });
  nameWifi();
}
if (document.getElementById('lines')) {
  for (const button of document.querySelectorAll('[data-trip]')) {
    button.addEventListener('click', () => {
      trip = /** @type {HTMLElement} */ (button).dataset.trip ?? 'preflight';
      history.replaceState(null, '', trip === 'postflight' ? '#after' : location.pathname + location.search);
      look();
    });
  }
  byId('again').addEventListener('click', look);
  look();
}
