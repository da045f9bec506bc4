// @ts-check
// Phones as instruments: makes an experiment for phyphox and ends it.
import { call } from './api.js';
import { attempt, byId } from './words.js';

const form = /** @type {HTMLFormElement} */ (byId('phones'));
form.addEventListener('submit', (event) => {
  event.preventDefault();
  attempt(form.querySelector('output'), async () => {
    const told = new FormData(form);
    await call('/v1/phoneExperiments', { title: told.get('title'), sensors: told.getAll('sensor'), rateHz: Number(told.get('rate')) });
    location.reload();
  });
});
for (const section of document.querySelectorAll('[data-experiment]')) {
  section.querySelector('.end')?.addEventListener('click', () => attempt(section.querySelector('output'), async () => {
    await call(`/v1/${/** @type {HTMLElement} */ (section).dataset.experiment}`, {}, undefined, 'DELETE');
    location.reload();
  }));
}
