// @ts-check
// What a student wrote and the hub does not have yet. Kept in IndexedDB, so that a reload, a dead battery or lost Wi-Fi costs nothing; sent in order as soon as the hub answers.
import { call } from './api.js';
import { lesson } from './lesson.js';
import { byId, fill, say, texts } from './words.js';

/** @typedef {{id: string, session: string, path: string, body: any, what: string, at: number, tried?: boolean, refusal?: string}} Letter */

/** @type {IDBDatabase|null} */
let database = null;
/** All of this session, oldest first. @type {Letter[]} */
let letters = [];
let isSending = false;
/** Told after each change. @type {(() => void)[]} */
export const onOutbox = [];

const opened = new Promise((/** @type {(done: boolean) => void} */ resolve) => {
  try {
    const request = indexedDB.open('stemlab', 1);
    request.onupgradeneeded = () => request.result.createObjectStore('outbox', { keyPath: 'id' });
    request.onsuccess = () => {
      database = request.result;
      const all = database.transaction('outbox').objectStore('outbox').getAll();
      all.onsuccess = () => {
        // What no class of this phone took within a week is nobody's any more.
        for (const old of all.result.filter((letter) => letter.session !== lesson.session && Date.now() - letter.at > 7 * 86400e3)) store((to) => to.delete(old.id));
        letters = all.result.filter((letter) => letter.session === lesson.session).sort((a, b) => a.at - b.at);
        resolve(true);
      };
      all.onerror = () => resolve(false);
    };
    request.onerror = () => resolve(false);
  } catch { resolve(false); }
}).then((isKept) => { changed(); return isKept; });

/** A number nobody else has; without the secure-context kind. */
function newId() { return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join(''); }

/** @param {(store: IDBObjectStore) => IDBRequest} act @returns {Promise<void>} */
function store(act) {
  return new Promise((resolve) => {
    if (!database) { resolve(); return; }
    const transaction = database.transaction('outbox', 'readwrite');
    act(transaction.objectStore('outbox'));
    transaction.oncomplete = () => resolve();
    transaction.onerror = () => resolve();
    transaction.onabort = () => resolve();
  });
}

function changed() {
  const waiting = letters.filter((letter) => letter.refusal === undefined).length;
  say(byId('unsent'), waiting ? `▲ ${fill(texts.unsent, String(waiting))}${database ? '' : ` ${texts.notKept}`}` : '');
  byId('unsent').classList.toggle('warn', waiting > 0);
  for (const told of onOutbox) told();
}

/** What waits or was refused. @param {string} what */
export function waiting(what) { return letters.filter((letter) => letter.what === what); }

/** How many are still to be sent. */
export function unsent() { return letters.filter((letter) => letter.refusal === undefined).length; }

/** Keeps a letter and sends it. Answers what the hub said, or null while it waits; a refusal is an Error.
 * @param {string} what @param {string} path @param {any} body @returns {Promise<any>} */
export async function send(what, path, body) {
  await opened;
  /** @type {Letter} */
  const letter = { id: newId(), session: lesson.session, path, body, what, at: Date.now() };
  letter.body.requestId = letter.id;
  letters.push(letter);
  await store((to) => to.put(letter));
  changed();
  const answer = await deliver();
  if (letter.refusal !== undefined) { const why = letter.refusal; await forget(letter.id); throw new Error(why); }
  return answer.get(letter.id) ?? null;
}

/** Forgets one that was refused or is no longer meant. @param {string} id */
export async function forget(id) {
  letters = letters.filter((letter) => letter.id !== id);
  await store((to) => to.delete(id));
  changed();
}

/** The answer may have been lost on its way, and the note be there: it is looked for before it is sent once more. A prediction takes its own place. @param {Letter} letter @returns {Promise<any>} */
async function arrived(letter) {
  if (letter.what !== 'note') return null;
  const same = (/** @type {any} */ note) => note.mine && note.text === letter.body.text && String(note.startTimeUs ?? '') === String(letter.body.startTimeUs ?? '');
  const note = ((await call(letter.path)).notes ?? []).find(same);
  return note ? { note } : null;
}

/** Sends what waits, oldest first, until the hub does not answer. @returns {Promise<Map<string, any>>} */
export async function deliver() {
  /** @type {Map<string, any>} */
  const answers = new Map();
  await opened;
  if (isSending) return answers;
  isSending = true;
  try {
    for (const letter of letters.filter((one) => one.refusal === undefined)) {
      try {
        answers.set(letter.id, (letter.tried && await arrived(letter)) || await call(letter.path, letter.body));
        await forget(letter.id);
      } catch (error) {
        const status = /** @type {any} */ (error).status;
        letter.tried = true;
        // Nobody answers, or the hub is just starting: it waits. A refusal is told, and kept until it is read.
        if (status === undefined || status >= 500) { await store((to) => to.put(letter)); break; }
        letter.refusal = /** @type {Error} */ (error).message;
        await store((to) => to.put(letter));
        changed();
      }
    }
  } finally { isSending = false; }
  return answers;
}

lesson.onLink.push(() => { deliver(); });
opened.then(() => deliver());
setInterval(() => { if (unsent() && lesson.isLive) deliver(); }, 10000);
