// @ts-check
// A class: choose a lesson and open it, show how to join, see who has come, replay recorded runs, end.
import { call } from './api.js';
import { attempt, byId, duration, element, fields, fill, locale, say, texts } from './words.js';
import './tryout.js';

const said = byId('said');
/** @param {any} session */
const toWall = (session) => { location.href = `/wall/${session.name.split('/')[1]}`; };

byId('open').addEventListener('click', () => attempt(said, async () => { await call('/v1/classSessions', {}); location.reload(); }));

const form = /** @type {HTMLFormElement} */ (byId('lesson-form'));
form.addEventListener('submit', (event) => {
  event.preventDefault();
  const told = fields(form);
  attempt(said, async () => { toWall((await call('/v1/classSessions', { lesson: told.lesson, groups: Number(told.groups), shortVersion: told.shortVersion === 'on', simulated: told.simulated === 'on', shippedRecording: told.shipped === 'on' && !byId('with-recording').hidden })).session); });
});

/** The teacher's answers, the copy and the recording are those of the chosen lesson. */
function follow() {
  const told = fields(form);
  const chosen = told.lesson ?? '';
  const { recording, measured } = /** @type {HTMLInputElement} */ (form.querySelector('[name=lesson]:checked')).dataset;
  const line = byId('with-recording');
  const isOffered = !!recording && told.shortVersion === 'on';
  // Where nothing measures what the lesson wants, there is nothing else to watch.
  if (isOffered && line.dataset.of !== chosen) /** @type {HTMLInputElement} */ (line.querySelector('input')).checked = measured === undefined;
  line.dataset.of = isOffered ? chosen : '';
  line.hidden = !isOffered;
  say(byId('recording-of'), recording ?? '');
  for (const page of document.querySelectorAll('.teacher')) /** @type {HTMLElement} */ (page).hidden = /** @type {HTMLElement} */ (page).dataset.lesson !== chosen;
  /** @type {HTMLAnchorElement} */ (byId('copy')).href = `/class/lesson?of=${encodeURIComponent(chosen.replace('lessons/', ''))}`;
}
form.addEventListener('change', follow);
follow();

for (const panel of document.querySelectorAll('.session')) {
  const name = /** @type {HTMLElement} */ (panel).dataset.session ?? '';
  panel.querySelector('.end')?.addEventListener('click', () => {
    if (confirm(texts.endSure)) attempt(said, async () => { await call(`/v1/${name}`, {}, undefined, 'DELETE'); location.reload(); });
  });
  panel.querySelector('.again')?.addEventListener('click', () => attempt(said, async () => toWall((await call('/v1/classSessions', { like: name })).session)));
  panel.querySelector('.print')?.addEventListener('click', () => { panel.classList.add('printed'); print(); panel.classList.remove('printed'); });
  const wifi = panel.querySelector('.wifi');
  wifi?.addEventListener('input', () => drawWifi(wifi));
}

/** The Wi-Fi's picture is drawn here: name and password never leave the page. @param {Element} wifi */
async function drawWifi(wifi) {
  const { default: qrcode } = await import('./vendor/qrcode.js');
  // Read when it is drawn: what was typed while the drawing came is in it.
  const ssid = /** @type {HTMLInputElement} */ (wifi.querySelector('.ssid')).value;
  const password = /** @type {HTMLInputElement} */ (wifi.querySelector('.password')).value;
  const target = /** @type {HTMLElement} */ (wifi.querySelector('.qr'));
  say(wifi.querySelector('.wifi-said'), '');
  target.replaceChildren();
  if (!ssid) return;
  const plain = (/** @type {string} */ text) => text.replace(/([\\;,:"])/g, '\\$1');
  qrcode.stringToBytes = (/** @type {string} */ text) => [...new TextEncoder().encode(text)];
  const picture = qrcode(0, 'M');
  try {
    picture.addData(password ? `WIFI:T:WPA;S:${plain(ssid)};P:${plain(password)};;` : `WIFI:T:nopass;S:${plain(ssid)};;`);
    picture.make();
  } catch { say(wifi.querySelector('.wifi-said'), texts.wifiTooLong); return; }
  const n = picture.getModuleCount();
  let path = '';
  for (let y = 0; y < n; y++) for (let x = 0; x < n; x++) if (picture.isDark(y, x)) path += `M${x + 4} ${y + 4}h1v1h-1z`;
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', `0 0 ${n + 8} ${n + 8}`);
  const dark = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  dark.setAttribute('d', path);
  svg.append(dark);
  target.replaceChildren(svg);
}

async function refresh() {
  if (document.hidden || !document.querySelector('.session')) return;
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
    button.addEventListener('click', () => attempt(said, async () => { await call(`/v1/${seat.name}`, {}, undefined, 'DELETE'); await refresh(); }));
    return element('li', { class: 'choice' }, element('b', {}, seat.alias), button);
  }));
}
refresh();
setInterval(refresh, 2000);

