// @ts-check
// One channel: its readings with what tests and people say of them, what it was before a correction, by which rules it is judged and how it was calibrated.
import { buckets, call, hubNow, numberOrNull, readings, readingsOf, stream, watch, withoutService } from './api.js';
import { attempt, byId, clockTime, duration, element, fields, fill, locale, number, say, sentence, texts } from './words.js';
import { Chart, css } from './chart.js';

/** @typedef {{firstTimeUs: string, lastTimeUs: string, flag: string, machineFlag: string, humanFlag?: string, sentenceEn: string, sentenceVi: string, humanReason?: string, humanFactId?: string}} Stretch */

/** What the hub itself writes where a probe hung in a bottle, in both languages at once. */
const IN_BOTTLE = 'trong chai hiệu chuẩn / in a calibration bottle';
const me = byId('channel').dataset;
const name = me.name ?? '';
const path = `/v1/${name.split('/').map(encodeURIComponent).join('/')}`;
const line = { name, label: me.label ?? '', unit: me.unit ?? '', decimals: Number(me.decimals), intervalS: Number(me.interval) / 1e6, simulated: 'simulated' in me, href: '' };
const chart = new Chart();
/** @type {Stretch[]} */
let stretches = [];
/** The other line of a comparison. @type {{t: number[], v: (number|null)[], own: boolean}} */
let before = { t: [], v: [], own: false };
let pending = new AbortController();

/** Shape, word and colour of a flag: never colour alone. @type {Record<string, [string, string, string]>} */
const FLAGS = { QC_FLAG_GOOD: ['✓', texts.good, '--good'], QC_FLAG_NOT_EVALUATED: ['·', texts.notEvaluated, '--soft'], QC_FLAG_SUSPECT: ['▲', texts.suspect, '--warn'], QC_FLAG_FAIL: ['✕', texts.failed, '--bad'], QC_FLAG_MISSING: ['○', texts.absent, '--soft'] };
/** @param {string|undefined} flag */
const flagOf = (flag) => FLAGS[flag ?? ''] ?? FLAGS.QC_FLAG_NOT_EVALUATED;
/** @param {Stretch} stretch */
const words = (stretch) => (locale === 'vi-VN' ? stretch.sentenceVi : stretch.sentenceEn);

/** Flags as bands with their sign on top. @param {any} u @param {Chart} _ @param {CanvasRenderingContext2D} context */
function drawFlags(u, _, context) {
  const ratio = devicePixelRatio;
  context.save();
  context.beginPath(); context.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height); context.clip();
  context.font = `${13 * ratio}px system-ui, sans-serif`; context.textAlign = 'center'; context.textBaseline = 'bottom';
  let free = -Infinity;
  for (const stretch of stretches) {
    const [sign, , colour] = flagOf(stretch.flag);
    if (stretch.flag === 'QC_FLAG_NOT_EVALUATED' || (stretch.flag === 'QC_FLAG_GOOD' && !stretch.humanFactId)) continue;
    const left = u.valToPos(Number(stretch.firstTimeUs) / 1e6, 'x', true); const right = u.valToPos(Number(stretch.lastTimeUs) / 1e6, 'x', true);
    context.fillStyle = css(colour);
    context.globalAlpha = 0.16; context.fillRect(left - ratio, u.bbox.top, Math.max(2 * ratio, right - left + 2 * ratio), u.bbox.height);
    context.globalAlpha = 1; context.fillRect(left - ratio, u.bbox.top + u.bbox.height - 4 * ratio, Math.max(2 * ratio, right - left + 2 * ratio), 4 * ratio);
    const middle = Math.max(u.bbox.left + 8 * ratio, Math.min(u.bbox.left + u.bbox.width - 8 * ratio, (left + right) / 2));
    if (middle > free) { context.fillText(stretch.humanFactId ? `${sign}✎` : sign, middle, u.bbox.top + u.bbox.height - 6 * ratio); free = middle + 14 * ratio; }
  }
  context.restore();
}

