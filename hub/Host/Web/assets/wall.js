// @ts-check
// The teacher's wall: a tile a group, and every verb of the lesson. All state is the hub's: a second device that opens this page goes on where the first one stopped.
import { call, readingsOf } from './api.js';
import { attempt, byId, duration, element, fields, fill, locale, say, sentence, texts } from './words.js';
import { Tile } from './walltile.js';
import { drawGroup, drawNotes, drawRuns, drawSeats } from './walldrawer.js';
import { watchClass } from './classstream.js';

const wall = /** @type {HTMLElement|null} */ (document.getElementById('wall'));
const session = wall?.dataset.session ?? '';
const said = document.getElementById('said');
/** @type {any} */
let state = null;
/** Page clock at which the hub's clock showed 0, ms. */
let zeroMs = 0;
/** UTC seconds when this page's clock showed 0; NaN while the hub does not know the time. */
let zeroS = NaN;
/** @type {any} */
let lesson = null;
/** @type {Map<string, Tile>} */
const tiles = new Map();
/** @type {Map<number, string>} */
const names = new Map();
/** What is open in the drawer: '' = nothing, 'notes', or a group. */
let open = '';
/** @type {AudioContext|null} */
let sound = null;
/** Alerts that have rung. @type {Set<string>} */
const rung = new Set();

/** µs of the hub's clock as seconds from now; below 0 = past. @param {string|number|undefined} us */
const secondsTo = (us) => (Number(us ?? 0) / 1000 + zeroMs - performance.now()) / 1000;
/** @param {string} verb @param {object} body */
const send = (verb, body) => attempt(said, async () => { take({ classState: (await call(`/v1/${session}:${verb}`, body)).classState }); });
const set = (/** @type {object} */ body) => send('set', body);
const steps = () => (state.shortVersion && lesson.shortSteps?.length ? lesson.shortSteps : lesson.steps) ?? [];

/** @param {any} answer */
function take(answer) {
  if (answer.classState) takeState(answer.classState);
  const readings = answer.readings;
  if (!readings) return;
  for (const [ref, name] of Object.entries(readings.channelNames ?? {})) names.set(Number(ref), /** @type {string} */ (name));
  for (const block of readings.blocks ?? []) {
    const name = names.get(block.channelRef) ?? '';
    for (const reading of readingsOf(block)) {
      const ageS = Number.isFinite(zeroS) ? Math.max(0, performance.now() / 1000 + zeroS - reading.t) : 0;
      for (const tile of tiles.values()) if (tile.has(name)) tile.add(name, reading, ageS);
    }
  }
}

/** @param {any} next */
function takeState(next) {
  if (state && Number(next.revision) < Number(state.revision)) return;
  lesson = next.lesson ?? lesson;
  // Played again from its beginning.
  if (state && next.replay?.beganUs !== state.replay?.beganUs) for (const tile of tiles.values()) tile.restart();
  state = next;
  zeroMs = performance.now() - Number(state.nowUs) / 1000;
  zeroS = state.nowTimeUs === undefined ? NaN : Number(state.nowTimeUs) / 1e6 - performance.now() / 1000;
  drawTiles();
  drawHead();
  drawAlerts();
  if (open === 'notes') drawNotes(byId('drawer'), session, said, redrawNotes);
  else if (open) openGroup(open);
}

function drawTiles() {
  const groups = state.groups ?? [];
  if ([...tiles.keys()].join() !== groups.map((/** @type {any} */ group) => group.key).join()) {
    tiles.clear();
    byId('tiles').replaceChildren(...groups.map((/** @type {any} */ group) => {
      const tile = new Tile(group.key, `${wall?.dataset.mascots}#${group.key}`, () => set({ spotlight: state.spotlight === group.key ? '' : group.key }), () => openGroup(group.key));
      tiles.set(group.key, tile);
      return tile.node;
    }));
  }
  const properties = new Map(groups.flatMap((/** @type {any} */ group) => group.channels ?? []).map((/** @type {any} */ channel) => [channel.observedProperty ?? channel.name, sentence(channel.property)]));
  const select = /** @type {HTMLSelectElement} */ (byId('property'));
  if ([...select.options].map((option) => option.value).join() !== [...properties.keys()].join()) {
    const before = select.value;
    select.replaceChildren(...[...properties].map(([value, label]) => element('option', { value }, label)));
    if (properties.has(before)) select.value = before;
  }
  const isOver = state.phase === 'CLASS_PHASE_ENDED';
  for (const group of groups) {
    const tile = tiles.get(group.key);
    tile?.set(group, select.value, { isPlayed: !!state.replay, hidden: state.hideValues && !isOver && !group.predictionCount, isSpot: state.spotlight === group.key, isFrozen: state.frozen === true, isOver, hasAlert: (state.alerts ?? []).some((/** @type {any} */ alert) => alert.group === group.key), predicts: lesson?.prediction && lesson.prediction !== 'PREDICTION_KIND_NONE' });
  }
  byId('tiles').classList.toggle('spot', !!state.spotlight);
}

