// @ts-check
// Runs laid over each other from one common start; what the chosen part says in numbers, and a curve through it. All numbers come from the hub, none is computed here.
import { buckets, call, numberOrNull } from './api.js';
import { css, roomFor } from './chart.js';
import { lesson } from './lesson.js';
import { attempt, byId, element, fill, locale, number, plain, say, sentence, significant, texts, unitText } from './words.js';

/** @typedef {{id: string, title: string, channels: string[], start: number, end: number}} Run start and end in UTC s */

const MOST_RUNS = 6;
const DASHES = [[], [10, 4], [2, 3], [12, 3, 2, 3], [6, 6], [1, 5]];
/** @type {Map<string, Run>} */
const runs = new Map();
/** @type {string[]} */
let chosen = [];
/** The part that is looked at, seconds from the start; null = all. @type {[number, number]|null} */
let part = null;
/** @type {any} */
let plot = null;
/** The fitted curve, seconds from the start. @type {{x: number[], y: number[]}|null} */
let curve = null;
/** What the group has drawn before. @type {any[]} */
let guesses = [];
let pending = new AbortController();
/** What other channels of opened runs are called. @type {Map<string, any>} */
const strangers = new Map();

/** @typedef {{expression: string, of: Record<string, string>}} Column what letters stand for: observed properties */
/** Calculated columns of this phone, kept for this class. */
const KEPT = `stemlab-columns-${lesson.session || 'free'}`;
/** @type {Column[]} */
let columns = [];
try { columns = JSON.parse(localStorage.getItem(KEPT) ?? '[]'); } catch { /* nothing was kept */ }

const body = byId('compare-body');
const property = /** @type {HTMLSelectElement} */ (element('select', { id: 'compare-property' }));
const list = element('fieldset', { id: 'compare-runs' });
const of = /** @type {HTMLSelectElement} */ (element('select', { id: 'compare-of' }));
const fitKind = /** @type {HTMLSelectElement} */ (element('select', { id: 'fit-kind' }));
const picture = element('div', { id: 'overlay', role: 'img' });
const span = element('p', { class: 'hint', id: 'overlay-span', role: 'status' });
const guessed = element('p', { class: 'hint', hidden: true }, `┄ ${byId('predictions-title').textContent}`);
/** "from … s to … s" around the two fields that choose a part. */
const around = [element('span'), element('span'), element('span')];
const table = element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': texts.statistics });
const fitSaid = element('div', { id: 'fit-said', role: 'status' });
const said = element('output', { role: 'status', id: 'compare-said' });

function build() {
  const whole = element('button', { type: 'button', id: 'whole-run' }, texts.wholeRun);
  whole.addEventListener('click', () => { part = null; draw(); tell(); });
  const from = element('input', { inputmode: 'decimal', size: '6', id: 'part-from' });
  const to = element('input', { inputmode: 'decimal', size: '6', id: 'part-to' });
  for (const input of [from, to]) input.addEventListener('change', () => {
    const low = numberOrNull(/** @type {HTMLInputElement} */ (from).value.replace(',', '.')); const high = numberOrNull(/** @type {HTMLInputElement} */ (to).value.replace(',', '.'));
    if (low !== null && high !== null && high > low && /** @type {HTMLInputElement} */ (to).value) { part = [low * scaleS(), high * scaleS()]; draw(); tell(); }
  });
  fitKind.append(element('option', { value: '' }, texts.fitNone), ...Object.entries(/** @type {Record<string, string>} */ (/** @type {any} */ (texts.curves))).map(([kind, name]) => element('option', { value: kind }, name)));
  const open = element('form', { class: 'line', id: 'open-run' }, element('label', {}, `${texts.runCode} `, element('input', { name: 'run', maxlength: '100', autocomplete: 'off' })), element('button', {}, texts.open));
  open.addEventListener('submit', (event) => { event.preventDefault(); attempt(said, () => openRun(String(new FormData(/** @type {HTMLFormElement} */ (open)).get('run') ?? ''))); });
  body.replaceChildren(list, element('label', {}, `${texts.channel} `, property), columnForm(), picture, guessed, span, element('div', { class: 'line span' }, around[0], from, around[1], to, around[2], whole), said, element('h3', {}, texts.statistics), table,
    element('h3', {}, texts.fitTitle), element('div', { class: 'line' }, element('label', {}, `${texts.fitKind} `, fitKind), element('label', {}, `${texts.ofWhich} `, of)), fitSaid,
    element('h3', {}, texts.openRun), open, element('p', { class: 'line' }, element('a', { class: 'button', href: derivedLink() }, texts.derived), element('span', { class: 'hint' }, texts.derivedHow)));
  property.addEventListener('change', refresh);
  fitKind.addEventListener('change', () => attempt(said, fit));
  of.addEventListener('change', () => attempt(said, fit));
}

