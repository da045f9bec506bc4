// @ts-check
// A campaign as the public sees it: drawn by the hub; here only the sketch of places, tones and speech.
import { byId, say, texts } from './words.js';
import { map } from './sketch.js';

const STEP_S = 1;
const sketch = document.getElementById('map');
const places = JSON.parse(sketch?.dataset.places ?? '[]');
sketch?.replaceChildren(...map(places, -1, /** @type {any} */ (texts).pair[0].words));

/** @type {import('./sound.js').Sound|null} */ let sound = null;
const listen = document.getElementById('listen');
listen?.addEventListener('click', async () => {
  const isOn = sound === null;
  listen.setAttribute('aria-pressed', String(isOn));
  say(listen, isOn ? texts.quiet : texts.listen);
  if (!isOn) { sound?.stop(); sound = null; return; }
  const { Sound } = await import('./sound.js');
  sound = new Sound();
  say(byId('said'), texts.toneMeaning);
  const first = /** @type {HTMLElement|null} */ (document.querySelector('figure[data-tones]'));
  const points = /** @type {[number, number][]} */ ((first?.dataset.tones ?? '').split(' ').map((value, i) => [i * STEP_S, Number(value)]).filter(([, value]) => Number.isFinite(value)));
  sound.sweep(0, points, 0, points.length ? points[points.length - 1][0] : 0, 3 * STEP_S);
});

document.getElementById('tell')?.addEventListener('click', async () => {
  const { speak } = await import('./sound.js');
  const words = [...document.querySelectorAll('figure[data-tones] svg')].slice(0, 8).map((drawing) => `${drawing.getAttribute('aria-label')}.`).join(' ');
  say(byId('said'), (await speak(words)) ? words : `${words} ${texts.noVoice}`);
});
