// @ts-check
// What an agent measures: its probes and how often, sent to it whole; start and stop; what it found.
import { call } from './api.js';
import { attempt, element, fill, say, sentence, texts } from './words.js';

/** @typedef {{kind: string, port?: string, label?: string, intervalSeconds?: number, bus?: number, address?: number, description?: string, serial?: string, path?: string}} Source */
/** @typedef {{revision?: string, state?: string, refusalEn?: string, refusalVi?: string, measuring?: boolean, healthIntervalSeconds?: number, sources?: Source[], found?: Source[], kinds?: {name: string, fields?: string[]}[]}} Settings */

/** Fields that depend on the kind: name in JSON, its words, whether it is a number. @type {Record<string, [string, string, boolean]>} */
const own = {
  bus: ['bus', 'setBus', true], address: ['address', 'setAddress', true], serial: ['serial', 'setSerial', false], driver: ['driver', 'setDriver', false], outputs: ['outputs', 'setOutputs', false], temperature_from: ['temperatureFrom', 'setTemperatureFrom', false],
  channel: ['channel', 'setChannel', false], range: ['range', 'setRange', true], baud: ['baud', 'setBaud', true], path: ['path', 'setPath', false],
};

/** Fills the panel of one agent, and again after each change. @param {HTMLElement} panel @param {string} name */
export async function show(panel, name) {
  if (panel.querySelector('form[data-dirty]')) return;
  const said = element('output', { role: 'status' });
  panel.replaceChildren(said);
  await attempt(said, async () => { build(panel, name, (await call(`/v1/${name}/settings`)).settings, ''); });
}

/** How it stands with what was asked for last. @param {Settings} settings */
function stateOf(settings) {
  const revision = String(settings.revision ?? 0);
  const why = sentence({ en: settings.refusalEn, vi: settings.refusalVi });
  return ({ STATE_WAITING: fill(texts.setWaiting, revision), STATE_APPLIED: fill(texts.setApplied, revision), STATE_REFUSED: fill(texts.setRefused, revision, why) })[settings.state ?? ''] ?? texts.setItsOwn;
}

/** @param {HTMLElement} panel @param {string} name @param {Settings} settings @param {string} word */
function build(panel, name, settings, word) {
  const said = element('output', { role: 'status' }, word);
  const kinds = settings.kinds ?? [];
  const state = element('p', { class: `setstate ${settings.state === 'STATE_REFUSED' ? 'trouble' : settings.state === 'STATE_WAITING' ? 'warn' : 'hint'}` }, stateOf(settings));
  if (kinds.length === 0) { panel.replaceChildren(element('p', { class: 'hint' }, texts.setNotYet), said); return; }
  const list = element('div', {});
  const form = element('form', {}, list);
  const empty = element('p', { class: 'hint' }, texts.setNothing);
  const touched = () => { form.dataset.dirty = ''; say(said, texts.setUnsaved); empty.hidden = list.children.length > 0; };
  const add = (/** @type {Source} */ source) => { const made = card(source, kinds, touched); list.append(made); return made; };
  for (const source of settings.sources ?? []) add(source);
  empty.hidden = list.children.length > 0;
  const health = element('input', { type: 'number', name: 'health', min: '0', max: '86400', step: 'any', value: String(settings.healthIntervalSeconds ?? 0) });
  form.append(empty, found(settings, add, touched), byHand(kinds, add, touched), element('label', {}, texts.setHealth, health), element('button', { class: 'main' }, texts.setSave));
  form.addEventListener('input', (event) => { if (!(event.target instanceof HTMLElement) || event.target.dataset.choice === undefined) touched(); });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    say(said, texts.setSending);
    attempt(said, async () => {
      const answer = await call(`/v1/${name}:setSettings`, { name, fromRevision: settings.revision ?? 0, measuring: settings.measuring ?? false, healthIntervalSeconds: Number(/** @type {HTMLInputElement} */ (health).value), sources: [...list.children].map(read) });
      const refused = answer.settings.state === 'STATE_REFUSED';
      if (!refused) { build(panel, name, answer.settings, ''); return; }
      // What was typed stays, so that it can be mended.
      settings.revision = answer.settings.revision;
      say(state, stateOf(answer.settings));
      state.className = 'setstate trouble';
      throw new Error(stateOf(answer.settings));
    });
  });
  const toggle = element('button', { type: 'button', class: 'measuring' }, settings.measuring ? texts.setStop : texts.setStart);
  toggle.addEventListener('click', () => attempt(said, async () => { build(panel, name, (await call(`/v1/${name}:setMeasuring`, { measuring: !settings.measuring })).settings, ''); }));
  const find = element('button', { type: 'button', class: 'find' }, texts.setFind);
  find.addEventListener('click', () => attempt(said, async () => {
    await call(`/v1/${name}:findProbes`, {});
    build(panel, name, (await call(`/v1/${name}/settings`)).settings, texts.setFound);
  }));
  panel.replaceChildren(state, element('p', {}, element('b', { class: settings.measuring ? 'ok' : 'warn' }, settings.measuring ? texts.setMeasuring : texts.setStopped)), element('p', { class: 'line' }, toggle, find), form, said);
}

