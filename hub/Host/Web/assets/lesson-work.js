// @ts-check
// What a student does while measuring: keep a steady sample, run, note. One request at a time; what cannot be sent waits in the outbox.
import { call, hubNow, stream } from './api.js';
import { css } from './chart.js';
import { lesson } from './lesson.js';
import { onOutbox, forget, send, waiting } from './lesson-outbox.js';
import { attempt, byId, clockTime, duration, element, fields, fill, number, say, sentence, texts } from './words.js';

const select = /** @type {HTMLSelectElement} */ (byId('keep-of'));
const trigger = /** @type {HTMLSelectElement} */ (byId('trigger-of'));
const runForm = /** @type {HTMLFormElement} */ (byId('run'));
const chosen = () => lesson.channels.get(select.value);
/** Told with the decimals of its channel. @param {number|null|undefined} value @param {number} more */
const digits = (value, more = 0) => (value === null || value === undefined ? '–' : number(Number(value), (chosen()?.decimals ?? 2) + more));

/** "2,5" and "2.5" are the same number. @param {string} typed */
export function typedNumber(typed) {
  const value = Number(typed.trim().replace(',', '.'));
  return typed.trim() === '' || !Number.isFinite(value) ? NaN : value;
}

// ---- which channel
let known = '';
function offerChannels() {
  const key = [...lesson.channels.keys()].join();
  if (key === known) return;
  known = key;
  for (const list of [select, trigger]) {
    const before = list.value;
    list.replaceChildren(...[...lesson.channels.values()].map((channel) => element('option', { value: channel.name, selected: channel.name === before }, channel.label)));
  }
  loadSamples().catch(() => { /* asked again with the next sample */ });
}

// ---- steady, keep
let asking = new AbortController();
/** Whether anybody can see it: what is not seen is not asked for. */
let isSeen = false;
new IntersectionObserver((seen) => { isSeen = seen[seen.length - 1].isIntersecting; if (isSeen) { askSteadiness(); offerSites(); } }).observe(byId('steady'));
/** How steady the reading is: one short question after another, so that the page keeps its one live stream. */
async function askSteadiness() {
  if (document.hidden || !isSeen || !select.value || !lesson.isLive) return;
  asking = new AbortController();
  const mine = asking;
  try {
    await stream(`/v1/samples:watchSteadiness?${new URLSearchParams({ channel: select.value })}`, mine.signal, (answer) => { showSteadiness(/** @type {any} */ (answer).steadiness ?? {}); mine.abort(); });
  } catch (error) { if (!mine.signal.aborted) say(byId('steady-words'), /** @type {Error} */ (error).message); }
}

/** @param {any} steadiness */
function showSteadiness(steadiness) {
  const isSteady = steadiness.steady === true;
  const isHidden = lesson.state?.hiddenFromMe === true;
  byId('steady').classList.toggle('ready', isSteady);
  /** @type {HTMLProgressElement} */ (byId('level')).value = Number(steadiness.level ?? 0);
  say(byId('steady-state'), isSteady ? `✓ ${texts.steadyKeep}` : texts.stillMoves);
  say(byId('steady-words'), isSteady ? '' : sentence(steadiness.sentence) + (steadiness.timeLeftUs !== undefined ? ` ${fill(texts.timeLeft, duration(Number(steadiness.timeLeftUs) / 1e6))}` : ''));
  say(byId('mean'), steadiness.mean === undefined || isHidden ? '–' : `${digits(steadiness.mean)} ± ${digits(steadiness.sd, 1)} ${chosen()?.unit ?? ''}`);
  /** @type {HTMLButtonElement} */ (byId('keep-button')).disabled = (!isSteady && !(/** @type {HTMLInputElement} */ (byId('unsteady')).checked)) || !lesson.mayWrite();
}
setInterval(askSteadiness, 1500);
select.addEventListener('change', () => { asking.abort(); askSteadiness(); attempt(byId('kept'), loadSamples); });
byId('unsteady').addEventListener('change', () => { /** @type {HTMLButtonElement} */ (byId('keep-button')).disabled = !(/** @type {HTMLInputElement} */ (byId('unsteady')).checked); });

byId('keep').addEventListener('submit', (event) => {
  event.preventDefault();
  const told = fields(event.target);
  attempt(byId('kept'), async () => {
    const button = /** @type {HTMLButtonElement} */ (byId('keep-button'));
    button.disabled = true;
    try {
      const { sample } = await call('/v1/samples', { channel: select.value, site: told.site.trim(), note: told.entry.trim(), evenIfUnsteady: told.unsteady === 'on' });
      await loadSamples();
      /** @type {HTMLInputElement} */ (/** @type {HTMLFormElement} */ (event.target).elements.namedItem('entry')).value = '';
      return fill(texts.kept, digits(sample.mean), digits(sample.sd, 1), chosen()?.unit ?? '', String(sample.count));
    } catch (error) {
      // A sample is of this moment: kept later it would be another. The moment is marked instead.
      if (/** @type {any} */ (error).status !== undefined || !lesson.state) throw error;
      await addNote(`${texts.keepTitle} ${told.site} ${told.entry}`.trim(), 'now', select.value);
      throw new Error(texts.keepNoHub);
    } finally { button.disabled = false; }
  });
});

