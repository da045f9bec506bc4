// @ts-check
// Calibrating step by step, checking after the trip, spreading the drift between. The hub keeps the wizard; the address keeps its name, so a reload goes on.
import { call, stream } from './api.js';
import { asCards, attempt, byId, duration, element, fields, fill, locale, number, plain, say, sentence, significant, texts, unitText } from './words.js';
import { drawDrift } from './drift.js';

const channel = byId('wizard').dataset.channel ?? '';
const decimals = Number(byId('wizard').dataset.decimals);
/** @type {any[]} */
let kinds = [];
/** @type {any} */
let wizard = null;
/** What a bucket test says that this probe should say; empty = nobody has told. */
const should = new URLSearchParams(location.hash.slice(1)).get('should') ?? '';
let watching = new AbortController();

/** @param {string} id @param {boolean} isShown */
const show = (id, isShown) => { byId(id).hidden = !isShown; };
/** @param {number|null|undefined} value @param {number} [more] */
const digits = (value, more = 1) => (value === null || value === undefined ? '–' : number(Number(value), decimals + more));
/** What stands on a bottle of conductivity is its value at 25 °C, whatever its temperature. */
const isAt25 = () => wizard?.way === 'CALIBRATION_WAY_CONDUCTIVITY_STANDARD';
const isCheck = () => wizard?.purpose === 'PURPOSE_CHECK';
const kind = () => kinds.find((one) => one.way === wizard?.way) ?? kinds[0];

// ---- 1. which way
async function loadKinds() {
  kinds = (await call(`/v1/calibrationKinds?${new URLSearchParams({ channel })}`)).kinds ?? [];
  byId('kinds').replaceChildren(...kinds.map((one, i) => element('label', { class: 'choice' }, element('input', { type: 'radio', name: 'way', value: one.way, checked: isUsual(one, i) }), element('b', {}, sentence(one.displayName)), element('span', { class: 'hint' }, sentence(one.instruction)))));
}

/** The first way; where a bucket test has said what the probe should say, the one that takes such a value. @param {any} one @param {number} i */
function isUsual(one, i) { return should && kinds.some((other) => other.way === 'CALIBRATION_WAY_OFFSET') ? one.way === 'CALIBRATION_WAY_OFFSET' : i === 0; }

/** @param {string} purpose */
async function start(purpose) {
  const way = fields(byId('start')).way;
  const answer = await call('/v1/calibrationWizards', { channel, purpose, ...(purpose === 'PURPOSE_CALIBRATE' ? { way } : {}) });
  follow(answer.wizard);
}
byId('start').addEventListener('submit', (event) => { event.preventDefault(); attempt(byId('start-said'), () => start('PURPOSE_CALIBRATE')); });
byId('check').addEventListener('click', () => attempt(byId('start-said'), () => start('PURPOSE_CHECK')));

// ---- 2. point by point
/** @param {any} told */
async function follow(told) {
  history.replaceState(null, '', `#w=${told.name.split('/')[1]}${should && `&should=${should}`}`);
  show('step-start', false); show('step-points', true); show('step-done', false);
  update(told);
  drawStandards();
  await watch();
}

