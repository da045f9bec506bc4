// @ts-check
// Channels computed from others of one agent: chosen from a list, or a formula of one's own.
import { call } from './api.js';
import { attempt, byId, element, fields, fill, sentence, significant, texts, unitText } from './words.js';

const agent = /** @type {HTMLSelectElement} */ (byId('agent'));
/** @type {any[]} */
let formulas = [];
/** Names of channels for people. @type {Map<string, string>} */
const labels = new Map();
/** @type {any[]} */
let channels = [];
/** The derived channel each form changes; absent = it makes a new one. @type {Map<string, any>} */
const edited = new Map();

async function load() {
  channels = (await call(`/v1/channels?${new URLSearchParams({ parent: agent.value })}`)).channels ?? [];
  const properties = (await call('/v1/observedProperties')).observedProperties ?? [];
  for (const channel of channels) {
    const property = properties.find((/** @type {any} */ one) => one.id === channel.observedProperty);
    labels.set(channel.name, `${(document.documentElement.lang === 'vi' ? property?.displayNameVi : property?.displayNameEn) ?? channel.port} (${channel.unitSymbol || channel.unitUcum})`);
  }
  formulas = (await call(`/v1/${agent.value}/formulas`)).formulas ?? [];
  formulas.sort((a, b) => Number(b.possible ?? false) - Number(a.possible ?? false));
  byId('formulas').replaceChildren(...formulas.map((formula, i) => element('label', { class: 'choice' }, element('input', { type: 'radio', name: 'formula', value: formula.formulaId, disabled: !formula.possible, checked: i === 0 && formula.possible === true }),
    element('b', {}, `${sentence(formula.displayName)}${unitText(formula.unitUcum) && ` (${unitText(formula.unitUcum)})`}`), element('span', { class: formula.possible ? 'hint' : 'hint off' }, sentence(formula.sentence)))));
  for (const form of ['choose', 'own']) edit(form);
  drawInputs();
  await loadExisting();
}

/** Inputs of the formula chosen: channels found on the agent, or a number. */
function drawInputs() {
  const formula = formulas.find((one) => one.formulaId === fields(byId('choose')).formula);
  byId('inputs').replaceChildren(...(formula?.inputs ?? []).map((/** @type {any} */ input) => {
    const found = input.channels ?? [];
    const select = element('select', { name: `channel.${input.name}` }, ...found.map((/** @type {string} */ name) => element('option', { value: name }, labels.get(name) ?? name)), element('option', { value: '' }, texts.aNumber));
    const constant = element('input', { name: `constant.${input.name}`, type: 'number', step: 'any', 'aria-label': `${sentence(input.displayName)} (${unitText(input.unitUcum)})`, value: input.defaultValue === undefined ? '' : String(input.defaultValue), hidden: found.length > 0 });
    select.addEventListener('change', () => { constant.toggleAttribute('hidden', /** @type {HTMLSelectElement} */ (select).value !== ''); });
    return element('label', {}, `${sentence(input.displayName)}${unitText(input.unitUcum) && ` (${unitText(input.unitUcum)})`}, ${fill(texts.holdsFrom, significant(input.validMin, 5), significant(input.validMax, 5))}`, select, constant);
  }));
  byId('preview-chosen').textContent = '';
  byId('spark-chosen').toggleAttribute('hidden', true);
}

/** A formula of one's own names channels by letters; one that is changed keeps the names it has. @param {any[]} [inputs] */
function drawLetters(inputs = []) {
  const named = new Map(inputs.filter((input) => input.channel).map((input) => [input.channel, input.name]));
  const free = Array.from({ length: 26 }, (_, i) => String.fromCharCode(97 + i)).filter((letter) => !inputs.some((input) => input.name === letter));
  const own = edited.get('own')?.channel;
  byId('letters').replaceChildren(...channels.filter((channel) => channel.name !== own).map((channel) => ({ channel, letter: named.get(channel.name) ?? free.shift() })).filter(({ letter }) => letter)
    .map(({ channel, letter }) => element('label', { class: 'choice' }, element('input', { type: 'checkbox', name: 'letter', value: `${letter} ${channel.name}`, checked: named.has(channel.name) }), element('b', {}, letter), ` = ${labels.get(channel.name)}`)));
}

/** Fills a form with what a derived channel is, to change it; without one it makes a new one again. @param {string} form @param {any} [one] */
function edit(form, one) {
  const note = byId(`editing-${form}`);
  const fieldsOf = /** @type {HTMLFormElement} */ (byId(form)).elements;
  const field = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (fieldsOf.namedItem(name));
  const definition = one?.definition ?? {};
  if (one) edited.set(form, one); else edited.delete(form);
  note.toggleAttribute('hidden', !one);
  if (one) note.children[0].textContent = fill(texts.editing, one.channel.split('/').pop());
  byId(form).querySelector('button.main')?.replaceChildren(one ? texts.save : texts.make);
  field('port').value = definition.port ?? '';
  if (form === 'own') {
    field('expression').value = definition.expression ?? '';
    field('unit').value = definition.unitUcum ?? '';
    drawLetters(definition.inputs);
    return;
  }
  for (const radio of /** @type {NodeListOf<HTMLInputElement>} */ (byId('formulas').querySelectorAll('input'))) {
    radio.checked = one ? radio.value === definition.formulaId : radio.checked;
    if (one && radio.checked) radio.disabled = false;
  }
  drawInputs();
  for (const input of definition.inputs ?? []) {
    const select = field(`channel.${input.name}`);
    if (!select) continue;
    select.value = input.channel ?? '';
    field(`constant.${input.name}`).value = input.constant === undefined ? '' : String(input.constant);
    field(`constant.${input.name}`).hidden = select.value !== '';
  }
}

