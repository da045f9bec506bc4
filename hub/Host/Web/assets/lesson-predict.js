// @ts-check
// Predict first: a number typed, or a line drawn with a finger, or typed value by value.
import { call } from './api.js';
import { lesson } from './lesson.js';
import { send, onOutbox, waiting } from './lesson-outbox.js';
import { typedNumber } from './lesson-work.js';
import { attempt, byId, element, fields, fill, number, plain, say, sentence, texts } from './words.js';

const STEPS = 5;
/** From here on a drawing is spoken of in hours, s. */
const LONG_S = 7200;
const body = byId('predict-body');
/** The line as drawn: one height, 0 at the bottom to 1 at the top, for each of 60 columns; null = not drawn there. @type {(number|null)[]} */
let drawn = new Array(60).fill(null);
let built = '';

const about = () => lesson.state?.lesson ?? null;
const isCurve = () => about()?.prediction === 'PREDICTION_KIND_CURVE';
/** What may be predicted: the lesson's property first. */
function choices() {
  const wanted = about()?.predictionProperty || about()?.observedProperties?.[0] || '';
  const own = [...lesson.channels.values()];
  const all = own.length ? own : (lesson.group?.channels ?? []).map((/** @type {any} */ channel) => ({ name: channel.name, label: sentence(channel.property), property: channel.observedProperty, unit: channel.unitSymbol ?? '', decimals: Number(channel.displayDecimals ?? 1) }));
  return [...all].sort((a, b) => Number(b.property === wanted) - Number(a.property === wanted));
}

function build() {
  const list = choices();
  const key = `${list.map((one) => one.name).join()}|${isCurve()}|${runS()}`;
  if (key === built && body.childElementCount) return;
  built = key;
  say(byId('predict-prompt'), prompt() || texts.predictHow);
  const unit = about()?.predictionUnit;
  const of = unit ? element('input', { name: 'of', type: 'hidden', value: about().predictionProperty }) : element('select', { name: 'of' }, ...list.map((one) => element('option', { value: one.name }, `${one.label}${one.unit ? ` (${one.unit})` : ''}`)));
  const form = element('form', { id: 'predict-form' }, unit ? of : element('label', {}, `${texts.predictOf} `, of),
    ...(isCurve() ? curveFields() : [element('label', {}, `${texts.predictNumber}${unit ? ` (${unit})` : ''} `, element('input', { name: 'number', inputmode: 'decimal', maxlength: '20', autocomplete: 'off' }))]),
    element('label', {}, `${texts.predictReason} `, element('textarea', { name: 'reason', rows: '2', maxlength: '280' })), element('button', { class: 'main' }, texts.predictSend));
  form.addEventListener('submit', (event) => { event.preventDefault(); submit(/** @type {HTMLFormElement} */ (form)); });
  body.replaceChildren(form);
  if (isCurve()) bindCurve(/** @type {HTMLFormElement} */ (form));
}

/** How long what is drawn takes: a recording its own length; runs of no length of their own follow a day. */
function runS() {
  const run = lesson.state?.replay && lesson.group?.run;
  return Math.round((run ? Number(run.endTimeUs) - Number(run.startTimeUs) : Number(about()?.runUs ?? 0)) / 1e6) || 86400;
}

/** The short version asks in its own words. */
function prompt() {
  const step = lesson.state?.shortVersion && about()?.shortSteps?.find((/** @type {any} */ one) => one.kind === 'STEP_KIND_PREDICT');
  return sentence((step || null)?.prompt ?? about()?.predictionPrompt);
}