/** The line before a correction, dashed, and the band between. @param {any} u @param {Chart} _ @param {CanvasRenderingContext2D} context */
function drawBefore(u, _, context) {
  if (before.t.length === 0) return;
  const now = chart.tracks.get(name);
  const seen = /** @type {number[]} */ (before.v.filter((v) => v !== null));
  const low = Math.min(...seen); const high = Math.max(...seen);
  const y = (/** @type {number} */ v) => (before.own ? u.bbox.top + u.bbox.height * (0.95 - 0.9 * ((v - low) / (high - low || 1))) : u.valToPos(v, line.unit, true));
  context.save();
  context.beginPath(); context.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height); context.clip();
  context.strokeStyle = css('--s2'); context.fillStyle = css('--s2'); context.lineWidth = 2 * devicePixelRatio;
  if (now && !before.own) {
    context.globalAlpha = 0.18; context.beginPath();
    before.t.forEach((t, i) => { const v = before.v[i]; if (v !== null) context.lineTo(u.valToPos(t, 'x', true), y(v)); });
    for (let i = now.t.length - 1; i >= 0; i--) { const v = now.v[i]; if (v !== null && now.t[i] >= before.t[0] && now.t[i] <= before.t[before.t.length - 1]) context.lineTo(u.valToPos(now.t[i], 'x', true), y(v)); }
    context.fill(); context.globalAlpha = 1;
  }
  context.setLineDash([8 * devicePixelRatio, 4 * devicePixelRatio]); context.beginPath();
  let pen = false;
  before.t.forEach((t, i) => { const v = before.v[i]; if (v === null) { pen = false; return; } const x = u.valToPos(t, 'x', true); if (pen) context.lineTo(x, y(v)); else context.moveTo(x, y(v)); pen = true; });
  context.stroke();
  context.restore();
}

chart.overlays.push(drawBefore, drawFlags);
chart.extra = /** @returns {[number, number]|null} */ (/** @type {number} */ from, /** @type {number} */ to) => {
  if (before.own) return null;
  const seen = /** @type {number[]} */ (before.v.filter((v, i) => v !== null && before.t[i] >= from && before.t[i] <= to));
  return seen.length ? [Math.min(...seen), Math.max(...seen)] : null;
};
chart.onSpan = () => { pending.abort(); pending = new AbortController(); loadStretches(); compare(); };

async function loadStretches() {
  const [from, to] = chart.range();
  try {
    const query = new URLSearchParams({ startTimeUs: String(Math.floor(Math.max(0, from) * 1e6)), pageSize: '500', ...(chart.endS === Infinity ? {} : { endTimeUs: String(Math.ceil(to * 1e6)) }) });
    stretches = (await call(`${path}:flagStretches?${query}`, undefined, pending.signal)).stretches ?? [];
  } catch (error) {
    if (/** @type {Error} */ (error).name !== 'AbortError' && !withoutService(error, byId('flags'))) say(byId('flags-trouble'), /** @type {Error} */ (error).message);
    return;
  }
  say(byId('flags-trouble'), '');
  const told = stretches.filter((stretch) => stretch.flag !== 'QC_FLAG_NOT_EVALUATED');
  byId('stretches').replaceChildren(...(told.length ? told.slice(-40).reverse().map(stretchItem) : [element('li', {}, texts.allGood)]));
  chart.soon();
}

/** @param {Stretch} stretch */
function stretchItem(stretch) {
  const [sign, word] = flagOf(stretch.flag);
  const first = Number(stretch.firstTimeUs) / 1e6; const last = Number(stretch.lastTimeUs) / 1e6;
  const item = element('li', { class: stretch.flag === 'QC_FLAG_FAIL' ? 'failed' : '' }, element('b', {}, `${sign} ${word}`), ` ${clockTime(first, chart.now())}${last > first ? ` – ${clockTime(last, chart.now())} (${duration(last - first)})` : ''}`, element('p', {}, words(stretch)));
  if (stretch.humanFactId) {
    item.append(element('p', {}, `✎ ${fill(texts.personSaid, stretch.humanReason === IN_BOTTLE ? texts.inBottle : stretch.humanReason ?? '', flagOf(stretch.machineFlag)[1])}`));
    item.append(actionButton(texts.undo, async () => { await call(`/v1/facts/${stretch.humanFactId}:withdraw`, { reason: '' }); await settled(); return texts.undone; }, 'flagged'));
  }
  const button = element('button', { type: 'button' }, texts.override);
  button.addEventListener('click', () => { setSpan(Number(stretch.firstTimeUs), Number(stretch.lastTimeUs) + 1); byId('override').scrollIntoView({ block: 'center' }); /** @type {HTMLElement} */ (document.querySelector('#override [name="reason"]')).focus(); });
  item.append(' ', button);
  return item;
}

/** A button that does one thing and says what came of it. @param {string} label @param {() => Promise<string|void>} action @param {string} output */
function actionButton(label, action, output) {
  const button = element('button', { type: 'button' }, label);
  button.addEventListener('click', () => attempt(byId(output), action));
  return button;
}

const form = /** @type {HTMLFormElement} */ (byId('override'));
/** Exact span of a stretch chosen; the fields show it to the second. @type {[number, number]|null} */
let exact = null;

/** @param {number} fromUs @param {number} toUs */
function setSpan(fromUs, toUs) {
  exact = [fromUs, toUs];
  for (const [field, us] of /** @type {[string, number][]} */ ([['from', fromUs], ['to', toUs]])) /** @type {HTMLInputElement} */ (form.elements.namedItem(field)).value = localText(us / 1000);
}