async function loadSamples() {
  if (!select.value || lesson.state?.hiddenFromMe) return;
  /** @type {any[]} */
  const samples = (await call(`/v1/samples?${new URLSearchParams({ channel: select.value, pageSize: '60', ...(lesson.sinceUs() ? { startTimeUs: String(lesson.sinceUs()) } : {}) })}`)).samples ?? [];
  byId('samples').replaceChildren(...samples.map((sample) => {
    const button = element('button', { type: 'button', 'aria-label': `${texts.undo}: ${sample.site || number(Number(sample.mean), 2)}` }, texts.undo);
    button.addEventListener('click', () => attempt(byId('kept'), async () => { await call(`/v1/samples/${sample.factId}:withdraw`, { factId: sample.factId }); await loadSamples(); return texts.undone; }));
    return element('tr', {}, element('th', { scope: 'row' }, sample.site || '–', ...(sample.note ? [element('div', { class: 'hint' }, sample.note)] : [])), element('td', {}, `${digits(sample.mean)} ± ${digits(sample.sd, 1)}`, ...(sample.steady ? [] : [element('span', { class: 'warn' }, ` ▲ ${texts.notSteady}`)])), element('td', {}, String(sample.count)), element('td', {}, button));
  }));
  byId('no-samples').hidden = samples.length > 0;
  kept = samples;
  offerSites();
}

/** Samples kept, for their places. @type {any[]} */
let kept = [];
/** Sites to tap, once somebody looks where they stand; not while the page still comes. */
function offerSites() { clearTimeout(offering); offering = setTimeout(() => { if (isSeen) import('./lesson-sites.js').then((part) => part.offer(kept), () => { /* typed by hand meanwhile */ }); }, 1000); }
let offering = 0;

// ---- runs
/** What the group waits for: the hub watches for it. */
const armed = () => lesson.group?.armed;
let hasWaited = false;
const kind = () => fields(runForm).kind;
function showKind() {
  for (const part of runForm.querySelectorAll('[data-kind]')) /** @type {HTMLElement} */ (part).hidden = !(/** @type {HTMLElement} */ (part).dataset.kind ?? '').split(' ').includes(kind());
  showRunButtons();
}
runForm.addEventListener('change', showKind);

function showRunButtons() {
  const run = lesson.group?.run; const now = lesson.nowUs();
  const isOpen = run && (run.endUs === undefined || Number(run.endUs) > now);
  const may = lesson.mayWrite() && lesson.state?.studentsMayRun === true;
  runForm.hidden = !may;
  byId('teacher-runs').hidden = may || !lesson.state;
  byId('stop').hidden = !isOpen;
  runForm.classList.toggle('open', isOpen === true);
  const start = /** @type {HTMLButtonElement} */ (byId('start'));
  start.hidden = isOpen === true;
  say(start, armed() ? texts.disarm : kind() === 'threshold' ? texts.arm : texts.start);
}

/** @param {any} more */
const startRun = (more) => call(`/v1/${lesson.session}:startRun`, more);
runForm.addEventListener('submit', (event) => {
  event.preventDefault();
  const told = fields(runForm);
  const durationUs = told.seconds ? String(Number(told.seconds) * 1e6) : '0';
  attempt(byId('ran'), async () => {
    if (armed()) { await call(`/v1/${lesson.session}:stopRun`, {}); return ''; }
    if (told.kind === 'threshold') return (await import('./lesson-arm.js')).arm(told, durationUs);
    await startRun({ inUs: '3000000', durationUs: told.kind === 'event' ? '0' : durationUs });
    return told.kind === 'event' ? texts.eventHow : '';
  });
});
byId('stop').addEventListener('click', () => attempt(byId('ran'), async () => { await call(`/v1/${lesson.session}:stopRun`, {}); return ''; }));

// ---- notes
/** @param {string} text @param {string} about "now", "span", or nothing @param {string} [channel] */
export async function addNote(text, about, channel) {
  const now = lesson.momentS();
  const [from, to] = lesson.chart.range();
  /** @type {any} */
  const body = { text, channel: channel ?? lesson.chart.lines[0]?.name ?? '', runId: lesson.group?.run?.runId ?? '' };
  if (about === 'now' && Number.isFinite(now)) body.startTimeUs = String(Math.round(now * 1e6));
  if (about === 'span') { body.startTimeUs = String(Math.round(from * 1e6)); body.endTimeUs = String(Math.round(to * 1e6)); }
  return send('note', `/v1/${lesson.session}/notes`, body);
}

byId('note').addEventListener('submit', (event) => {
  event.preventDefault();
  const form = /** @type {HTMLFormElement} */ (event.target);
  const told = fields(form);
  attempt(byId('noted'), async () => {
    const answer = await addNote(told.text.trim(), told.about ?? '');
    form.reset();
    if (answer) await loadNotes();
    return answer ? texts.noteSent : texts.noteWaits;
  });
});