// ---- calculated columns
const letters = element('p', { class: 'hint', id: 'column-letters' });
const ownColumns = element('ul', { class: 'plain', id: 'own-columns' });
function columnForm() {
  const form = element('form', { id: 'column' }, letters,
    element('label', {}, `${texts.columnExpression} `, element('input', { name: 'expression', maxlength: '200', required: true, autocapitalize: 'none', autocomplete: 'off', spellcheck: 'false', placeholder: '2 * number(a)' })),
    element('button', { class: 'main' }, texts.columnMake));
  const columnSaid = element('output', { role: 'status', id: 'column-said' });
  form.addEventListener('submit', (event) => { event.preventDefault(); attempt(columnSaid, () => makeColumn(/** @type {HTMLFormElement} */ (form))); });
  return element('details', { id: 'columns' }, element('summary', {}, texts.columns), form, columnSaid, ownColumns);
}

/** Letters for what the chosen runs have measured. @returns {Record<string, string>} */
function lettered() { return Object.fromEntries(propertiesOfChosen().map((name, i) => [String.fromCharCode(97 + i), name])); }
function propertiesOfChosen() { return [...new Set(chosen.flatMap((id) => runs.get(id)?.channels ?? []).map(propertyOf))].slice(0, 12); }

/** @param {HTMLFormElement} form */
async function makeColumn(form) {
  const told = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value).trim()]));
  // "2,5" is a number; within brackets a comma parts what a function takes.
  let depth = 0;
  const expression = [...told.expression].map((letter, i, all) => { depth += letter === '(' ? 1 : letter === ')' ? -1 : 0; return letter === ',' && depth === 0 && /\d/.test(all[i - 1] ?? '') && /\d/.test(all[i + 1] ?? '') ? '.' : letter; }).join('');
  const used = Object.fromEntries(Object.entries(lettered()).filter(([letter]) => new RegExp(`(^|[^a-z])${letter}([^a-z(]|$)`).test(expression)));
  /** @type {Column} */
  const column = { expression, of: used };
  const run = chosen.map((id) => runs.get(id)).find((one) => one && definitionIn(one, column));
  if (!run) throw new Error(letters.textContent ?? '');
  const startTimeUs = Math.round(run.start * 1e6);
  try {
    await call('/v1/analysis:thin', { span: { definition: definitionIn(run, column), startTimeUs: String(startTimeUs), endTimeUs: String(startTimeUs + 1000000) }, most: 3 });
  } catch (error) {
    // Which field of the question it is about says nothing to who typed a formula.
    throw new Error(/** @type {Error} */ (error).message.replace(/span\.definition\.[\w.[\]]+: /g, ''));
  }
  columns = [...columns.filter((one) => one.expression !== expression), column];
  keepColumns();
  form.reset();
  show(`=${expression}`);
  return expression;
}

function keepColumns() { try { localStorage.setItem(KEPT, JSON.stringify(columns)); } catch { /* a full phone: gone with the page */ } }

function showColumns() {
  say(letters, Object.entries(lettered()).map(([letter, name]) => `${letter} = ${labelOf(name)}`).join(' · '));
  ownColumns.replaceChildren(...columns.map((column) => {
    const button = element('button', { type: 'button', 'aria-label': `${texts.undo}: ${column.expression}` }, texts.undo);
    button.addEventListener('click', () => { columns = columns.filter((one) => one !== column); keepColumns(); show(); });
    return element('li', { class: 'choice' }, element('b', {}, column.expression), button);
  }));
}