function chosenDefinition() {
  const told = fields(byId('choose'));
  const formula = formulas.find((one) => one.formulaId === told.formula);
  const inputs = (formula?.inputs ?? []).map((/** @type {any} */ input) => (told[`channel.${input.name}`] ? { name: input.name, channel: told[`channel.${input.name}`] } : told[`constant.${input.name}`] ? { name: input.name, constant: Number(told[`constant.${input.name}`]) } : null)).filter(Boolean);
  const before = edited.get('choose')?.definition;
  return { ...(before ? { maxAgeUs: before.maxAgeUs, note: before.note } : {}), formulaId: told.formula, inputs, port: told.port };
}

function ownDefinition() {
  const told = fields(byId('own'));
  const before = edited.get('own')?.definition;
  const known = (before?.inputs ?? []);
  const letters = new FormData(/** @type {HTMLFormElement} */ (byId('own'))).getAll('letter').map((one) => { const [name, channel] = String(one).split(' '); return { ...known.find((/** @type {any} */ input) => input.name === name && input.channel === channel), name, channel }; });
  // What this form has no field for stays as it was: fixed numbers, the property, how old an input may be.
  const constants = known.filter((/** @type {any} */ input) => input.constant !== undefined);
  return { ...(before ? { observedProperty: before.observedProperty, maxAgeUs: before.maxAgeUs, note: before.note } : {}), expression: told.expression, unitUcum: told.unit, port: told.port, inputs: [...letters, ...constants] };
}

/** What it would give now, with the last hour drawn, or everything that is wrong with it. @param {object} definition @param {string} spark @param {any} [replaced] */
async function preview(definition, spark, replaced) {
  const answer = await call(`/v1/${agent.value}/derivedChannels:preview${replaced ? `?replaces=${replaced.factId}` : ''}`, definition);
  draw(spark, (answer.value ?? []).map(Number));
  const problems = answer.problems ?? [];
  if (problems.length) throw new Error(problems.map((/** @type {any} */ problem) => `✕ ${sentence(problem.sentence)}`).join(' '));
  if (!answer.latest) return texts.noReadings;
  return `${fill(texts.givesNow, significant(answer.latest.value, 5), unitText(answer.unitUcum))} ${sentence(answer.sentence)}`;
}

/** A line through the values, gaps left out. @param {string} id @param {number[]} values */
function draw(id, values) {
  const numbers = values.filter(Number.isFinite);
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const at = (/** @type {number} */ value, /** @type {number} */ i) => `${(300 * i / Math.max(1, values.length - 1)).toFixed(1)},${(high > low ? 55 - 50 * (value - low) / (high - low) : 30).toFixed(1)}`;
  const points = values.map((value, i) => (Number.isFinite(value) ? at(value, i) : '')).filter(Boolean).join(' ');
  byId(id).toggleAttribute('hidden', numbers.length < 2);
  byId(id).innerHTML = `<polyline points="${points}"/>`;
}

for (const [form, name, define] of /** @type {[string, string, () => object][]} */ ([['choose', 'chosen', chosenDefinition], ['own', 'own', ownDefinition]])) {
  const output = `preview-${name}`;
  byId(form).querySelector('.try')?.addEventListener('click', () => attempt(byId(output), () => preview(define(), `spark-${name}`, edited.get(form))));
  byId(`editing-${form}`).querySelector('button')?.addEventListener('click', () => { edit(form); byId(output).textContent = ''; });
  byId(form).addEventListener('submit', (event) => {
    event.preventDefault();
    attempt(byId(output), async () => {
      const replaced = edited.get(form);
      await preview(define(), `spark-${name}`, replaced);
      const made = (await call(replaced ? `/v1/derivedChannels/${replaced.factId}:replace` : `/v1/${agent.value}/derivedChannels`, define())).derivedChannel;
      edit(form);
      await loadExisting();
      return fill(replaced ? texts.saved : texts.made, made?.channel?.split('/').pop() ?? '');
    });
  });
}

async function loadExisting() {
  const existing = (await call(`/v1/${agent.value}/derivedChannels`)).derivedChannels ?? [];
  byId('existing').replaceChildren(...(existing.length ? existing.map((/** @type {any} */ one) => {
    const button = element('button', { type: 'button' }, texts.takeOut);
    button.setAttribute('aria-label', `${texts.takeOut}: ${one.channel.split('/').pop()}`);
    button.addEventListener('click', () => attempt(byId('existing-said'), async () => { await call(`/v1/derivedChannels/${one.factId}:withdraw`, { factId: one.factId }); await load(); return texts.takenOut; }));
    const change = element('button', { type: 'button', 'aria-label': `${texts.edit}: ${one.channel.split('/').pop()}` }, texts.edit);
    change.addEventListener('click', () => {
      const form = one.definition?.expression ? 'own' : 'choose';
      edit(form, one);
      byId(`preview-${form === 'own' ? 'own' : 'chosen'}`).textContent = '';
      byId(`editing-${form}`).scrollIntoView({ block: 'center' });
    });
    return element('li', {}, element('a', { href: `/${one.channel}` }, one.channel.split('/').pop()), ` = ${sentence(one.displayName)}${unitText(one.unitUcum) && ` (${unitText(one.unitUcum)})`} `, ...(one.trouble?.en ? [element('p', { class: 'warn' }, `▲ ${sentence(one.trouble)}`)] : []), change, ' ', button);
  }) : [element('li', {}, texts.noneYet)]));
}

byId('choose').addEventListener('change', (event) => { if (/** @type {HTMLInputElement} */ (event.target).name === 'formula') drawInputs(); });
agent.addEventListener('change', () => { history.replaceState(null, '', `?${new URLSearchParams({ of: agent.value })}`); attempt(byId('existing-said'), load); });
attempt(byId('existing-said'), load);