/** When the recording was made, each of its days once: groups may have one of their own. */
function recordedOn() {
  const begun = (state.groups ?? []).map((/** @type {any} */ group) => Number(group.run?.startTimeUs ?? NaN)).filter(Number.isFinite).sort((/** @type {number} */ a, /** @type {number} */ b) => a - b);
  const days = [...new Set(begun.map((/** @type {number} */ us) => new Date(us / 1000).toLocaleDateString(locale)))];
  return days.length > 1 ? days.join(', ') : new Date(begun[0] / 1000 || Number(state.replay.startTimeUs) / 1000).toLocaleString(locale);
}

function drawHead() {
  say(byId('title'), sentence(lesson.title));
  say(byId('code'), state.code);
  say(byId('link-phones'), state.link);
  const all = steps();
  const step = all[Number(state.step ?? 0)] ?? all[0];
  say(byId('step-title'), sentence(step.title));
  say(byId('step-count'), fill(texts.stepOf, String(Number(state.step ?? 0) + 1), String(all.length)));
  say(byId('prompt'), sentence(step.prompt));
  /** @type {HTMLButtonElement} */ (byId('previous')).disabled = !state.step;
  /** @type {HTMLButtonElement} */ (byId('next')).disabled = Number(state.step ?? 0) >= all.length - 1;
  for (const button of document.querySelectorAll('[data-switch]')) button.setAttribute('aria-pressed', String(state[/** @type {HTMLElement} */ (button).dataset.switch ?? ''] === true));
  say(byId('start'), `▶ ${state.replay ? texts.playIt : texts.startAll}`);
  say(byId('stop'), `■ ${state.replay ? texts.stopPlaying : texts.stopAll}`);
  const isEnded = state.phase === 'CLASS_PHASE_ENDED';
  /** @type {HTMLButtonElement} */ (byId('start')).disabled = isEnded;
  /** @type {HTMLButtonElement} */ (byId('stop')).disabled = state.phase !== 'CLASS_PHASE_RUNNING';
  say(byId('bell'), `✓ ${isEnded ? texts.bellUndo : texts.bell}`);
  byId('again').hidden = !isEnded;
  const waiting = (state.groups ?? []).reduce((/** @type {number} */ sum, /** @type {any} */ group) => sum + (group.waitingNoteCount ?? 0), 0);
  say(byId('waiting'), waiting ? `(${fill(texts.notesWaiting, String(waiting))})` : '');
  const banners = [];
  if (state.simulated) banners.push(['sim', `◇ ${texts.simulated}: ${texts.simulatedHint}`]);
  if (state.replay) banners.push(['sim', `↻ ${fill(texts.recording, recordedOn(), String(state.replay.speed))} ${sentence(state.replay.source)}`]);
  if (state.practice && !isEnded) banners.push(['sim', `✐ ${texts.practiceOn}`]);
  if (state.frozen) banners.push(['hold', `❄ ${texts.frozen}`]);
  if (state.lookUp) banners.push(['hold', `▲ ${texts.lookUpOn}`]);
  if (state.message) banners.push(['told', `“${state.message}”`]);
  if (isEnded) banners.push(['hold', texts.ended]);
  byId('banners').replaceChildren(...banners.map(([kind, text]) => element('p', { class: `banner ${kind}` }, text)));
  const notes = state.publishedNotes ?? [];
  byId('published').hidden = notes.length === 0;
  byId('published').querySelector('ul')?.replaceChildren(...notes.map((/** @type {any} */ note) => element('li', {}, element('b', {}, `${nameOf(note.group)}: `), note.text)));
}

/** @param {string} key */
function nameOf(key) { return sentence((state.groups ?? []).find((/** @type {any} */ group) => group.key === key)?.name) || key; }

function drawAlerts() {
  const alerts = state.alerts ?? [];
  byId('alerts').replaceChildren(...alerts.map((/** @type {any} */ alert) => {
    const line = element('p', { class: `banner alert${alert.seen ? ' seen' : ''}` }, `⚠ ${fill(texts.alertOf, nameOf(alert.group), sentence(alert.text))} `);
    if (!alert.seen) {
      const button = element('button', { type: 'button' }, texts.seen);
      button.addEventListener('click', () => set({ seenAlerts: [`${alert.group}/${alert.limit}`] }));
      line.append(button);
    }
    return line;
  }));
  for (const alert of alerts) {
    const key = `${alert.group}/${alert.channel}/${alert.limit}/${alert.sinceUs}`;
    if (alert.seen || rung.has(key)) continue;
    rung.add(key);
    ring();
  }
}

