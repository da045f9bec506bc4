// @ts-check
// A class: open a session, see who has joined, take a seat back, end it.
import { call } from './api.js';
import { attempt, byId, element, say, texts } from './words.js';

byId('open').addEventListener('click', () => attempt(byId('said'), async () => { await call('/v1/classSessions', {}); location.reload(); }));

for (const panel of document.querySelectorAll('.session')) {
  const name = /** @type {HTMLElement} */ (panel).dataset.session ?? '';
  panel.querySelector('.end')?.addEventListener('click', () => {
    if (confirm(texts.endSure)) attempt(byId('said'), async () => { await call(`/v1/${name}`, {}, undefined, 'DELETE'); location.reload(); });
  });
}

async function refresh() {
  if (document.hidden) return;
  try {
    const sessions = (await call('/v1/classSessions')).sessions ?? [];
    for (const panel of document.querySelectorAll('.session')) {
      const session = sessions.find((/** @type {any} */ one) => one.name === /** @type {HTMLElement} */ (panel).dataset.session);
      if (!session) { panel.remove(); continue; }
      show(panel, session.seats ?? []);
    }
  } catch { /* the next turn tells */ }
}

/** @param {Element} panel @param {any[]} seats */
function show(panel, seats) {
  say(panel.querySelector('.count'), String(seats.length));
  /** @type {HTMLElement} */ (panel.querySelector('.none')).hidden = seats.length > 0;
  const list = /** @type {HTMLElement} */ (panel.querySelector('.seats'));
  const shown = seats.map((seat) => seat.name).join();
  if (list.dataset.shown === shown) return;
  list.dataset.shown = shown;
  list.replaceChildren(...seats.map((seat) => {
    const button = element('button', { type: 'button', 'aria-label': `${texts.remove}: ${seat.alias}` }, texts.remove);
    button.addEventListener('click', () => attempt(byId('said'), async () => { await call(`/v1/${seat.name}`, {}, undefined, 'DELETE'); await refresh(); }));
    return element('li', { class: 'choice' }, element('b', {}, seat.alias), button);
  }));
}
refresh();
setInterval(refresh, 2000);