/** The wizard as it goes on. Begun anew after each step, so that what was under way before the step does not overwrite it. */
async function watch() {
  watching.abort();
  watching = new AbortController();
  const mine = watching;
  while (!mine.signal.aborted) {
    try { await stream(`/v1/${wizard.name}:watch`, mine.signal, (answer) => { if (!mine.signal.aborted) update(/** @type {any} */ (answer).wizard); }); } catch (error) { if (!mine.signal.aborted) say(byId('steady-words'), /** @type {Error} */ (error).message); }
    if (!mine.signal.aborted) await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}

/** @param {any} told */
function stepped(told) { update(told); void watch(); }

/** @param {any} told */
function update(told) {
  if (!told) return;
  wizard = told;
  const steadiness = told.steadiness ?? {};
  /** @type {HTMLProgressElement} */ (byId('level')).value = Number(steadiness.level ?? 0);
  byId('steady').classList.toggle('ready', steadiness.steady === true);
  say(byId('steady-state'), steadiness.steady ? `✓ ${texts.steadyNow}` : texts.waiting);
  say(byId('steady-words'), sentence(steadiness.sentence) + (steadiness.timeLeftUs !== undefined && !steadiness.steady ? ` ${fill(texts.timeLeft, duration(Number(steadiness.timeLeftUs) / 1e6))}` : ''));
  say(byId('raw-now'), `${significant(steadiness.mean, 5)} ${unitText(told.rawUnitUcum)}`);
  /** @type {HTMLButtonElement} */ (byId('take')).disabled = steadiness.steady !== true && !(/** @type {HTMLInputElement} */ (byId('unsteady')).checked);
  const celsius = /** @type {HTMLInputElement} */ (byId('celsius'));
  celsius.placeholder = told.temperatureCelsius === undefined ? '' : `${number(Number(told.temperatureCelsius), 1)} (${texts.measured})`;
  say(byId('next'), sentence(told.next));
  drawPoints(told);
  drawPreview(told.preview ?? {});
}

function drawStandards() {
  const one = kind();
  const isOxygen = one?.way === 'CALIBRATION_WAY_OXYGEN';
  const bottles = (one?.standards ?? []).map((/** @type {any} */ standard, /** @type {number} */ i) => element('label', { class: 'choice' }, element('input', { type: 'radio', name: 'standard', value: standard.id, checked: i === 0 }), element('b', {}, sentence(standard.displayName))));
  // Buffers and air are what their formulas are made for; a value of one's own is for the other ways.
  if (!isOxygen && one?.way !== 'CALIBRATION_WAY_PH_BUFFERS') bottles.push(element('label', { class: 'choice' }, element('input', { type: 'radio', name: 'standard', value: '', checked: bottles.length === 0 }), element('b', {}, texts.ownStandard)));
  byId('standards').replaceChildren(...bottles);
  show('oxygen', isOxygen);
  show('temperature', one?.needsTemperature === true || isOxygen);
  own();
  nextStandard();
}
/** A value of one's own is asked for only where no bottle is chosen. */
function own() {
  const told = fields(byId('take-form'));
  show('own', !told.standard);
  say(byId('own-value'), `${isAt25() ? texts.ownValueAt25 : texts.ownValue}${unitText(wizard?.unitUcum) && ` (${unitText(wizard.unitUcum)})`}`);
  const reference = /** @type {HTMLInputElement|null} */ (document.querySelector('#own [name="reference"]'));
  if (reference && should && !told.standard && !reference.value && !isTold) { reference.value = should; isTold = true; }
}
/** What the bucket said was filled in: who clears it is not told again. */
let isTold = false;
byId('take-form').addEventListener('change', () => { own(); update(wizard); });

byId('take-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const told = fields(event.target);
  attempt(byId('take-said'), async () => {
    const body = {
      name: wizard.name, standardId: told.standard, evenIfUnsteady: told.unsteady === 'on',
      ...(told.standard || told.reference === '' ? {} : { reference: Number(told.reference) }),
      ...(told.celsius ? { temperatureCelsius: Number(told.celsius) } : {}),
      ...(told.salinity ? { salinity: Number(told.salinity) } : {}), ...(told.pressure ? { pressureHpa: Number(told.pressure) } : {}),
    };
    const answer = await call(`/v1/${wizard.name}:takePoint`, body);
    stepped(answer.wizard);
    nextStandard();
    return fill(answer.wizard.preview?.acceptable ? texts.takenEnough : texts.taken, String(answer.wizard.points[answer.wizard.points.length - 1].number));
  });
});

/** The bottle after the one just taken, ready for the next point. */
function nextStandard() {
  const taken = (wizard.points ?? []).map((/** @type {any} */ point) => point.standard?.id);
  const free = /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll('#standards [name="standard"]')]).find((input) => input.value && !taken.includes(input.value));
  if (free) { free.checked = true; own(); }
}