/** @type {any[]} */
let notes = [];
async function loadNotes() {
  if (!lesson.state) return;
  notes = (await call(`/v1/${lesson.session}/notes`)).notes ?? [];
  showNotes();
}

function showNotes() {
  const now = lesson.momentS();
  const when = (/** @type {any} */ note) => (note.startTimeUs === undefined ? '' : `${clockTime(Number(note.startTimeUs) / 1e6, now)}${note.endTimeUs === undefined ? '' : ` – ${clockTime(Number(note.endTimeUs) / 1e6, now)}`}: `);
  byId('notes').replaceChildren(
    ...waiting('note').map((letter) => element('li', { class: 'waiting' }, when(letter.body), letter.body.text, ' ', element('span', { class: 'warn' }, `▲ ${letter.refusal === undefined ? texts.noteWaits : fill(texts.noteRefused, letter.refusal)}`), undo(() => forget(letter.id)))),
    ...notes.slice().reverse().map((note) => element('li', {}, when(note), note.text, ...(note.mine ? [undo(async () => { await call(`/v1/${note.name}:set`, { remove: true }); await loadNotes(); })] : []))));
  drawMarks();
}

/** @param {() => Promise<void>} act */
function undo(act) {
  const button = element('button', { type: 'button' }, texts.undo);
  button.addEventListener('click', () => attempt(byId('noted'), async () => { await act(); return texts.undone; }));
  return button;
}

/** Notes stand in the graph where they speak of. */
function drawMarks() { lesson.chart.soon(); }
lesson.chart.overlays.push((u, chart, context) => {
  const [from, to] = chart.range();
  context.save();
  context.beginPath(); context.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height); context.clip();
  context.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
  context.textAlign = 'left';
  /** @type {{row: number, left: number, right: number}[]} */
  const placed = [];
  for (const note of [...notes, ...waiting('note').map((letter) => letter.body)]) {
    if (note.startTimeUs === undefined) continue;
    const start = Number(note.startTimeUs) / 1e6; const end = Number(note.endTimeUs ?? note.startTimeUs) / 1e6;
    if (end < from || start > to) continue;
    const x = u.valToPos(start, 'x', true);
    context.fillStyle = css('--ink');
    context.globalAlpha = end > start ? 0.1 : 0.5;
    context.fillRect(x, u.bbox.top, Math.max(2 * devicePixelRatio, u.valToPos(end, 'x', true) - x), u.bbox.height);
    context.globalAlpha = 0.9;
    // Whole within the picture, and below those it would lie upon.
    const text = note.text.slice(0, 24); const width = context.measureText(text).width + 8 * devicePixelRatio;
    const left = Math.max(u.bbox.left, Math.min(x, u.bbox.left + u.bbox.width - width));
    let row = 0;
    while (placed.some((other) => other.row === row && left < other.right && other.left < left + width)) row++;
    placed.push({ row, left, right: left + width });
    context.fillText(text, left + 4 * devicePixelRatio, u.bbox.top + (14 + 16 * row) * devicePixelRatio);
  }
  context.restore();
});

// ---- with the class
/** The addresses of runs stay on the phone after the lesson, to look at. @param {any[]} runs */
function rememberRuns(runs) {
  try {
    const known = JSON.parse(localStorage.getItem('stemlab-runs') ?? '[]').filter((/** @type {any} */ run) => !runs.some((one) => one.runId === run.id));
    localStorage.setItem('stemlab-runs', JSON.stringify([...known, ...runs.map((run) => ({ id: run.runId, title: run.title }))].slice(-30)));
  } catch { /* the take-home file has them too */ }
}

let seenRevision = '';
let wasHidden = false;
function changed() {
  offerChannels();
  if (wasHidden && !lesson.state?.hiddenFromMe) loadSamples().catch(() => { /* asked again with the next sample */ });
  wasHidden = lesson.state?.hiddenFromMe === true;
  const isClass = lesson.state !== null;
  byId('keep-panel').hidden = lesson.channels.size === 0 || !!lesson.state?.replay || lesson.state?.seat?.muted === true || lesson.state?.hiddenFromMe === true || lesson.state?.phase === 'CLASS_PHASE_ENDED';
  byId('run-panel').hidden = !isClass || !!lesson.state?.replay;
  byId('notes-panel').hidden = !isClass;
  byId('note').hidden = !lesson.mayWrite();
  showRunButtons();
  if (lesson.group?.runs?.length) rememberRuns(lesson.group.runs);
  if (armed() || hasWaited) { hasWaited = true; import('./lesson-arm.js').then((part) => part.show(), () => { /* with the next state */ }); }
  const revision = `${lesson.group?.noteCount ?? 0}`;
  if (isClass && revision !== seenRevision) { seenRevision = revision; loadNotes().catch(() => { /* asked again with the next change */ }); }
}
lesson.onState.push(changed);
onOutbox.push(() => { if (!waiting('note').length && byId('noted').textContent === texts.noteWaits) say(byId('noted'), texts.noteSent); showNotes(); });
lesson.onLink.push(() => { loadSamples().catch(() => { /* shown when there are some */ }); loadNotes().catch(() => { /* as above */ }); });
setInterval(showRunButtons, 1000);
changed();
showKind();
