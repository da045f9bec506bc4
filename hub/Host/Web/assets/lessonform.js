// @ts-check
// A lesson as a form: every text in both languages, side by side, and in the page's own where that is another one. The lesson itself is the state; a field writes into it.
import { call } from './api.js';
import { attempt, byId, element, fill, sentence, texts } from './words.js';

const form = byId('form');
const slug = form.dataset.of ?? '';
/** @type {any} */
let lesson = {};

/** @param {string} label @param {HTMLElement} input */
const labelled = (label, input) => element('label', {}, `${label} `, input);

/** @param {any} of @param {string} field @param {string} label @param {Record<string, string>} [more] */
function text(of, field, label, more = {}) {
  const input = /** @type {HTMLInputElement} */ (element('input', { value: String(of[field] ?? ''), ...more }));
  input.addEventListener('input', () => { of[field] = more.type === 'number' ? (input.value === '' ? undefined : Number(input.value)) : input.value; });
  return labelled(label, input);
}

/** One text in both languages. @param {any} of @param {string} field @param {string} label @param {boolean} [isLong] */
function both(of, field, label, isLong = false) {
  of[field] = of[field] ?? {};
  const third = form.dataset.third ? [document.documentElement.lang] : [];
  return element('fieldset', { class: 'both' }, element('legend', {}, label), ...['vi', 'en', ...third].map((language) => {
    const said = () => (third.includes(language) ? of[field].more?.[language] : of[field][language]) ?? '';
    const input = /** @type {HTMLInputElement} */ (element(isLong ? 'textarea' : 'input', isLong ? { rows: '2', lang: language } : { value: said(), lang: language }));
    if (isLong) input.value = said();
    input.addEventListener('input', () => { if (third.includes(language)) of[field].more = { ...of[field].more, [language]: input.value }; else of[field][language] = input.value; });
    return labelled(language === 'vi' ? texts.inVietnamese : language === 'en' ? texts.inEnglish : form.dataset.third ?? '', input);
  }));
}

/** @param {any} of @param {string} field @param {string} label @param {[string, string][]} options */
function choice(of, field, label, options) {
  const select = /** @type {HTMLSelectElement} */ (element('select', {}, ...options.map(([value, words]) => element('option', { value, selected: of[field] === value }, words))));
  select.addEventListener('change', () => { of[field] = select.value; });
  of[field] = of[field] ?? options[0][0];
  return labelled(label, select);
}

/** @param {any} of @param {string} field @param {string} label */
function tick(of, field, label) {
  const input = /** @type {HTMLInputElement} */ (element('input', { type: 'checkbox', checked: of[field] === true }));
  input.addEventListener('change', () => { of[field] = input.checked; });
  return element('label', { class: 'tick' }, input, ` ${label}`);
}

/** A list whose entries are drawn by a function; entries are added and taken out. @param {any} of @param {string} field @param {string} label @param {() => any} fresh @param {(entry: any) => HTMLElement[]} drawEntry */
function list(of, field, label, fresh, drawEntry) {
  of[field] = of[field] ?? [];
  const add = element('button', { type: 'button' }, `+ ${texts.add}: ${label}`);
  add.addEventListener('click', () => { of[field].push(fresh()); draw(); });
  return element('details', { open: openParts.has(field) }, element('summary', { 'data-part': field }, `${label} (${of[field].length})`), ...of[field].map((/** @type {any} */ entry, /** @type {number} */ i) => {
    const out = element('button', { type: 'button', 'aria-label': `✕ ${label} ${i + 1}` }, '✕');
    out.addEventListener('click', () => { of[field].splice(i, 1); draw(); });
    return element('section', { class: 'panel', 'aria-label': `${label} ${i + 1}` }, element('div', { class: 'line' }, element('b', {}, String(i + 1)), out), ...drawEntry(entry));
  }), element('p', { class: 'line' }, add));
}
/** Which lists are open, over redrawing. @type {Set<string>} */
const openParts = new Set(['steps']);

/** @param {string} field @param {string} label */
function sentences(field, label) {
  lesson[field] = (lesson[field] ?? []).map((/** @type {any} */ one) => one.text !== undefined ? one : { text: one });
  return list(lesson, field, label, () => ({ text: {} }), (entry) => [both(entry, 'text', label, true)]);
}

/** @param {string} field @param {string} label */
function steps(field, label) {
  return list(lesson, field, label, () => ({ minutes: 5, title: {}, prompt: {}, teacherHint: {}, kind: 'STEP_KIND_TALK' }), (step) => [
    both(step, 'title', texts.stepTitle), text(step, 'minutes', fill(texts.minutes, ''), { type: 'number', min: '0', max: '600' }), both(step, 'prompt', texts.prompt, true), both(step, 'teacherHint', texts.teacherHint, true), tick(step, 'hidesValues', texts.hides)]);
}