/** The column that is looked at, if it is one. */
const ownColumn = () => (property.value.startsWith('=') ? columns.find((one) => `=${one.expression}` === property.value) : undefined);
/** A column over the channels of a run; nothing where the run has not measured what it needs. @param {Run} run @param {Column} column */
function definitionIn(run, column) {
  const inputs = Object.entries(column.of).map(([name, of]) => ({ name, channel: run.channels.find((one) => propertyOf(one) === of) }));
  return inputs.length && inputs.every((one) => one.channel) ? { expression: column.expression, inputs } : undefined;
}

/** One question about a run: of a channel, or of a column computed for it. @param {string} what @param {Run} run @param {Record<string, any>} more @param {AbortSignal} [signal] */
function analyse(what, run, more, signal) {
  const column = ownColumn();
  if (!column) return call(`/v1/analysis:${what}?${new URLSearchParams({ ...spanOf(run, channelIn(run) ?? ''), ...more })}`, undefined, signal);
  const { 'span.channel': _, 'span.startTimeUs': startTimeUs, 'span.endTimeUs': endTimeUs } = spanOf(run, '');
  return call(`/v1/analysis:${what}`, { span: { definition: definitionIn(run, column), startTimeUs, ...(endTimeUs ? { endTimeUs } : {}) }, ...more }, signal);
}

function derivedLink() { const first = [...lesson.channels.keys()][0]; return first ? `/derived?of=${first.split('/').slice(0, 2).join('/')}` : '/derived'; }

/** What a channel measures. @param {string} name */
const propertyOf = (name) => lesson.channels.get(name)?.property ?? strangers.get(name)?.observedProperty ?? name.split('~').pop() ?? '';
/** @param {Run} run */
const channelIn = (run) => run.channels.find((name) => propertyOf(name) === property.value);
/** @param {string} name of an observed property */
const labelOf = (name) => [...lesson.channels.values()].find((channel) => channel.property === name)?.label ?? name;
function shape() {
  const column = ownColumn();
  if (column) return { label: column.expression, unit: '', decimals: 3 };
  const own = [...lesson.channels.values()].find((channel) => channel.property === property.value);
  const other = [...strangers.values()].find((channel) => channel.observedProperty === property.value);
  return own ?? { label: property.value, unit: other?.unitSymbol ?? '', decimals: Number(other?.displayDecimals ?? 2) };
}

async function load() {
  for (const run of lesson.group?.runs ?? []) take({ id: run.runId, title: run.title, channels: run.channels ?? [], start: Number(run.startTimeUs ?? run.startUs) / 1e6, end: run.endTimeUs === undefined && run.endUs === undefined ? Infinity : Number(run.endTimeUs ?? run.endUs) / 1e6 });
  for (const run of (await call('/v1/runs?pageSize=30')).runs ?? []) take(ofWire(run));
  await nameShipped().catch(() => { /* then it is called as it was titled */ });
  if (lesson.state) guesses = ((await call(`/v1/${lesson.session}/predictions`)).predictions ?? []).filter((/** @type {any} */ one) => (one.atS ?? []).length > 1);
  show();
}

/** @param {any} run @returns {Run} */
function ofWire(run) { return { id: run.name.split('/')[1], title: run.title ?? '', channels: run.channels ?? [], start: Number(run.startTimeUs) / 1e6, end: Number(run.endTimeUs) / 1e6 }; }
/** @param {Run} run */
function take(run) { runs.set(run.id, { ...run, title: run.title || run.id.slice(0, 8) }); }

/** What a recording that comes with the lesson is called in the reader's language: its title is in that of whoever opened the lesson first. Its station says both, as "en | vi"; a third language has the title alone. */
async function nameShipped() {
  if (!['en', 'vi'].includes(document.documentElement.lang)) return;
  const played = sentence(lesson.state?.replay?.source) ? (lesson.state.groups ?? []).map((/** @type {any} */ group) => runs.get(group.run?.runId)).filter((/** @type {any} */ run) => run?.channels.length) : [];
  await Promise.all(played.map(async (/** @type {Run} */ run) => {
    const [en, vi] = ((await call(`/v1/${run.channels[0].split('/').slice(0, 2).join('/')}`)).agent?.description ?? '').split(' | ');
    if (vi) run.title = sentence({ en, vi });
  }));
}

