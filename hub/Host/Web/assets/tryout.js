// @ts-check
// "Try a lesson now", on the start page and on the page of classes: a lesson over simulated agents, or over the recording that comes with it, started for all, and its wall.
import { call } from './api.js';
import { attempt, byId } from './words.js';

const button = /** @type {HTMLButtonElement|null} */ (document.getElementById('try'));
button?.addEventListener('click', async () => {
  button.disabled = true;
  await attempt(button.querySelector('output') ?? byId('said'), async () => {
    const { session } = await call('/v1/classSessions', { lesson: 'lessons/salinity', groups: 3, ...('recording' in button.dataset ? { shortVersion: true, shippedRecording: true } : { simulated: true }) });
    await call(`/v1/${session.name}:startRun`, { inUs: '3000000', durationUs: '0' });
    location.href = `/wall/${session.name.split('/')[1]}`;
  });
  button.disabled = false;
});