// ---- what runs were made for
byId('purposes').addEventListener('toggle', () => { if (/** @type {HTMLDetailsElement} */ (byId('purposes')).open) attempt(byId('purpose-said'), drawPurposes); });

async function drawPurposes() {
  const runs = (await call('/v1/runs?pageSize=50')).runs ?? [];
  byId('purpose-runs').replaceChildren(...runs.map(purposeOf), ...(runs.length ? [] : [element('li', { class: 'hint' }, texts.purposeNone)]));
}

/** @param {any} run */
function purposeOf(run) {
  const isPractice = run.purpose === 'RUN_PURPOSE_PRACTICE';
  const label = isPractice ? texts.wasReal : texts.wasPractice;
  const button = element('button', { type: 'button', 'aria-label': `${label}: ${run.title}` }, label);
  button.addEventListener('click', () => attempt(byId('purpose-said'), async () => { await call(`/v1/${run.name}:setPurpose`, { purpose: isPractice ? 'RUN_PURPOSE_REAL' : 'RUN_PURPOSE_PRACTICE' }); await drawPurposes(); }));
  const when = run.timeKnown ? new Date(Number(run.startTimeUs) / 1000).toLocaleString(locale) : duration((Number(run.endTimeUs) - Number(run.startTimeUs)) / 1e6);
  return element('li', { class: 'choice' }, element('b', {}, run.title || '–'), isPractice ? ` (${texts.practiceMark})` : '', element('span', { class: 'hint' }, when), button);
}

// ---- replay: runs that began at one instant are one recording
/** @type {any[][]} */
let recordings = [];
byId('replay').addEventListener('toggle', () => attempt(said, async () => {
  const facts = (await call('/v1/facts?kind=run&pageSize=300')).facts ?? [];
  /** @type {Map<string, any[]>} */
  const byStart = new Map();
  for (const { run } of facts) {
    if (!run?.end || !run.channels?.length) continue;
    const key = JSON.stringify(run.start);
    byStart.set(key, [...(byStart.get(key) ?? []), run]);
  }
  recordings = [...byStart.values()];
  byId('no-runs').hidden = recordings.length > 0;
  byId('replay-form').hidden = recordings.length === 0;
  byId('runs').replaceChildren(...recordings.map((runs, i) => element('label', { class: 'choice' },
    element('input', { type: 'radio', name: 'recording', value: String(i), checked: i === 0 }), element('b', {}, runs.map((run) => run.title).sort()[0] || '–'),
    element('span', { class: 'hint' }, fill(texts.runsCount, String(runs.length), lengthOf(runs[0]))))));
}));

/** @param {any} run */
function lengthOf(run) {
  const us = (/** @type {any} */ at) => Number(at?.bootTime?.tUs ?? at?.utcUs ?? 0);
  const when = run.start?.utcUs ? ` · ${new Date(Number(run.start.utcUs) / 1000).toLocaleString(locale)}` : '';
  return `${duration(Math.max(0, us(run.end) - us(run.start)) / 1e6)}${when}`;
}

byId('replay-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const told = fields(event.target);
  attempt(said, async () => {
    const runs = recordings[Number(told.recording)];
    toWall((await call('/v1/classSessions', { lesson: fields(form).lesson, replayRuns: runs.slice(0, 12).map((run) => run.runId), replaySpeed: Number(told.speed) })).session);
  });
});