/** @param {string} typed a number, its first letters, or an address @returns {Promise<string>} */
async function openRun(typed) {
  const id = /([0-9a-f]{6,32})\/?$/.exec(typed.trim().toLowerCase())?.[1];
  if (!id) throw new Error(texts.notARun);
  const run = ofWire((await call(`/v1/runs/${id}`)).run);
  for (const name of run.channels) if (!lesson.channels.has(name) && !strangers.has(name)) strangers.set(name, (await call(`/v1/${name}`)).channel);
  take(run);
  chosen = [...chosen.filter((one) => one !== run.id), run.id].slice(-MOST_RUNS);
  show();
  return '';
}

/** @param {string} [wanted] what is to be looked at */
function show(wanted) {
  // The group's own first, then the newest: other classes measure beside it.
  const own = new Set((lesson.group?.runs ?? []).map((/** @type {any} */ run) => run.runId));
  const all = [...runs.values()].sort((a, b) => Number(own.has(b.id)) - Number(own.has(a.id)) || b.start - a.start);
  const played = lesson.state?.replay ? (lesson.state.groups ?? []).map((/** @type {any} */ group) => group.run?.runId) : [];
  if (chosen.length === 0) chosen = played.length && lesson.group?.run ? [lesson.group.run.runId] : all.slice(0, 1).map((run) => run.id);
  /** @param {Run} run */
  const choice = (run) => {
    const box = element('input', { type: 'checkbox', value: run.id, checked: chosen.includes(run.id) });
    box.addEventListener('change', () => { chosen = /** @type {HTMLInputElement} */ (box).checked ? [...chosen, run.id].slice(-MOST_RUNS) : chosen.filter((id) => id !== run.id); show(); });
    const at = chosen.indexOf(run.id);
    return element('label', { class: `choice${at >= 0 ? ` c${at + 1}` : ''}` }, box, element('b', {}, run.title), element('span', {}, `${new Date(run.start * 1000).toLocaleString(locale, { dateStyle: 'short', timeStyle: 'short' })} · ${run.id.slice(0, 8)}`));
  };
  // A hub knows the runs of a whole year: this lesson's are in sight.
  const isNear = (/** @type {Run} */ run) => chosen.includes(run.id) || played.includes(run.id) || run.start * 1e6 >= lesson.sinceUs();
  const [near, far] = [all.filter(isNear), all.filter((run) => !isNear(run))];
  list.replaceChildren(element('legend', { class: 'sr' }, texts.compareTitle), ...(all.length ? [] : [element('p', { class: 'empty' }, texts.compareNoRuns)]), ...near.map(choice),
    ...(far.length ? [element('details', { open: list.querySelector('details')?.open === true }, element('summary', {}, fill(texts.earlierRuns, String(far.length))), ...far.map(choice))] : []));
  const before = wanted ?? property.value;
  property.replaceChildren(...propertiesOfChosen().map((one) => element('option', { value: one, selected: one === before }, labelOf(one))), ...columns.map((one) => element('option', { value: `=${one.expression}`, selected: `=${one.expression}` === before }, `ƒ ${one.expression}`)));
  showColumns();
  const last = of.value;
  of.replaceChildren(...chosen.map((id) => element('option', { value: id, selected: id === last }, runs.get(id)?.title ?? id)));
  refresh();
}

/** @type {{run: Run, x: number[], y: (number|null)[]}[]} */
let lines = [];
async function refresh() {
  pending.abort();
  const mine = pending = new AbortController();
  part = null; curve = null;
  attempt(said, async () => {
    try {
      const fresh = [];
      for (const id of chosen) {
        const run = /** @type {Run} */ (runs.get(id)); const name = channelIn(run); const column = ownColumn();
        if (column) {
          if (!definitionIn(run, column)) continue;
          const thin = await analyse('thin', run, { most: 600 }, mine.signal);
          fresh.push({ run, x: (thin.timeUs ?? []).map((/** @type {any} */ us) => Number(us) / 1e6 - run.start), y: (thin.value ?? []).map(numberOrNull) });
          continue;
        }
        if (!name) continue;
        const found = (await buckets([name], run.start * 1e6, run.end === Infinity ? Infinity : run.end * 1e6, 600, mine.signal)).get(name) ?? [];
        /** @type {{run: Run, x: number[], y: (number|null)[]}} */
        const line = { run, x: [], y: [] };
        for (const block of found) block.index.forEach((bucket, i) => { line.x.push((Number(block.startTimeUs) + (bucket + 0.5) * Number(block.widthUs)) / 1e6 - run.start); line.y.push(numberOrNull(block.mean[i])); });
        fresh.push(line);
      }
      lines = fresh;
      draw();
      await numbers(mine.signal);
      await fit();
    } catch (error) { if (!mine.signal.aborted) throw error; }
  });
}