function curveFields() {
  const seconds = runS();
  const inHours = seconds >= LONG_S;
  return [
    element('p', { class: 'hint' }, texts.predictDraw),
    element('div', { class: 'line' }, element('label', {}, `${texts.drawLow} `, element('input', { name: 'low', inputmode: 'decimal', size: '6', value: '0' })), element('label', {}, `${texts.drawHigh} `, element('input', { name: 'high', inputmode: 'decimal', size: '6', value: String(about()?.predictionTop || 40) })), element('label', {}, `${inHours ? texts.drawHours : texts.drawSeconds} `, element('input', inHours ? { name: 'hours', inputmode: 'decimal', size: '6', value: plain(seconds / 3600, 2) } : { name: 'seconds', inputmode: 'decimal', size: '6', value: String(seconds) }))),
    element('canvas', { id: 'draw', role: 'img', 'aria-label': texts.predictDraw }),
    element('button', { type: 'button', id: 'draw-again' }, texts.drawAgain),
    element('details', {}, element('summary', {}, texts.drawSteps), element('p', { class: 'hint' }, texts.drawKeys), element('div', { class: 'line' }, ...Array.from({ length: STEPS }, (_, i) => element('label', { 'data-at': String(i) }, element('span', {}, ''), ' ', element('input', { name: `v${i}`, inputmode: 'decimal', size: '6' }))))),
  ];
}

/** @param {HTMLFormElement} form */
function bindCurve(form) {
  drawn = new Array(60).fill(null);
  const canvas = /** @type {HTMLCanvasElement} */ (byId('draw'));
  /** @type {[number, number]|null} */
  let last = null;
  const put = (/** @type {PointerEvent} */ event) => {
    const box = canvas.getBoundingClientRect();
    const column = Math.min(59, Math.max(0, Math.floor((event.clientX - box.left) / box.width * 60)));
    const height = Math.min(1, Math.max(0, 1 - (event.clientY - box.top) / box.height));
    const [c0, h0] = last ?? [column, height];
    for (let c = Math.min(c0, column); c <= Math.max(c0, column); c++) drawn[c] = c0 === column ? height : h0 + (height - h0) * (c - c0) / (column - c0);
    last = [column, height];
    say(byId('predicted'), '');
    paint();
  };
  canvas.addEventListener('pointerdown', (event) => { canvas.setPointerCapture(event.pointerId); last = null; put(event); });
  canvas.addEventListener('pointermove', (event) => { if (event.buttons) put(event); });
  canvas.addEventListener('pointerup', () => { last = null; });
  byId('draw-again').addEventListener('click', () => { drawn = new Array(60).fill(null); paint(); });
  form.addEventListener('input', () => { label(); paint(); });
  label();
  paint();
}

function label() {
  const form = /** @type {HTMLFormElement} */ (byId('predict-form'));
  const seconds = lengthS(fields(form)) || 60;
  form.querySelectorAll('[data-at] span').forEach((span, i) => say(span, fill(texts.drawAt, moment(seconds * i / (STEPS - 1), seconds))));
}

/** How long the drawing takes as it is typed, s. @param {Record<string, string>} told */
function lengthS(told) { return told.hours === undefined ? typedNumber(told.seconds) : typedNumber(told.hours) * 3600; }

/** A moment of the drawing, in hours where it spans two or more. @param {number} s @param {number} spanS */
function moment(s, spanS) { return spanS < LONG_S ? `${number(s, 0)} ${texts.seconds}` : `${plain(s / 3600, 1)} ${texts.hours}`; }

function paint() {
  const canvas = /** @type {HTMLCanvasElement} */ (byId('draw'));
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  const style = getComputedStyle(document.documentElement);
  // Two dots a pixel, and the shape it is shown in: letters would be stretched.
  canvas.width = (canvas.clientWidth || 320) * 2;
  canvas.height = (canvas.clientHeight || 220) * 2;
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.strokeStyle = style.getPropertyValue('--line'); context.lineWidth = 2;
  for (let i = 1; i < 4; i++) { context.beginPath(); context.moveTo(0, canvas.height * i / 4); context.lineTo(canvas.width, canvas.height * i / 4); context.moveTo(canvas.width * i / 4, 0); context.lineTo(canvas.width * i / 4, canvas.height); context.stroke(); }
  context.strokeStyle = style.getPropertyValue('--s2'); context.lineWidth = 6; context.setLineDash([14, 10]); context.beginPath();
  let isDown = false;
  drawn.forEach((height, c) => { if (height === null) { isDown = false; return; } const x = (c + 0.5) / 60 * canvas.width; const y = (1 - height) * canvas.height; if (isDown) context.lineTo(x, y); else context.moveTo(x, y); isDown = true; });
  context.stroke(); context.setLineDash([]);
  // What its edges mean, as typed above.
  const typed = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (/** @type {HTMLFormElement} */ (byId('predict-form')).elements.namedItem(name)).value;
  context.fillStyle = style.getPropertyValue('--soft'); context.font = '26px system-ui, sans-serif';
  context.fillText(typed('high'), 8, 28); context.fillText(typed('low'), 8, canvas.height - 10);
  const lasts = lengthS(fields(byId('predict-form'))) || 0;
  context.textAlign = 'right'; context.fillText(moment(lasts, lasts), canvas.width - 8, canvas.height - 10); context.textAlign = 'left';
}