function draw() {
  const names = new Map([.../** @type {HTMLDataListElement} */ (byId('properties')).options].map((option) => [option.value, option.label]));
  const wanted = new Set(lesson.observedProperties ?? []);
  form.replaceChildren(
    text(lesson, 'slug', texts.slug, { maxlength: '40', pattern: '[a-z0-9-]+', autocomplete: 'off' }), both(lesson, 'title', texts.titleField), both(lesson, 'summary', texts.summary, true),
    element('details', {}, element('summary', {}, texts.properties), ...[...names].map(([value, label]) => {
      const input = /** @type {HTMLInputElement} */ (element('input', { type: 'checkbox', checked: wanted.has(value) }));
      input.addEventListener('change', () => { if (input.checked) wanted.add(value); else wanted.delete(value); lesson.observedProperties = [...wanted]; });
      return element('label', { class: 'tick' }, input, ` ${label}`);
    })),
    text(lesson, 'runS', texts.runLength, { type: 'number', min: '0', max: '86400' }), text(lesson, 'rateHz', texts.rate, { type: 'number', min: '0', max: '1000', step: 'any' }),
    choice(lesson, 'prediction', texts.predictionField, [['PREDICTION_KIND_NONE', texts.predictionNone], ['PREDICTION_KIND_NUMBER', texts.predictionNumber], ['PREDICTION_KIND_CURVE', texts.predictionCurve]]), both(lesson, 'predictionPrompt', texts.predictionPrompt, true),
    steps('steps', texts.steps), steps('shortSteps', texts.shortSteps),
    list(lesson, 'limits', texts.limits, () => ({ id: `limit-${Date.now() % 100000}`, observedProperty: [...wanted][0] ?? '', text: {} }), (limit) => [
      choice(limit, 'observedProperty', texts.properties, [...names]), text(limit, 'above', texts.above, { type: 'number', step: 'any' }), text(limit, 'below', texts.below, { type: 'number', step: 'any' }),
      text(limit, 'hysteresis', texts.hysteresis, { type: 'number', step: 'any', min: '0' }), text(limit, 'holdS', texts.hold, { type: 'number', min: '0', max: '3600' }), both(limit, 'text', texts.prompt, true), text(limit, 'source', texts.source)]),
    list(lesson, 'questions', texts.questions, () => ({ question: {}, answer: {} }), (question) => [both(question, 'question', texts.questions, true), both(question, 'answer', texts.answer, true)]),
    sentences('aims', texts.aims), sentences('materials', texts.materials), sentences('teacherNotes', texts.teacherNotes));
  form.hidden = false;
}
form.addEventListener('toggle', (event) => {
  const part = /** @type {HTMLElement} */ (event.target).querySelector?.('summary')?.dataset.part;
  if (part) openParts[/** @type {HTMLDetailsElement} */ (event.target).open ? 'add' : 'delete'](part);
}, true);

/** What is sent: µs for seconds, lists of sentences as such, nothing that is empty. */
function told() {
  const copy = JSON.parse(JSON.stringify(lesson));
  for (const field of ['aims', 'materials', 'teacherNotes']) copy[field] = (copy[field] ?? []).map((/** @type {any} */ one) => one.text);
  copy.runUs = String(Math.round(Number(copy.runS ?? 0) * 1e6));
  for (const limit of copy.limits ?? []) { limit.holdUs = String(Math.round(Number(limit.holdS ?? 0) * 1e6)); delete limit.holdS; }
  for (const field of ['runS', 'name', 'shipped']) delete copy[field];
  return copy;
}

byId('save').addEventListener('click', () => attempt(byId('said'), async () => {
  await call('/v1/lessons', { lesson: told() });
  byId('delete').hidden = false;
  return texts.saved;
}));
byId('delete').addEventListener('click', () => attempt(byId('said'), async () => { await call(`/v1/lessons/${lesson.slug}`, {}, undefined, 'DELETE'); location.href = '/class'; }));

attempt(byId('said'), async () => {
  lesson = slug ? (await call(`/v1/lessons/${encodeURIComponent(slug)}`)).lesson : { slug: '', title: {}, steps: [] };
  byId('delete').hidden = !slug || lesson.shipped === true;
  if (lesson.shipped) lesson.slug = `${lesson.slug}-2`.slice(0, 40);
  lesson.runS = Number(lesson.runUs ?? 0) / 1e6;
  for (const limit of lesson.limits ?? []) limit.holdS = Number(limit.holdUs ?? 0) / 1e6;
  draw();
  document.title = `${sentence(lesson.title)} · StemLab`;
});
