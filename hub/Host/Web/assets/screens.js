// @ts-check
// Screens for the teacher: attach by four digits, choose what is public, confirm limits.
import { call } from './api.js';
import { attempt, byId, element, fields, fill, locale, number, say, sentence, texts, unitText } from './words.js';

const board = /** @type {HTMLFormElement} */ (byId('public'));

async function loadScreens() {
  const screens = (await call('/v1/screens')).screens ?? [];
  byId('screens').replaceChildren(...(screens.length ? screens.map((/** @type {any} */ screen) => {
    const button = element('button', { type: 'button', 'aria-label': `${texts.detach}: ${screen.displayName}` }, texts.detach);
    const said = element('output', { role: 'status' });
    button.addEventListener('click', () => attempt(said, async () => { await call(`/v1/${screen.name}`, {}, undefined, 'DELETE'); await loadScreens(); }));
    return element('li', { class: 'choice' }, element('b', {}, screen.displayName), element('span', { class: 'hint' }, screen.madeUtcUs ? fill(texts.since, new Date(Number(screen.madeUtcUs) / 1000).toLocaleDateString(locale)) : ''), button, said);
  }) : [element('li', { class: 'hint' }, texts.none)]));
}

/** @param {any} limit */
function bounds(limit) {
  const told = (/** @type {number|undefined} */ value) => `${value === undefined ? '' : Number(value).toLocaleString(locale)} ${unitText(limit.unitUcum)}`.trim();
  return limit.least === undefined ? fill(texts.atMost, told(limit.most)) : limit.most === undefined ? fill(texts.atLeast, told(limit.least)) : fill(texts.between, number(limit.least, 1), told(limit.most));
}

/** What is ticked came with the page: what somebody ticks meanwhile stays. */
async function loadLimits() {
  const answer = await call('/v1/screenSettings');
  const { limits } = answer;
  byId('limits-from').textContent = limits ? fill(texts.limitsFrom, sentence(limits.source)) : answer.problem || texts.limitsNone;
  byId('limits').replaceChildren(...(limits?.limits ?? []).map((/** @type {any} */ limit) => element('li', {}, `${limit.observedProperty}: ${bounds(limit)} ${sentence(limit.purpose)}`)));
  const confirm = byId('confirm-limits');
  confirm.hidden = !limits || limits.confirmed;
  confirm.dataset.sha = limits?.sha256 ?? '';
  return limits?.confirmed ? texts.limitsConfirmed : '';
}

const attach = /** @type {HTMLFormElement} */ (byId('attach'));
attach.addEventListener('submit', (event) => {
  event.preventDefault();
  attempt(attach.querySelector('output'), async () => {
    const told = fields(attach);
    await call('/v1/screens:confirm', { code: told.code, displayName: told.displayName });
    attach.reset();
    await loadScreens();
    return fill(texts.confirmed, told.displayName);
  });
});

/** @param {File} file @returns {Promise<string>} base64 */
const bytesOf = (file) => new Promise((resolve, reject) => {
  const reader = new FileReader();
  reader.addEventListener('load', () => resolve(String(reader.result).split(',')[1] ?? ''));
  reader.addEventListener('error', () => reject(reader.error));
  reader.readAsDataURL(file);
});

board.addEventListener('submit', (event) => {
  event.preventDefault();
  attempt(board.querySelector('output'), async () => {
    const told = new FormData(board);
    const logo = /** @type {File} */ (told.get('logo'));
    const isNew = logo.size > 0;
    await call('/v1/screenSettings', { settings: { cityName: told.get('cityName'), channels: told.getAll('channel'), campaigns: told.getAll('campaign'), logo: isNew ? await bytesOf(logo) : '' }, replaceLogo: isNew || told.get('noLogo') !== null });
    // The picture is sent, and what is to be taken away is: neither is meant again with the next change.
    for (const done of board.querySelectorAll('[name=logo], [name=noLogo]')) Object.assign(done, done.getAttribute('type') === 'file' ? { value: '' } : { checked: false });
    return texts.saved;
  });
});

byId('confirm-limits').addEventListener('click', () => attempt(byId('limits-said'), async () => {
  await call('/v1/screenSettings:confirmLimits', { sha256: byId('confirm-limits').dataset.sha });
  return loadLimits();
}));
attempt(attach.querySelector('output'), loadScreens);
attempt(byId('limits-said'), loadLimits);