/** As a datetime-local field wants it. @param {number} ms */
function localText(ms) { return new Date(ms - new Date(ms).getTimezoneOffset() * 60000).toISOString().slice(0, 19); }

form.addEventListener('input', (event) => { if (['from', 'to'].includes(/** @type {HTMLInputElement} */ (event.target).name)) exact = null; });
byId('whole').addEventListener('click', () => { const [from, to] = chart.range(); setSpan(Math.floor(from * 1e6), Math.ceil(to * 1e6)); });
form.addEventListener('submit', (event) => {
  event.preventDefault();
  const told = fields(form);
  attempt(byId('flagged'), async () => {
    const [from, to] = exact ?? [Date.parse(told.from) * 1000, Date.parse(told.to) * 1000];
    const answer = await call(`${path}:flagStretch`, { channel: name, startTimeUs: String(from), endTimeUs: String(to), flag: told.flag, reason: told.reason });
    await settled();
    return fill(texts.flagged, Number(answer.readings ?? 0).toLocaleString(locale));
  });
});

/** After a fact: the chart and the lists as they are now. */
async function settled() { await chart.refetch(); await Promise.all([loadRules(), loadCalibrations()]); }

// ---- before and after
async function compare() {
  const how = /** @type {HTMLSelectElement} */ (byId('compare')).value;
  const [from, to] = chart.range();
  before = { t: [], v: [], own: false };
  byId('revision').parentElement?.toggleAttribute('hidden', how !== 'revision');
  say(byId('compared'), '');
  if (!how) { chart.soon(); return; }
  try {
    if (how === 'raw') await compareRaw(from, to);
    else {
      const revision = /** @type {HTMLInputElement} */ (byId('revision')).value;
      if (how === 'revision' && !(Number(revision) > 0)) return;
      const found = await buckets([name], Math.max(0, from) * 1e6, chart.endS === Infinity ? Infinity : to * 1e6, 400, pending.signal, how === 'revision' ? { baselineRevision: revision } : { baselineWithoutDrift: 'true' });
      for (const block of found.get(name) ?? []) block.index.forEach((bucket, i) => { before.t.push((Number(block.startTimeUs) + (bucket + 0.5) * Number(block.widthUs)) / 1e6); before.v.push(numberOrNull(block.baselineMean?.[i] ?? NaN)); });
      sayDifference();
    }
  } catch (error) { if (/** @type {Error} */ (error).name !== 'AbortError') say(byId('compared'), /** @type {Error} */ (error).message); }
  chart.soon();
}

/** @param {number} from @param {number} to */
async function compareRaw(from, to) {
  if (line.intervalS > 0 && (to - from) / line.intervalS > 20000) { say(byId('compared'), texts.zoomForRaw); return; }
  const rows = await readings(name, from * 1e6, chart.endS === Infinity ? Infinity : to * 1e6, pending.signal);
  before.t = rows.map((row) => row.t); before.v = rows.map((row) => row.raw);
  const of = (/** @type {(number|null)[]} */ values) => /** @type {number} */ (values.filter((v) => v !== null).sort((a, b) => /** @type {number} */ (a) - /** @type {number} */ (b))[Math.floor(values.length / 2)] ?? 0);
  const raw = of(before.v); const value = of(rows.map((row) => row.value));
  // Millivolts beside pH would press one of them flat: then raw values get a scale of their own, and the words say so.
  before.own = Math.abs(raw - value) > Math.max(Math.abs(raw), Math.abs(value)) / 2;
  if (before.own) say(byId('compared'), fill(texts.rawOwnScale, number(raw, 2))); else sayDifference();
}

function sayDifference() {
  const track = chart.tracks.get(name);
  let most = 0;
  before.t.forEach((t, i) => { const at = track?.near(t) ?? -1; const a = track?.v[at]; const b = before.v[i]; if (a !== null && a !== undefined && b !== null && Math.abs(a - b) > Math.abs(most)) most = a - b; });
  say(byId('compared'), before.t.length === 0 ? texts.noReadings : Math.abs(most) < 10 ** -line.decimals / 2 ? texts.noDifference : fill(texts.difference, `${most > 0 ? '+' : ''}${number(most, line.decimals)} ${line.unit}`));
}
byId('compare').addEventListener('change', compare);
byId('revision').addEventListener('change', compare);

