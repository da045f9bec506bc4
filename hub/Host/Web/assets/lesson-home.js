// @ts-check
// Take it home: one file of the group, tables of each run, and addresses to look at later.
import { lesson } from './lesson.js';
import { deliver, unsent } from './lesson-outbox.js';
import { attempt, byId, element, fill, texts } from './words.js';

/** The reader's zone, so that tables say local time. */
const zone = encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone || '');

/** Calculated columns of this phone (lesson-compare.js): the newest go with what is asked for, as many as the hub takes. */
function ownColumns() {
  let kept = [];
  try { kept = JSON.parse(localStorage.getItem(`stemlab-columns-${lesson.session || 'free'}`) ?? '[]').slice(-6); } catch { /* nothing was kept */ }
  while (JSON.stringify(kept).length > 2000) kept.shift();
  return kept.length ? `&columns=${encodeURIComponent(JSON.stringify(kept))}` : '';
}

export function opened() {
  const asked = `zone=${zone}${ownColumns()}`;
  const runs = lesson.group?.runs ?? [];
  const save = element('a', { class: 'button main', id: 'take-home', href: `/lesson/take-home?save&${asked}`, download: '' }, texts.homeFile);
  save.addEventListener('click', (event) => {
    if (!unsent()) return;
    event.preventDefault();
    attempt(byId('home-said'), async () => { await deliver(); if (unsent()) throw new Error(texts.homeWaits); location.href = save.getAttribute('href') ?? ''; });
  });
  byId('home-body').replaceChildren(...(lesson.state ? [save] : []));
  byId('home-runs').replaceChildren(...runs.slice().reverse().map((/** @type {any} */ run) => element('li', {}, element('p', {}, fill(texts.homeOfRun, run.title ?? '')), element('p', { class: 'line' },
    ...[['csv', 'CSV'], ['excel-vi', 'Excel (Tiếng Việt)'], ['excel-en', 'Excel (English)'], ['codap', 'CODAP']].map(([form, name]) => element('a', { class: 'button', href: `/runs/${run.runId}/${form}?${asked}`, download: '' }, name))),
  element('p', {}, element('a', { href: `/runs/${run.runId}` }, `${texts.addressOfRun}: ${location.origin}/runs/${run.runId}`)))));
}
lesson.onState.push(() => { if (!byId('home').closest('[hidden]')) opened(); });
