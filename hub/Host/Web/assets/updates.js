// @ts-check
// Newer programs for agents: what lies in the hub's folder, one button, and how the round stands.
import { call } from './api.js';
import { attempt, element, fill, sentence, texts } from './words.js';

/** Shows the section, and again every other second while a round runs. @param {HTMLElement} section */
export async function begin(section) {
  const body = /** @type {HTMLElement} */ (section.querySelector('div'));
  const said = section.querySelector('output');
  let shown = '';
  const look = async () => {
    const now = await call('/v1/agents:updates');
    const facts = JSON.stringify(now);
    if (facts !== shown) { shown = facts; body.replaceChildren(...build(now, said, look)); }
    if (now.running) setTimeout(() => attempt(said, look), 2000);
  };
  await attempt(said, look);
}

/** @param {any} now @param {Element|null} said @param {() => Promise<void>} look */
function build(now, said, look) {
  const packages = now.packages ?? [];
  if (packages.length === 0) return [element('p', {}, fill(texts.updNone, now.folder ?? ''))];
  const behind = (now.behind ?? []).length;
  const button = element('button', { type: 'button', class: 'main', hidden: behind === 0, disabled: now.running === true }, texts.updDo);
  button.addEventListener('click', () => attempt(said, async () => { await call('/v1/agents:update', {}); await look(); }));
  return [
    element('p', {}, fill(texts.updHere, packages.map((/** @type {any} */ one) => `${one.version} (${one.platform})`).join(', '))),
    element('p', {}, behind > 0 ? fill(texts.updBehind, String(behind)) : texts.updAll),
    button,
    element('ul', { class: 'plain' }, ...(now.updates ?? []).map(line)),
  ];
}

/** @param {any} update */
function line(update) {
  const words = ({ STATE_WAITING: texts.updWaiting, STATE_UPDATING: texts.updUpdating, STATE_DONE: texts.updDone, STATE_FAILED: texts.updFailed, STATE_SKIPPED: texts.updSkipped })[/** @type {string} */ (update.state)] ?? '';
  return element('li', { class: update.state === 'STATE_FAILED' ? 'trouble' : '' }, element('b', {}, update.slug), ' ', fill(words, update.version, sentence(update)));
}