// ---- rules
/** @type {Record<string, string>} */
const FROM = { registry: texts.fromRegistry, property: texts.fromProperty, site: texts.fromSite, channel: texts.fromChannel };
const rulesForm = /** @type {HTMLFormElement} */ (byId('rules-form'));
async function loadRules() {
  try {
    const rules = await call(`${path}:qcRules`);
    byId('tests').replaceChildren(...(rules.tests ?? []).map((/** @type {any} */ test) => {
      const item = element('li', {}, element('b', {}, locale === 'vi-VN' ? test.nameVi : test.nameEn), `: ${test.off ? texts.testOff : locale === 'vi-VN' ? test.thresholdsVi : test.thresholdsEn} `, element('span', { class: 'hint' }, `(${FROM[test.from] ?? test.from})`));
      if (test.factId) item.append(' ', actionButton(texts.undo, async () => { await call(`/v1/facts/${test.factId}:withdraw`, { reason: '' }); await settled(); return texts.undone; }, 'ruled'));
      return item;
    }));
    fillRules(rules.effective ?? {});
  } catch (error) { if (!withoutService(error, byId('rules'))) say(byId('ruled'), /** @type {Error} */ (error).message); }
}

/** @param {any} effective */
function fillRules(effective) {
  for (const input of /** @type {HTMLInputElement[]} */ ([...rulesForm.elements])) {
    if (!input.name.includes('.')) continue;
    const [group, field] = input.name.split('.');
    if (group === 'off') input.checked = (effective.off ?? []).includes(field); else input.value = effective[group]?.[field] ?? '';
  }
}

rulesForm.addEventListener('submit', (event) => {
  event.preventDefault();
  const told = fields(rulesForm);
  attempt(byId('ruled'), async () => {
    /** @type {Record<string, any>} */
    const rules = told.scope === 'property' ? { property: me.property } : { channel: name };
    rules.off = [...rulesForm.querySelectorAll('[name^="off."]:checked')].map((box) => /** @type {HTMLInputElement} */ (box).name.slice(4));
    for (const [field, value] of Object.entries(told)) {
      const [group, part] = field.split('.');
      if (part && group !== 'off' && value !== '') rules[group] = { ...rules[group], [part]: Number(value) };
    }
    const answer = await call('/v1/qcRules', { rules });
    followRecheck();
    await settled();
    return fill(texts.ruled, String((answer.channels ?? []).length));
  });
});

/** How far judging the past again has come. */
async function followRecheck() {
  const bar = /** @type {HTMLProgressElement} */ (byId('recheck'));
  const stop = new AbortController();
  try {
    await stream('/v1/quality:watchRecheck', stop.signal, (answer) => {
      const step = /** @type {any} */ (answer);
      bar.hidden = !step.running; bar.max = Math.max(1, Number(step.total ?? 0)); bar.value = Number(step.done ?? 0);
      if (!step.running) stop.abort();
    });
  } catch { bar.hidden = true; }
  chart.refetch();
}

// ---- calibrations
async function loadCalibrations() {
  try {
    const records = (await call(`/v1/calibrations?${new URLSearchParams({ of: name })}`)).records ?? [];
    byId('calibrations').replaceChildren(...(records.length ? records.map((/** @type {any} */ record) => {
      const dates = [record.validFromUs, record.validUntilUs].filter((us) => us !== undefined && us !== null).map((us) => new Date(Number(us) / 1000).toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'short' })).join(' – ');
      const item = element('li', {}, sentence(record.sentence), ` ${dates} `, element('span', { class: 'hint' }, record.note ?? ''));
      if (record.validity !== 'VALIDITY_REPLACED') item.append(' ', actionButton(texts.undo, async () => { await call(`/v1/calibrations/${record.factId}:undo`, { reason: '' }); await settled(); return texts.undone; }, 'calibrated'));
      return item;
    }) : [element('li', {}, texts.notCalibrated)]));
  } catch (error) { if (!withoutService(error, byId('calibrations-panel'))) byId('calibrations').replaceChildren(element('li', {}, /** @type {Error} */ (error).message)); }
}

/** @type {Map<number, string>} */
const names = new Map();
watch([name], (answer) => {
  for (const [ref, told] of Object.entries(answer.channelNames ?? {})) names.set(Number(ref), told);
  for (const block of answer.blocks ?? []) if (names.get(block.channelRef) === name) for (const reading of readingsOf(block)) chart.add(name, reading.t, reading.value, reading.flag);
  if (answer.resetReason) chart.refetch(); else if (answer.changed?.length) chart.refetchLater(answer.changed);
});
byId('choose').hidden = true;
chart.setLines([line]);
loadRules();
loadCalibrations();
const opened = Number.isFinite(hubNow()) ? hubNow() : Date.now() / 1000;
setSpan(Math.floor((opened - 60) * 1e6), Math.floor(opened * 1e6));
setInterval(() => { if (document.hidden || chart.isPaused) return; chart.soon(); }, 1000);
setInterval(() => { if (!document.hidden && !chart.isPaused && chart.endS === Infinity) loadStretches(); }, 10000);