/** What is plugged in and not measured. @param {Settings} settings @param {(source: Source) => HTMLElement} add @param {() => void} touched */
function found(settings, add, touched) {
  const things = settings.found ?? [];
  if (things.length === 0) return '';
  const rows = things.map((thing) => {
    const button = element('button', { type: 'button' }, texts.setAdd);
    const where = thing.serial || (thing.address ? `i2c-${thing.bus ?? 1}, ${thing.address}` : '');
    const row = element('li', { class: 'line' }, button, element('span', {}, [thing.description, where !== thing.description && where].filter(Boolean).join(' · ')));
    button.addEventListener('click', () => { const list = row.parentElement; row.remove(); if (list?.children.length === 0) list.parentElement?.remove(); add({ ...thing, intervalSeconds: thing.kind.startsWith('ezo-') ? 2 : 1 }).querySelector('input')?.focus(); touched(); });
    return row;
  });
  return element('fieldset', {}, element('legend', {}, texts.setAddFound), element('ul', { class: 'plain' }, ...rows));
}

/** @param {{name: string, fields?: string[]}[]} kinds @param {(source: Source) => HTMLElement} add @param {() => void} touched */
function byHand(kinds, add, touched) {
  const select = element('select', { 'data-choice': true, 'aria-label': texts.setKind }, ...kinds.map((kind) => element('option', { value: kind.name }, kind.name)));
  const button = element('button', { type: 'button', class: 'byhand' }, texts.setAdd);
  button.addEventListener('click', () => { add({ kind: /** @type {HTMLSelectElement} */ (select).value, intervalSeconds: 2 }).querySelector('input')?.focus(); touched(); });
  return element('div', { class: 'line' }, element('label', {}, texts.setAddKind, select), button);
}

/** One thing that is measured. @param {Source} source @param {{name: string, fields?: string[]}[]} kinds @param {() => void} touched */
function card(source, kinds, touched) {
  const values = /** @type {Record<string, any>} */ (source);
  const input = (/** @type {string} */ field, /** @type {string} */ text, /** @type {boolean} */ isNumber, /** @type {Record<string, string|boolean>} */ more = {}) =>
    element('label', {}, text, element('input', { 'data-field': field, 'data-number': isNumber, type: isNumber ? 'number' : 'text', step: isNumber && 'any', value: values[field] === undefined ? '' : String(values[field]), autocapitalize: 'none', autocomplete: 'off', ...more }));
  const fields = (kinds.find((kind) => kind.name === source.kind)?.fields ?? Object.keys(own).filter((field) => values[own[field][0]] !== undefined)).filter((field) => own[field]);
  const remove = element('button', { type: 'button' }, texts.setRemove);
  const made = element('fieldset', { class: 'source', 'data-kind': source.kind, 'data-rest': JSON.stringify({ utcOffsetHours: values.utcOffsetHours, speed: values.speed }) }, element('legend', {}, [source.label, source.kind, source.description].filter(Boolean).join(' · ')),
    input('label', texts.setLabel, false, { maxlength: '100' }), input('intervalSeconds', texts.setInterval, true, { min: '0.001', max: '86400', required: true }),
    element('details', {}, element('summary', {}, texts.setMore), input('port', `${texts.setPort} (${texts.setPortHint})`, false, { pattern: '[a-z0-9._\\/\\-]{1,64}' }), ...fields.map((field) => input(own[field][0], texts[own[field][1]], own[field][2]))), remove);
  remove.addEventListener('click', () => { made.remove(); touched(); });
  return made;
}

/** What a person has written into one card. @param {Element} made */
function read(made) {
  const { kind, rest } = /** @type {HTMLElement} */ (made).dataset;
  /** @type {Record<string, any>} */
  const source = { kind, ...JSON.parse(rest ?? '{}') };
  for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (made.querySelectorAll('[data-field]'))) {
    const value = input.value.trim();
    if (value !== '') source[/** @type {string} */ (input.dataset.field)] = input.dataset.number === undefined ? value : Number(value);
  }
  return source;
}