/** Numbers of an axis as the page writes them: uPlot alone takes the browser's language, and fails in a browser that names none. @param {any} _ @param {number[]} ticks */
const inWords = (_, ticks) => ticks.map((tick) => plain(tick, 4));

/** A day in seconds says little: one of what the axis is written in, s. */
function scaleS() { return Math.max(0, ...lines.map((line) => line.x[line.x.length - 1] ?? 0)) >= 7200 ? 3600 : 1; }

function draw() {
  const pick = scaleS() > 1 ? texts.pickHours : texts.pickSpan;
  pick.split(/\{\d\}/).forEach((words, i) => say(around[i], words));
  byId('part-from').setAttribute('aria-label', fill(pick, '…', '').trim());
  byId('part-to').setAttribute('aria-label', fill(pick, '', '…').trim());
  plot?.destroy();
  plot = null;
  picture.setAttribute('aria-label', `${texts.compareTitle}: ${lines.map((line) => line.run.title).join(', ')}`);
  picture.replaceChildren();
  if (lines.length === 0 || picture.clientWidth === 0) return;
  if (lines.every((line) => line.x.length === 0)) { picture.append(element('p', { class: 'empty' }, texts.noReadings)); return; }
  const drawn = guesses.filter((one) => one.of === property.value || propertyOf(one.of) === property.value);
  const all = [...lines.map((line) => [line.x, line.y]), ...(curve ? [[curve.x, curve.y]] : []), ...drawn.map((one) => [one.atS.map(Number), one.value.map(Number)])];
  const ink = css('--soft'); const axis = { font: '13px system-ui, sans-serif', stroke: ink, grid: { stroke: css('--line'), width: 1 }, ticks: { stroke: css('--line') } };
  const times = scaleS() > 1 ? { incrs: [900, 1800, 3600, 7200, 10800, 21600, 43200, 86400], values: (/** @type {any} */ _, /** @type {number[]} */ ticks) => ticks.map((tick) => `${plain(tick / 3600, 2)} ${texts.hours}`) } : { label: texts.secondsFromStart, labelFont: axis.font, labelSize: 22, values: inWords };
  // @ts-ignore uPlot is a plain script
  plot = new uPlot({
    width: picture.clientWidth, height: 280, legend: { show: false }, cursor: { drag: { x: true, y: false, setScale: false } },
    scales: { x: { time: false, ...(part ? { range: () => part } : {}) } },
    series: [{}, ...lines.map((line) => ({ label: line.run.title, stroke: css(`--s${chosen.indexOf(line.run.id) + 1}`), width: 2, dash: DASHES[chosen.indexOf(line.run.id)] })), ...(curve ? [{ label: texts.fitTitle, stroke: css('--ink'), width: 3, dash: [3, 5] }] : []), ...drawn.map((one) => ({ label: '', stroke: css('--ink'), width: 2, dash: [2, 6], spanGaps: true }))],
    axes: [{ ...axis, ...times }, { ...axis, size: roomFor, label: shape().unit || shape().label, labelFont: axis.font, labelSize: 22, values: inWords }],
    hooks: { setSelect: [(/** @type {any} */ u) => {
      if (u.select.width < 8) return;
      part = [u.posToVal(u.select.left, 'x'), u.posToVal(u.select.left + u.select.width, 'x')];
      u.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
      draw(); tell();
    }] },
    // @ts-ignore as above
  }, uPlot.join(all), picture);
  picture.dataset.runs = String(lines.length);
  guessed.hidden = drawn.length === 0;
  say(span, part ? fill(pick, ...part.map((s) => number(s / scaleS(), 1))) : texts.wholeRun);
}

/** Another part was chosen. */
function tell() { curve = null; attempt(said, async () => { await numbers(pending.signal); await fit(); }); }

/** @param {Run} run @param {string} channel @returns {Record<string, string>} */
function spanOf(run, channel) {
  const start = run.start + (part ? part[0] : 0); const end = part ? run.start + part[1] : run.end;
  return { 'span.channel': channel, 'span.startTimeUs': String(Math.round(start * 1e6)), ...(end === Infinity ? {} : { 'span.endTimeUs': String(Math.round(end * 1e6)) }) };
}