/** Two short tones, once for each alert, where somebody has switched sound on. */
function ring() {
  if (!sound) return;
  for (const [at, hertz] of [[0, 880], [0.25, 660]]) {
    const tone = sound.createOscillator();
    const level = sound.createGain();
    tone.frequency.value = hertz;
    level.gain.setValueAtTime(0.2, sound.currentTime + at);
    level.gain.exponentialRampToValueAtTime(0.001, sound.currentTime + at + 0.2);
    tone.connect(level).connect(sound.destination);
    tone.start(sound.currentTime + at);
    tone.stop(sound.currentTime + at + 0.22);
  }
}

/** @param {string} what */
function openDrawer(what) {
  open = what;
  byId('drawer').hidden = !what;
  byId('notes').setAttribute('aria-expanded', String(what === 'notes'));
}
function redrawNotes() { drawNotes(byId('drawer'), session, said, redrawNotes); }
/** @param {string} key */
function openGroup(key) {
  const isNew = open !== key;
  openDrawer(key);
  const group = (state.groups ?? []).find((/** @type {any} */ one) => one.key === key);
  if (!group) { openDrawer(''); return; }
  if (isNew) drawGroup(byId('drawer'), group, state, send, said, () => openDrawer(''));
  else { drawSeats(byId('drawer'), group, state, send, said); drawRuns(byId('drawer'), group, said); }
  if (isNew) byId('drawer').scrollIntoView({ block: 'nearest' });
}

/** From the lowest to the highest value on the wall, where somebody wants all lines on one scale and all measure the same. @returns {[number, number]|null} */
function commonScale() {
  if (!(/** @type {HTMLInputElement} */ (byId('same-scale')).checked)) return null;
  const all = [...tiles.values()].filter((tile) => tile.extent());
  if (new Set(all.map((tile) => tile.channel?.unitSymbol)).size !== 1) return null;
  const extents = all.map((tile) => tile.extent() ?? [0, 0]);
  return [Math.min(...extents.map(([low]) => low)), Math.max(...extents.map(([, high]) => high))];
}

/** What changes with time alone. */
function tick() {
  if (!state || !lesson) return;
  const since = -secondsTo(state.stepSinceUs);
  const planned = Number(steps()[Number(state.step ?? 0)]?.minutes ?? 0);
  say(byId('step-time'), `${duration(Math.max(0, since))}${planned ? ` / ${planned} ${texts.minutes}` : ''}`);
  say(byId('phase'), { CLASS_PHASE_RUNNING: texts.phaseRunning, CLASS_PHASE_STOPPED: texts.phaseStopped, CLASS_PHASE_ENDED: texts.phaseEnded }[/** @type {string} */ (state.phase)] ?? texts.phaseWaiting);
  const scale = commonScale();
  for (const group of state.groups ?? []) tiles.get(group.key)?.tick(secondsTo, state.replay !== undefined, scale);
}

if (wall) {
  byId('start').addEventListener('click', () => send('startRun', { inUs: '3000000' }));
  byId('stop').addEventListener('click', () => send('stopRun', {}));
  byId('previous').addEventListener('click', () => set({ step: Number(state.step ?? 0) - 1 }));
  byId('next').addEventListener('click', () => set({ step: Number(state.step ?? 0) + 1 }));
  byId('bell').addEventListener('click', () => {
    const isEnded = state.phase === 'CLASS_PHASE_ENDED';
    if (isEnded || confirm(texts.bellSure)) set({ ended: !isEnded });
  });
  byId('again').addEventListener('click', () => attempt(said, async () => { location.href = `/wall/${(await call('/v1/classSessions', { like: session })).session.name.split('/')[1]}`; }));
  for (const button of document.querySelectorAll('[data-switch]')) button.addEventListener('click', () => { const field = /** @type {HTMLElement} */ (button).dataset.switch ?? ''; set({ [field]: state[field] !== true }); });
  byId('message').addEventListener('submit', (event) => { event.preventDefault(); set({ message: fields(event.target).message }); });
  byId('clear').addEventListener('click', () => { /** @type {HTMLFormElement} */ (byId('message')).reset(); set({ message: '' }); });
  byId('property').addEventListener('change', drawTiles);
  byId('same-scale').addEventListener('change', tick);
  byId('notes').addEventListener('click', () => { if (open === 'notes') openDrawer(''); else { openDrawer('notes'); redrawNotes(); } });
  byId('sound').addEventListener('click', () => {
    if (sound) { sound.close(); sound = null; } else { sound = new AudioContext(); ring(); }
    byId('sound').setAttribute('aria-pressed', String(sound !== null));
  });
  watchClass(session, 120, take, (isLive) => { byId('link').classList.toggle('trouble', !isLive); say(byId('link'), isLive ? `● ${texts.live}` : `○ ${texts.reconnecting}`); }, () => {
    byId('banners').replaceChildren(element('p', { class: 'banner hold' }, texts.gone));
    for (const button of wall.querySelectorAll('button')) button.disabled = true;
  });
  setInterval(tick, 500);
}
