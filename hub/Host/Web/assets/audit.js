// @ts-check
// The audit page: times as the reader writes them.
import './api.js';
import { locale, say } from './words.js';

for (const cell of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('.when'))) {
  if (cell.dataset.us) say(cell, new Date(Number(cell.dataset.us) / 1000).toLocaleString(locale));
}
