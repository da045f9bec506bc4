// @ts-check
// What a teacher opens beside the wall: the notes that wait, and who sits in a group and what it measures with.
import { call } from './api.js';
import { attempt, element, fill, sentence, texts } from './words.js';

/** @param {string} label @param {() => void} onClick @param {string} [spoken] */
function button(label, onClick, spoken) {
  const made = element('button', spoken ? { type: 'button', 'aria-label': spoken } : { type: 'button' }, label);
  made.addEventListener('click', onClick);
  return made;
}

/** Notes, those that wait first. @param {HTMLElement} drawer @param {string} session @param {Element|null} said @param {() => void} again */
export async function drawNotes(drawer, session, said, again) {
  await attempt(said, async () => {
    const notes = (await call(`/v1/${session}/notes`)).notes ?? [];
    notes.sort((/** @type {any} */ a, /** @type {any} */ b) => Number(a.published === true) - Number(b.published === true));
    const shown = JSON.stringify(notes);
    if (drawer.dataset.notes === shown && drawer.querySelector('.notes')) return;
    drawer.dataset.notes = shown;
    const set = (/** @type {any} */ note, /** @type {object} */ body) => attempt(said, async () => { await call(`/v1/${note.name}:set`, { name: note.name, ...body }); again(); });
    drawer.replaceChildren(element('h2', {}, texts.notes), element('p', { class: 'hint' }, notes.length ? texts.notesHint : texts.noNotes), element('ul', { class: 'plain notes' }, ...notes.map((/** @type {any} */ note) => element('li', { class: 'note' },
      element('p', {}, element('b', {}, `${sentence(note.alias)}: `), note.text),
      element('div', { class: 'line' }, button(note.published ? texts.unpublish : texts.publish, () => set(note, { published: !note.published }), `${note.published ? texts.unpublish : texts.publish}: ${note.text}`), button(texts.delete, () => set(note, { remove: true }), `${texts.delete}: ${note.text}`))))));
  });
}

/** One group, as it is opened: who sits in it, and what it measures with. @param {HTMLElement} drawer @param {any} group @param {any} state @param {(verb: string, body: object) => Promise<void>} send @param {Element|null} said @param {() => void} close */
export async function drawGroup(drawer, group, state, send, said, close) {
  const channels = element('div', { class: 'channel-list' });
  const save = button(texts.saveChannels, () => send('setGroup', { group: group.key, channels: [...channels.querySelectorAll('input:checked')].map((input) => /** @type {HTMLInputElement} */ (input).value) }));
  drawer.replaceChildren(element('h2', {}, sentence(group.name), button('✕', close, texts.clear)), element('h3', {}, texts.seatsOf), element('ul', { class: 'plain seats' }));
  drawSeats(drawer, group, state, send, said);
  if (state.replay) return;
  drawer.append(element('h3', {}, texts.runsOf), element('p', { class: 'hint' }, texts.runsHint), element('ul', { class: 'plain group-runs' }));
  drawRuns(drawer, group, said);
  drawer.append(element('details', {}, element('summary', {}, texts.channelsOf), channels, element('p', { class: 'line' }, save)));
  const own = new Set((group.channels ?? []).map((/** @type {any} */ channel) => channel.name));
  await attempt(said, async () => {
    const all = ((await call('/v1/channels')).channels ?? []).filter((/** @type {any} */ channel) => !channel.recorded);
    channels.replaceChildren(...all.map((/** @type {any} */ channel) => element('label', { class: 'tick' }, element('input', { type: 'checkbox', value: channel.name, checked: own.has(channel.name) }), `${channel.displayName}${channel.simulated ? ` (${texts.simulated})` : ''}`)));
  });
}

/** The seats of an open group, whenever somebody came, went, was moved or muted; who was on a button stays on it. @param {HTMLElement} drawer @param {any} group @param {any} state @param {(verb: string, body: object) => Promise<void>} send @param {Element|null} said */
export function drawSeats(drawer, group, state, send, said) {
  const list = /** @type {HTMLElement|null} */ (drawer.querySelector('.seats'));
  const seats = (state.seats ?? []).filter((/** @type {any} */ seat) => seat.group === group.key);
  const shown = JSON.stringify([group.key, seats]);
  if (!list || list.dataset.shown === shown) return;
  list.dataset.shown = shown;
  const focused = /** @type {HTMLElement|null} */ (list.contains(document.activeElement) ? document.activeElement : null)?.dataset.of;
  list.replaceChildren(...seats.map((/** @type {any} */ seat) => {
    const alias = sentence(seat.alias);
    const select = /** @type {HTMLSelectElement} */ (element('select', { 'data-of': `${seat.name} move`, 'aria-label': fill(texts.moveTo, alias, '…') }, ...(state.groups ?? []).map((/** @type {any} */ other) => element('option', { value: other.key, selected: other.key === group.key }, sentence(other.name)))));
    select.addEventListener('change', () => send('setSeat', { seat: seat.name, group: select.value }));
    const mute = button(seat.muted ? texts.unmute : texts.mute, () => send('setSeat', { seat: seat.name, muted: seat.muted !== true }), `${seat.muted ? texts.unmute : texts.mute}: ${alias}`);
    mute.dataset.of = `${seat.name} mute`;
    const remove = button(texts.remove, () => attempt(said, async () => { await call(`/v1/${seat.name}`, {}, undefined, 'DELETE'); }), `${texts.remove}: ${alias}`);
    return element('li', { class: 'choice' }, element('b', {}, alias + (seat.muted ? ` (${texts.muted})` : '')), select, mute, remove);
  }), ...(seats.length ? [] : [element('li', { class: 'hint' }, fill(texts.people, '0'))]));
  if (focused) /** @type {HTMLElement|null} */ ([...list.querySelectorAll('[data-of]')].find((one) => /** @type {HTMLElement} */ (one).dataset.of === focused))?.focus();
}

/** The runs of an open group, and for each whether it was practice: said afterwards, and back again. @param {HTMLElement} drawer @param {any} group @param {Element|null} said */
export function drawRuns(drawer, group, said) {
  const list = /** @type {HTMLElement|null} */ (drawer.querySelector('.group-runs'));
  const shown = JSON.stringify([group.key, group.runs ?? []]);
  if (!list || list.dataset.shown === shown) return;
  list.dataset.shown = shown;
  list.replaceChildren(...(group.runs ?? []).map((/** @type {any} */ run) => {
    const isPractice = run.purpose === 'RUN_PURPOSE_PRACTICE';
    const change = () => attempt(said, async () => { await call(`/v1/runs/${run.runId}:setPurpose`, { purpose: isPractice ? 'RUN_PURPOSE_REAL' : 'RUN_PURPOSE_PRACTICE' }); });
    return element('li', { class: 'choice' }, element('b', {}, run.title || '–'), isPractice ? ` (${texts.practiceMark})` : '', button(isPractice ? texts.wasReal : texts.wasPractice, change, `${isPractice ? texts.wasReal : texts.wasPractice}: ${run.title}`));
  }), ...((group.runs ?? []).length ? [] : [element('li', { class: 'hint' }, texts.notRun)]));
}