/** @param {any} told */
function drawPoints(told) {
  const key = JSON.stringify(told.points ?? []);
  const table = byId('points');
  if (table.dataset.key === key) return;
  table.dataset.key = key;
  show('points-table', (told.points ?? []).length > 0);
  table.replaceChildren(...(told.points ?? []).map((/** @type {any} */ point) => {
    const remove = element('button', { type: 'button', 'aria-label': `${texts.remove} ${point.number}` }, texts.remove);
    remove.addEventListener('click', () => attempt(byId('take-said'), async () => { stepped((await call(`/v1/${wizard.name}:removePoint`, { name: wizard.name, number: point.number })).wizard); return texts.removed; }));
    return element('tr', {}, element('th', { scope: 'row' }, String(point.number)), element('td', {}, sentence(point.standard?.displayName) || texts.ownStandard),
      element('td', {}, `${plain(Number(point.reference), decimals + 1)} ${unitText(told.unitUcum)}${isAt25() ? ` ${texts.at25}` : ''}${point.temperatureCelsius === undefined ? '' : ` (${number(Number(point.temperatureCelsius), 1)} °C)`}`),
      element('td', {}, `${significant(point.raw, 5)} ± ${significant(point.rawSd, 2)} ${unitText(told.rawUnitUcum)}`), element('td', {}, digits(point.residual)), element('td', {}, remove));
  }));
  asCards(byId('points-table'));
}

/** @param {any} preview */
function drawPreview(preview) {
  const hasPoints = (wizard.points ?? []).length > 0;
  show('preview', hasPoints);
  byId('preview').classList.toggle('ready', preview.acceptable === true);
  say(byId('preview-words'), sentence(preview.sentence));
  say(byId('refusal'), preview.acceptable || isCheck() ? '' : `✕ ${sentence(preview.refusal)}`);
  say(byId('doubt'), preview.doubt ? `▲ ${sentence(preview.doubt)}` : '');
  show('slope', preview.slopePercent !== undefined);
  if (preview.slopePercent !== undefined) {
    /** @type {HTMLMeterElement} */ (byId('slope-meter')).value = Number(preview.slopePercent);
    say(byId('slope-words'), `${number(Number(preview.slopePercent), 1)} %${preview.slopePercentError === undefined ? '' : ` ± ${number(Number(preview.slopePercentError), 1)}`}`);
  }
  say(byId('residual'), preview.largestResidual === undefined ? '' : fill(texts.largestResidual, `${digits(preview.largestResidual)} ${unitText(wizard.unitUcum)}`));
  show('accept', !isCheck()); show('accept-check', isCheck());
  /** @type {HTMLButtonElement} */ (byId('accept-button')).disabled = preview.acceptable !== true;
  const days = /** @type {HTMLInputElement} */ (byId('days'));
  days.placeholder = String(preview.goodForDays ?? kind()?.usualDays ?? '');
}

// ---- 3. accept, or give up: the calibration before stays
/** @param {any} record @param {string} said */
function done(record, said) {
  watching.abort();
  history.replaceState(null, '', location.pathname + location.search);
  show('step-points', false); show('step-done', true);
  say(byId('done-words'), said);
  if (record) byId('undo').dataset.fact = record.factId;
  show('undo', Boolean(record));
  loadRecords();
}
byId('accept').addEventListener('submit', (event) => {
  event.preventDefault();
  const told = fields(event.target);
  attempt(byId('accept-said'), async () => {
    const answer = await call(`/v1/${wizard.name}:accept`, { name: wizard.name, goodForDays: Number(told.days || 0), note: told.note });
    done(answer.calibration, `✓ ${sentence(answer.calibration?.sentence)} ${until(answer.calibration)}`);
  });
});
byId('accept-check').addEventListener('submit', (event) => {
  event.preventDefault();
  const told = fields(event.target);
  attempt(byId('accept-said'), async () => {
    const answer = await call(`/v1/${wizard.name}:acceptCheck`, { name: wizard.name, note: told.note });
    done(answer.check, sentence(answer.sentence));
    await previewDrift(answer.check.factId);
  });
});
byId('cancel').addEventListener('click', () => attempt(byId('accept-said'), async () => { await call(`/v1/${wizard.name}:cancel`, { name: wizard.name }); done(null, texts.cancelled); }));
byId('undo').addEventListener('click', () => attempt(byId('undo-said'), async () => { await undo(byId('undo').dataset.fact ?? ''); show('undo', false); return texts.undone; }));
byId('again').addEventListener('click', () => { show('step-start', true); show('step-done', false); show('drift', false); });