/** @param {HTMLFormElement} form */
function submit(form) {
  const told = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
  attempt(byId('predicted'), async () => {
    /** @type {any} */
    const said = { of: told.of, reason: told.reason.trim(), ...(isCurve() ? curve(told) : { number: oneNumber(told.number) }) };
    const answer = await send('predict', `/v1/${lesson.session}:predict`, said);
    if (answer) await load();
    return answer ? texts.predictSent : texts.predictQueued;
  });
}

/** @param {string} typed */
function oneNumber(typed) {
  const value = typedNumber(typed);
  if (Number.isNaN(value)) throw new Error(fill(texts.notANumber, number(28.5, 1)));
  return value;
}

/** @param {Record<string, string>} told */
function curve(told) {
  const low = oneNumber(told.low); const high = oneNumber(told.high); const seconds = told.hours === undefined ? oneNumber(told.seconds) : oneNumber(told.hours) * 3600;
  const typed = Array.from({ length: STEPS }, (_, i) => [seconds * i / (STEPS - 1), typedNumber(told[`v${i}`] ?? '')]).filter(([, value]) => !Number.isNaN(value));
  const points = typed.length >= 2 ? typed : drawn.map((height, c) => (height === null ? null : [(c + 0.5) / 60 * seconds, low + height * (high - low)])).filter((point) => point !== null);
  if (points.length < 2) throw new Error(texts.nothingDrawn);
  return { atS: points.map((point) => point[0]), value: points.map((point) => point[1]) };
}

/** @type {any[]} */
let predictions = [];
async function load() {
  if (!lesson.state) return;
  predictions = (await call(`/v1/${lesson.session}/predictions`)).predictions ?? [];
  show();
}

function show() {
  const channelOf = (/** @type {string} */ of) => lesson.channels.get(of) ?? [...lesson.channels.values()].find((channel) => channel.property === of);
  const line = (/** @type {any} */ said, /** @type {string} */ who) => {
    const channel = channelOf(said.of);
    const what = said.number !== undefined ? `${number(Number(said.number), channel?.decimals ?? 2)} ${channel?.unit ?? about()?.predictionUnit ?? ''}` : (said.value ?? []).length ? `${number(Number(said.value[0]), 1)} → ${number(Number(said.value[said.value.length - 1]), 1)} ${channel?.unit ?? ''}` : '';
    return element('li', {}, element('b', {}, `${who}: `), `${channel?.label ?? ''} ${what}`, said.reason ? ` – ${said.reason}` : '');
  };
  byId('predictions-title').hidden = predictions.length + waiting('predict').length === 0;
  byId('predictions').replaceChildren(...waiting('predict').map((letter) => line(letter.body, `▲ ${letter.refusal === undefined ? texts.noteWaits : fill(texts.noteRefused, letter.refusal)}`)), ...predictions.map((one) => line(one, sentence(one.alias))));
}

export function opened() { build(); load().catch((error) => say(byId('predicted'), error.message)); }
lesson.onState.push(() => { if (!byId('predict').closest('[hidden]')) opened(); });
onOutbox.push(() => {
  if (!waiting('predict').length && byId('predicted').textContent === texts.predictQueued) { say(byId('predicted'), texts.predictSent); load().catch(() => { /* asked again when this part is opened */ }); }
  show();
});
