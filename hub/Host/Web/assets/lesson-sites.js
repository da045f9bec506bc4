// @ts-check
// Where a sample is taken: by GPS, or where the device was placed, with the sites near by and those named before to tap. Loaded when the panel is seen.
import { call } from './api.js';
import { lesson } from './lesson.js';
import { byId, element, number, say, sentence } from './words.js';

const select = /** @type {HTMLSelectElement} */ (byId('keep-of'));
const how = element('p', { class: 'hint', id: 'site-how', role: 'status' });
byId('site-taps').before(how);
/** Places of samples kept before. @type {string[]} */
let named = [];
/** What the hub says of where the channel is. @type {any} */
let nearby = {};
const site = /** @type {HTMLInputElement} */ (byId('keep').querySelector('[name=site]'));
site.addEventListener('input', () => { site.dataset.by = site.value ? 'hand' : ''; });

/** Places somebody named already are offered to tap: nothing is typed twice, and two groups at one place write it the same. @param {any[]} samples */
export function offer(samples) {
  named = samples.map((sample) => sample.site);
  if (asked !== select.value) { nearby = {}; asked = select.value; }
  askSites().catch(() => { /* offered without, asked again with the next sample */ });
  showSites();
}
/** Channel that was asked about. */
let asked = '';

async function askSites() {
  if (!select.value || lesson.state?.hiddenFromMe) return;
  nearby = await call(`/v1/samples:suggestSites?${new URLSearchParams({ channel: select.value })}`);
  showSites();
}

/** @param {any} fix */
const position = (fix) => `${Number(fix.latitude).toFixed(5)}, ${Number(fix.longitude).toFixed(5)}`;
function showSites() {
  const hasFix = nearby.latitude !== undefined;
  const near = /** @type {any[]} */ (nearby.sites ?? []).map((one) => ({ name: sentence(one.name), m: one.distanceM === undefined ? undefined : Number(one.distanceM) }));
  // By GPS: the site the boat is at, else the place itself. A name a person has typed stays.
  const here = nearby.here ? near[0]?.name : hasFix ? position(nearby) : '';
  if (here && site.dataset.by !== 'hand') { site.value = here; site.dataset.by = 'gps'; } else if (!here && site.dataset.by === 'gps') { site.value = ''; site.dataset.by = ''; }
  say(how, hasFix && site.dataset.by === 'gps' ? 'GPS ✓' : '');
  // A device that nobody has described is called by its short name, which is no place.
  const own = [...lesson.channels.values()].map((channel) => channel.place).filter((place) => !/^[a-z0-9-]+$/.test(place));
  const sites = [...new Set([here, ...near.filter((one) => one.m !== undefined).map((one) => one.name), ...named, ...own, ...near.map((one) => one.name)])].filter(Boolean).slice(0, 8);
  byId('sites').replaceChildren(...sites.map((name) => element('option', { value: name })));
  byId('site-taps').replaceChildren(...sites.map((name) => {
    const m = near.find((one) => one.name === name)?.m;
    const button = element('button', { type: 'button' }, name, ...(m === undefined ? [] : [element('span', { class: 'hint' }, ` ${m < 1000 ? `${number(m, 0)} m` : `${number(m / 1000, 1)} km`}`)]));
    button.addEventListener('click', () => { site.value = name; site.dataset.by = name === here ? 'gps' : 'hand'; showSites(); });
    return button;
  }));
}
setInterval(() => { if (!document.hidden) askSites().catch(() => { /* asked again in half a minute */ }); }, 30000);