/** @param {string} fact */
async function undo(fact) { await call(`/v1/calibrations/${fact}:undo`, { factId: fact }); await loadRecords(); }

// ---- the drift between
/** @param {string} check */
async function previewDrift(check) {
  show('drift', true);
  byId('drift').dataset.check = check;
  const preview = await call(`/v1/driftSpreads:preview?${new URLSearchParams({ check, channel, most: '400' })}`);
  say(byId('drift-words'), sentence(preview.sentence));
  drawDrift(byId('drift-plot'), preview, decimals);
  byId('drift').scrollIntoView({ block: 'start' });
}
byId('spread').addEventListener('click', () => attempt(byId('drift-said'), async () => {
  const answer = await call('/v1/driftSpreads', { check: byId('drift').dataset.check });
  byId('undo-spread').dataset.fact = answer.spread.factId;
  show('spread', false); show('undo-spread', true);
  await loadRecords();
  return sentence(answer.spread.sentence) || texts.spreadDone;
}));
byId('undo-spread').addEventListener('click', () => attempt(byId('drift-said'), async () => { await undo(byId('undo-spread').dataset.fact ?? ''); show('spread', true); show('undo-spread', false); return texts.undone; }));

// ---- what was before
/** @type {Record<string, string>} */
const types = { TYPE_CALIBRATION: texts.aCalibration, TYPE_CHECK: texts.aCheck, TYPE_DRIFT_SPREAD: texts.aSpread };
/** @type {Record<string, [string, string]>} */
const validities = { VALIDITY_VALID: ['✓', texts.valid], VALIDITY_DUE: ['▲', texts.due], VALIDITY_OVERDUE: ['✕', texts.overdue], VALIDITY_REPLACED: ['·', texts.replaced] };
async function loadRecords() {
  const records = (await call(`/v1/calibrations?${new URLSearchParams({ of: channel })}`)).records ?? [];
  show('check', records.some((/** @type {any} */ record) => record.type === 'TYPE_CALIBRATION'));
  byId('records').replaceChildren(...(records.length ? records.map(recordItem) : [element('li', {}, texts.notCalibrated)]));
}

/** @param {any} record */
const until = (record) => (record?.validUntilUs === undefined || record.validity === 'VALIDITY_REPLACED' ? '' : fill(texts.goodUntil, new Date(Number(record.validUntilUs) / 1000).toLocaleDateString(locale, { dateStyle: 'medium' })));

/** @param {any} record */
function recordItem(record) {
  const [sign, word] = record.type === 'TYPE_CALIBRATION' ? validities[record.validity] ?? ['', ''] : ['', ''];
  const date = record.validFromUs === undefined ? '' : new Date(Number(record.validFromUs) / 1000).toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const item = element('li', {}, element('b', {}, types[record.type] ?? ''), ` ${date} ${sign} ${word}`, element('p', {}, `${sentence(record.sentence)} ${until(record)}`, record.note ? ` “${record.note}”` : ''));
  if (record.type === 'TYPE_CHECK') {
    const again = element('button', { type: 'button' }, texts.showDrift);
    again.addEventListener('click', () => attempt(byId('drift-said'), async () => { show('spread', true); show('undo-spread', false); await previewDrift(record.factId); }));
    item.append(again, ' ');
  }
  const button = element('button', { type: 'button' }, texts.undo);
  button.addEventListener('click', () => attempt(byId('undo-said'), async () => { await undo(record.factId); return texts.undone; }));
  item.append(button);
  return item;
}

attempt(byId('start-said'), async () => {
  await Promise.all([loadKinds(), loadRecords()]);
  const kept = new URLSearchParams(location.hash.slice(1)).get('w');
  if (!kept) return;
  try { await followKept(kept); } catch { history.replaceState(null, '', location.pathname + location.search); }
});
/** @param {string} kept */
async function followKept(kept) { const answer = await call(`/v1/calibrationWizards/${kept}`); if (answer.wizard?.channel === channel) follow(answer.wizard); }
