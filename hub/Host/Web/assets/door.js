// @ts-check
// Pages for who is not in yet: set-up, sign-in, invitation, display, joining a class. A secret stands behind the # of an address, which no server ever sees, and leaves it at once.
import { call } from './api.js';
import { attempt, byId, element, fields, fill, say, sentence, texts } from './words.js';

/** What stands behind the #, taken out of the address and the history. */
const secret = decodeURIComponent(location.hash.slice(1));
if (secret) history.replaceState(null, '', location.pathname + location.search);

/** @param {string} id @param {(told: Record<string, string>, form: HTMLFormElement) => Promise<string|void>} send */
function onSubmit(id, send) {
  const form = /** @type {HTMLFormElement|null} */ (document.getElementById(id));
  form?.addEventListener('submit', async (event) => {
    event.preventDefault();
    const button = /** @type {HTMLButtonElement} */ (form.querySelector('button'));
    button.disabled = true;
    await attempt(form.querySelector('output'), () => send(fields(form), form));
    button.disabled = false;
  });
}

/** A path of this hub, whatever an address says. @param {string|undefined} path */
const local = (path) => (path && /^\/(?![/\\])/.test(path) ? path : '/');

/** @param {Record<string, string>} told */
function same(told) { if (told.passphrase !== told.again) throw new Error(texts.notTheSame); }

const code = /** @type {HTMLInputElement|null} */ (document.querySelector('#setup input[name="code"]'));
if (code && secret) code.value = secret;
onSubmit('setup', async (told) => {
  same(told);
  await call('/v1/access:setUp', { code: told.code, language: told.language, schoolName: told.schoolName, passphrase: told.passphrase });
  location.href = `/start?lang=${told.language}`;
});

onSubmit('signin', async (told, form) => {
  await call('/v1/access:signIn', { name: told.name, passphrase: told.passphrase });
  location.href = local(form.dataset.then);
});
onSubmit('join-short', async (told) => { location.href = `/j/${encodeURIComponent(told.join.replace(/[\s-]/g, ''))}`; });

onSubmit('invite', async (told) => {
  same(told);
  if (!secret) throw new Error(texts.inviteMissing);
  await call('/v1/access:acceptInvite', { invite: secret, passphrase: told.passphrase });
  location.href = '/start';
});

const kiosk = document.getElementById('kiosk');
if (kiosk) {
  attempt(kiosk, async () => {
    if (!secret) throw new Error(texts.kioskMissing);
    const { board } = await call('/v1/access:useKiosk', { key: secret });
    location.replace(local(board));
    return texts.kioskOpening;
  });
}

/** @param {string|undefined} alias */
function showSeat(alias) {
  byId('join').hidden = true;
  byId('mascots').hidden = true;
  byId('seat').hidden = false;
  say(byId('alias'), fill(texts.youAre, alias ?? ''));
}

/** The code that is being used. */
let code6 = '';
/** @param {string} [group] */
const join = async (group) => showSeat((await call('/v1/classSessions:join', { code: code6, ...(group ? { group } : {}) })).seat?.alias);

/** What there is to choose; a class without groups joins at once. @param {string} typed */
async function knock(typed) {
  code6 = typed;
  const seen = await call('/v1/classSessions:preview', { code: typed });
  if (seen.joiningLocked) throw new Error(texts.joiningLocked);
  const groups = seen.groups ?? [];
  if (groups.length === 0) { await join(); return; }
  const emptiest = Math.min(...groups.map((/** @type {any} */ group) => Number(group.seatCount ?? 0)));
  const first = groups.find((/** @type {any} */ group) => Number(group.seatCount ?? 0) === emptiest);
  say(byId('mascots-lesson'), sentence(seen.lessonTitle));
  byId('groups').replaceChildren(...groups.map((/** @type {any} */ group) => element('label', { class: 'choice' }, ...picture(group.key), element('b', {}, sentence(group.name)), element('span', { class: 'hint' }, fill(texts.seatsTaken, String(group.seatCount ?? 0))), element('input', { type: 'radio', name: 'group', value: group.key, checked: group === first }))));
  byId('join').hidden = true;
  byId('mascots').hidden = false;
  byId('mascots-title').scrollIntoView();
}

/** @param {string} key */
function picture(key) {
  const pictures = byId('groups').dataset.pictures;
  if (!pictures) return [];
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg'); svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use'); use.setAttribute('href', `${pictures}#${key}`);
  svg.append(use);
  return [svg];
}

onSubmit('join', (told) => knock(told.code));
onSubmit('mascots', (told) => join(told.group));
if (document.getElementById('join')) {
  byId('other-code').addEventListener('click', () => { byId('mascots').hidden = true; byId('join').hidden = false; });
  byId('leave').addEventListener('click', async () => { await call('/v1/access:signOut', {}); location.reload(); });
}