/** @param {AbortSignal} signal */
async function numbers(signal) {
  const { decimals, unit } = shape();
  const rows = [];
  for (const { run } of lines) {
    const [about, area, slope] = await Promise.all([analyse('describe', run, {}, signal), analyse('integrate', run, {}, signal), analyse('fit', run, { kind: 'CURVE_KIND_LINEAR' }, signal).catch(() => ({}))]);
    const value = (/** @type {any} */ v, more = 0) => (v === undefined ? '–' : number(Number(v), decimals + more));
    const lean = (slope.parameters ?? []).find((/** @type {any} */ one) => one.name === 'slope');
    rows.push(element('tr', { class: `c${chosen.indexOf(run.id) + 1}` }, element('th', { scope: 'row' }, run.title), ...(about.refusal ? [element('td', { colspan: '8' }, sentence(about.refusal))] : [
      element('td', {}, String(about.read?.count ?? 0)), element('td', {}, `${value(about.mean, 1)}${about.ci95HalfWidth === undefined ? '' : ` ± ${value(about.ci95HalfWidth, 1)}`}`), element('td', {}, value(about.median, 1)), element('td', {}, value(about.sd, 1)), element('td', {}, value(about.min)), element('td', {}, value(about.max)),
      element('td', {}, lean ? withError(Number(lean.value) * 60, Number(lean.standardError) * 60) : '–'), element('td', {}, area.integral === undefined ? '–' : `${significant(area.integral, 4)} ${unitText(area.unitUcum)}`)])));
  }
  table.replaceChildren(element('table', {}, element('thead', {}, element('tr', {}, ...[texts.ofWhich, texts.count, ...[texts.mean, texts.median, texts.sd, texts.least, texts.greatest, texts.slope].map((head) => `${head}${unit && ` (${unit})`}`), texts.integral].map((head) => element('th', { scope: 'col' }, head)))), element('tbody', { id: 'numbers' }, ...rows)));
}

/** A number with its uncertainty to two digits, and no more digits than that lets it have. @param {number} value @param {number} error NaN = not known */
function withError(value, error) {
  if (!(error > 0 && error < Infinity)) return significant(value, 5);
  const decimals = Math.max(0, Math.min(12, 1 - Math.floor(Math.log10(error))));
  return `${number(value, decimals)} ± ${number(error, decimals)}`;
}

async function fit() {
  const line = lines.find((one) => one.run.id === of.value) ?? lines[0];
  if (!fitKind.value || !line) { fitSaid.replaceChildren(); if (curve) { curve = null; draw(); } return; }
  const start = line.run.start + (part ? part[0] : 0);
  const answer = await analyse('fit', line.run, { kind: fitKind.value, xZeroUs: String(Math.round(start * 1e6)) });
  if (answer.refusal) { curve = null; draw(); fitSaid.replaceChildren(element('p', { class: 'trouble' }, sentence(answer.refusal))); return; }
  curve = { x: (answer.curveX ?? []).map((/** @type {any} */ x) => Number(x) + (part ? part[0] : 0)), y: (answer.curveY ?? []).map(Number) };
  draw();
  fitSaid.replaceChildren(element('dl', {}, ...(answer.parameters ?? []).map((/** @type {any} */ one) => pair(/** @type {any} */ (texts.parameters)[one.name] ?? one.name, `${withError(Number(one.value), Number(one.standardError))} ${unitText(one.unitUcum)}`)),
    pair(texts.rSquared, answer.rSquared === undefined ? '–' : number(Number(answer.rSquared), 4)), pair(texts.rmse, `${significant(answer.rmse, 3)} ${shape().unit}`), pair(texts.points, String(answer.points ?? 0))), element('p', { class: 'hint' }, texts.fitTold));
}

/** @param {string} name @param {string} value */
function pair(name, value) { return element('div', {}, element('dt', {}, name), element('dd', {}, value)); }

let isBuilt = false;
export function opened() {
  if (!isBuilt) { isBuilt = true; build(); new ResizeObserver(() => { if (picture.clientWidth && plot && plot.width !== picture.clientWidth) draw(); }).observe(picture); }
  attempt(said, load);
}
