// @ts-check
// Take it home: one file of the group, tables of each run, and addresses to look at later.
import { lesson } from './lesson.js';
import { deliver, unsent } from './lesson-outbox.js';
import { attempt, byId, element, fill, texts } from './words.js';

/** The reader's zone, so that tables say local time. */
const zone = encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone || '');

export function opened() {
  const runs = lesson.group?.runs ?? [];
  const save = element('a', { class: 'button main', id: 'take-home', href: `/lesson/take-home?save&zone=${zone}`, download: '' }, texts.homeFile);
  save.addEventListener('click', (event) => {
    if (!unsent()) return;
    event.preventDefault();
    attempt(byId('home-said'), async () => { await deliver(); if (unsent()) throw new Error(texts.homeWaits); location.href = save.getAttribute('href') ?? ''; });
  });
  byId('home-body').replaceChildren(...(lesson.state ? [save] : []));
  byId('home-runs').replaceChildren(...runs.slice().reverse().map((/** @type {any} */ run) => element('li', {}, element('p', {}, fill(texts.homeOfRun, run.title ?? '')), element('p', { class: 'line' },
    ...[['csv', 'CSV'], ['excel-vi', 'Excel (Tiếng Việt)'], ['excel-en', 'Excel (English)'], ['codap', 'CODAP']].map(([form, name]) => element('a', { class: 'button', href: `/runs/${run.runId}/${form}?zone=${zone}`, download: '' }, name))),
  element('p', {}, element('a', { href: `/runs/${run.runId}` }, `${texts.addressOfRun}: ${location.origin}/runs/${run.runId}`)))));
}
lesson.onState.push(() => { if (!byId('home').closest('[hidden]')) opened(); });
