// @ts-check
// The page of who has no seat: where the runs one measured can still be looked at.
import { byId, element, say, texts } from './words.js';

try {
  const runs = JSON.parse(localStorage.getItem('stemlab-runs') ?? '[]');
  if (runs.length) {
    say(byId('gone-title'), texts.sessionGone);
    say(byId('gone-how'), texts.sessionGoneHow);
    byId('gone-runs').replaceChildren(...runs.reverse().map((/** @type {{id: string, title: string}} */ run) => element('li', {}, element('a', { class: 'button', href: `/runs/${run.id}` }, run.title || run.id.slice(0, 8)))));
  }
} catch { /* a browser without storage remembers no run */ }
