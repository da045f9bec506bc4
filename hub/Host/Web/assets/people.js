// @ts-check
// People, tokens and displays for the admin; one's own sign-ins and passphrase for everybody who signs in.
import { call } from './api.js';
import { attempt, byId, element, fields, fill, locale, say, texts } from './words.js';

/** @param {string} id @param {(told: Record<string, string>, form: HTMLFormElement) => Promise<string|void>} send @param {string} [output] */
function onSubmit(id, send, output) {
  const form = /** @type {HTMLFormElement|null} */ (document.getElementById(id));
  form?.addEventListener('submit', (event) => { event.preventDefault(); attempt(output ? byId(output) : form.querySelector('output'), () => send(fields(form), form)); });
}

/** @param {string} id @param {string} secret */
function showOnce(id, secret) { byId(id).hidden = false; say(byId(id), secret); }

/** A row with a name, some words and a button that takes it away. @param {string} name @param {string} words @param {string} label @param {string} question @param {() => Promise<void>} take */
function row(name, words, label, question, take) {
  const button = element('button', { type: 'button', 'aria-label': `${label}: ${name}` }, label);
  const said = element('output', { role: 'status' });
  button.addEventListener('click', () => { if (!question || confirm(question)) attempt(said, take); });
  return element('li', { class: 'choice' }, element('b', {}, name), element('span', { class: 'hint' }, words), ...(label ? [button] : []), said);
}

async function loadPeople() {
  const people = (await call('/v1/access/people')).people ?? [];
  byId('people').replaceChildren(...people.map((/** @type {any} */ person) => row(person.displayName, person.invited ? texts.invited : `${texts[person.role] ?? person.role}, ${fill(texts.signInsCount, String(person.signIns ?? 0))}`,
    person.role === 'admin' ? '' : texts.remove, fill(texts.removeSure, person.displayName), async () => { await call(`/v1/access/${person.name}`, {}, undefined, 'DELETE'); await loadPeople(); })));
}

/** As the choice names it. @param {string} board */
function boardName(board) { return [...document.querySelectorAll('[name="board"] option')].find((option) => /** @type {HTMLOptionElement} */ (option).value === board)?.textContent ?? board; }

async function loadTokens() {
  const tokens = (await call('/v1/access/tokens')).tokens ?? [];
  for (const [role, id] of [['researcher', 'tokens'], ['kiosk', 'displays']]) {
    const rows = tokens.filter((/** @type {any} */ token) => token.role === role).map((/** @type {any} */ token) => row(token.displayName,
      `${role === 'kiosk' ? boardName(token.board) : (token.scopes ?? []).join(' + ')}, ${token.expired ? texts.expired : token.expiresUtcUs ? fill(texts.until, new Date(Number(token.expiresUtcUs) / 1000).toLocaleDateString(locale)) : texts.untilRevoked}`,
      texts.revoke, '', async () => { await call(`/v1/access/${token.name}`, {}, undefined, 'DELETE'); await loadTokens(); }));
    byId(id).replaceChildren(...(rows.length > 0 ? rows : [element('li', { class: 'hint' }, texts.none)]));
  }
}

onSubmit('invite', async (told) => {
  const { link } = await call('/v1/access/people:invite', { displayName: told.displayName });
  showOnce('invite-link', link);
  await loadPeople();
  return fill(texts.inviteLink, told.displayName);
}, 'invited');
onSubmit('token', async (told) => {
  const { secret } = await call('/v1/access/tokens', { displayName: told.displayName, role: 'researcher', scopes: told.export ? ['read', 'export'] : ['read'], days: Number(told.days) });
  showOnce('token-secret', secret);
  await loadTokens();
  return texts.tokenOnce;
}, 'token-said');
onSubmit('display', async (told) => {
  const { link } = await call('/v1/access/tokens', { displayName: told.displayName, role: 'kiosk', board: told.board });
  showOnce('display-link', link);
  await loadTokens();
  return texts.displayLink;
}, 'display-said');

async function loadSignIns() {
  const signIns = (await call('/v1/access/signIns')).signIns ?? [];
  byId('sign-ins').replaceChildren(...signIns.map((/** @type {any} */ signIn) => row(signIn.displayName, `${signIn.madeUtcUs ? new Date(Number(signIn.madeUtcUs) / 1000).toLocaleString(locale) : texts.timeUnknown}${signIn.own ? `, ${texts.thisOne}` : ''}`,
    signIn.own ? '' : texts.revoke, '', async () => { await call(`/v1/access/${signIn.name}`, {}, undefined, 'DELETE'); await loadSignIns(); })));
  const own = signIns.find((/** @type {any} */ signIn) => signIn.own);
  if (own) say(byId('me'), fill(texts.signedInAs, own.displayName));
}
onSubmit('passphrase', async (told, form) => {
  if (told.newPassphrase !== told.again) throw new Error(texts.notTheSame);
  await call('/v1/access:changePassphrase', { passphrase: told.passphrase, newPassphrase: told.newPassphrase });
  form.reset();
  await loadSignIns();
  return texts.changed;
});

if (document.getElementById('people')) { attempt(byId('invited'), loadPeople); attempt(byId('token-said'), loadTokens); }
if (document.getElementById('sign-ins')) {
  attempt(byId('sign-ins-said'), loadSignIns);
  call('/v1/access').then((access) => { if (!byId('me').textContent) say(byId('me'), fill(texts.signedInAs, access.who ?? '')); });
  byId('sign-out').addEventListener('click', async () => { await call('/v1/access:signOut', {}); location.href = '/signin'; });
}
