// @ts-check
// Tables and bundles that people bring: sent in pieces, looked at, then taken, with progress.
import { asCards, attempt, byId, element, fill, number, say, texts } from './words.js';

const language = document.documentElement.lang;
const count = (/** @type {any} */ value) => number(Number(value ?? 0), 0);
const PIECE = 4 << 20;
/** @type {Record<string, string>} */
const mine = document.documentElement.dataset.page ? { 'x-stemlab-page': document.documentElement.dataset.page } : {};
let upload = '';
let isOwn = false;

/** @param {string} path @param {BodyInit|null} [body] @param {string} [method] @returns {Promise<Response>} */
async function ask(path, body = null, method = 'POST') {
  let response;
  try {
    response = await fetch(path, { method, body, headers: { 'accept-language': language, ...mine } });
  } catch {
    throw new Error(texts.noHub);
  }
  if (response.ok) return response;
  throw new Error((await response.json().catch(() => ({}))).message || fill(texts.refused, String(response.status)));
}

/** Sends a file in pieces; answers its id at the hub. @param {File} file @param {HTMLProgressElement} bar */
async function send(file, bar) {
  bar.hidden = false;
  try {
    const { id } = await (await ask(`/uploads?name=${encodeURIComponent(file.name)}`)).json();
    for (let at = 0; at < file.size; at += PIECE) {
      bar.value = at / file.size;
      await ask(`/uploads/${id}?offset=${at}`, file.slice(at, at + PIECE), 'PUT');
    }
    return id;
  } finally {
    bar.hidden = true;
  }
}

/** Asks for something long; the last line is the answer. @param {string} path @param {BodyInit|null} body @param {(line: any) => void} onLine @returns {Promise<any>} */
async function follow(path, body, onLine) {
  const response = await ask(path, body);
  if (!response.body) throw new Error(texts.noHub);
  const reader = response.body.getReader();
  const text = new TextDecoder();
  let rest = '';
  let last = {};
  for (;;) {
    const { done, value } = await reader.read();
    const lines = (rest + (value ? text.decode(value, { stream: true }) : '')).split('\n');
    rest = done ? '' : lines.pop() ?? '';
    for (const line of lines.filter((one) => one.trim())) {
      last = JSON.parse(line);
      if (/** @type {any} */ (last).code) throw new Error(/** @type {any} */ (last).message);
      onLine(last);
    }
    if (done) return last;
  }
}

/** @param {string} name @returns {HTMLProgressElement} */
const bar = (name) => /** @type {HTMLProgressElement} */ (byId(name));
const mapping = /** @type {HTMLTextAreaElement} */ (byId('mapping'));
const words = (/** @type {any} */ sentence) => sentence[language === 'vi' ? 'vi' : 'en'];

byId('look').addEventListener('submit', (event) => {
  event.preventDefault();
  const form = new FormData(/** @type {HTMLFormElement} */ (byId('look')));
  attempt(byId('looked'), async () => {
    byId('proposal').hidden = true;
    byId('wrong').replaceChildren();
    say(byId('ran'), '');
    upload = await send(/** @type {File} */ (form.get('file')), bar('sent'));
    const query = new URLSearchParams({ upload, zone: String(form.get('zone') ?? ''), station: String(form.get('station') ?? ''), start: String(form.get('start') ?? '') });
    return show(await (await ask(`/import/preview?${query}`)).json());
  });
});

/** @param {any} proposal */
function show(proposal) {
  isOwn = proposal.isOwnExport;
  byId('notes').replaceChildren(...proposal.notes.map((/** @type {any} */ note) => element('li', {}, words(note))));
  mapping.value = proposal.mapping;
  byId('fields').replaceChildren(isOwn ? '' : table(proposal.fields));
  byId('proposal').hidden = false;
  /** @type {HTMLButtonElement} */ (byId('run')).disabled = proposal.needsZone || proposal.needsStart;
  keep();
  if (proposal.needsStart) byId('begin').hidden = false;
  return proposal.needsStart ? texts.sayStart : proposal.needsZone ? texts.sayZone : isOwn ? texts.lookedOwn : texts.looked;
}

/** @param {any[]} fields */
function table(fields) {
  const uses = /** @type {Record<string, string>} */ ({ Time: texts.time, Flag: texts.flag, Station: texts.stationField, Ignored: texts.ignored });
  const rows = fields.map((field) => {
    const name = field.name || `#${field.field + 1}`;
    const cells = field.use === 'Measured' ? measured(field, name) : ['', uses[field.use] ?? '', ''];
    return element('tr', {}, element('th', { scope: 'row' }, name), ...cells.map((cell) => element('td', {}, cell)),
      element('td', { title: words(field.why) }, `${number(field.confidence * 100, 0)} %`), element('td', {}, (field.examples ?? []).join(' · ')));
  });
  const heads = [texts.column, texts.take, texts.property, texts.unit, texts.sure, texts.examples];
  return element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': texts.proposal }, asCards(element('table', {}, element('thead', {}, element('tr', {}, ...heads.map((head) => element('th', { scope: 'col' }, head)))), element('tbody', {}, ...rows))));
}

/** What a person may change about a column; each change goes into the mapping. @param {any} field @param {string} name */
function measured(field, name) {
  const known = JSON.parse(mapping.value).columns.find((/** @type {any} */ column) => column.field === field.field);
  const take = /** @type {HTMLInputElement} */ (element('input', { type: 'checkbox', checked: true, 'aria-label': `${texts.take} ${name}` }));
  const property = /** @type {HTMLInputElement} */ (element('input', { value: field.property, list: 'properties', maxlength: '64', 'aria-label': `${texts.property} ${name}` }));
  const unit = /** @type {HTMLInputElement} */ (element('input', { value: field.unit, maxlength: '64', size: '8', 'aria-label': `${texts.unit} ${name}` }));
  const change = () => {
    const whole = JSON.parse(mapping.value);
    whole.columns = whole.columns.filter((/** @type {any} */ column) => column.field !== field.field);
    if (take.checked) whole.columns.push({ ...known, property: property.value, unit: unit.value });
    whole.columns.sort((/** @type {any} */ a, /** @type {any} */ b) => a.field - b.field);
    mapping.value = JSON.stringify(whole, null, 2);
    keep();
  };
  for (const input of [take, property, unit]) input.addEventListener('change', change);
  return [take, property, unit];
}

function keep() {
  byId('save').setAttribute('href', `data:application/json;charset=utf-8,${encodeURIComponent(mapping.value)}`);
}
mapping.addEventListener('change', keep);

byId('kept').addEventListener('change', (event) => attempt(byId('looked'), async () => {
  const file = /** @type {HTMLInputElement} */ (event.target).files?.[0];
  if (!file) return;
  mapping.value = await file.text();
  keep();

  // What the table says is of the proposal, not of this file.
  byId('fields').replaceChildren();
  /** @type {HTMLButtonElement} */ (byId('run')).disabled = false;
  return fill(texts.keptUsed, file.name);
}));

byId('run').addEventListener('click', () => attempt(byId('ran'), async () => {
  const done = bar('done');
  done.hidden = false;
  try {
    const { report } = await follow(`/import/run?upload=${upload}`, isOwn ? '' : mapping.value, (line) => { if (line.progress) done.value = line.progress.share; });
    const more = report.wrongCount - report.wrong.length;
    byId('wrong').replaceChildren(...[...report.notes.map(words), ...report.wrong.map((/** @type {any} */ line) => words(line.why)), ...(more > 0 ? [fill(texts.moreWrong, count(more))] : []),
      ...(report.unknownFlags.length ? [fill(texts.unknownFlags, report.unknownFlags.join(', '))] : [])].map((text) => element('li', {}, text)));
    byId('proposal').hidden = true;
    say(byId('looked'), '');
    return fill(texts.ran, count(report.records), count(report.new), count(report.duplicate), count(report.conflict), count(report.missing), count(report.wrongCount));
  } finally {
    done.hidden = true;
  }
}));

byId('write').addEventListener('click', () => attempt(byId('wrote'), async () => {
  const bundle = await follow('/bundles', null, (line) => { if (line.rows) say(byId('wrote'), count(line.rows)); });
  byId('written').replaceChildren(element('a', { href: bundle.path, download: '' }, bundle.name));
  return fill(texts.wrote, count(bundle.contents.rows), count(bundle.size));
}));

byId('merge').addEventListener('submit', (event) => {
  event.preventDefault();
  const form = new FormData(/** @type {HTMLFormElement} */ (byId('merge')));
  attempt(byId('merged'), async () => {
    const merging = bar('merging');
    byId('damaged').replaceChildren();
    const id = await send(/** @type {File} */ (form.get('bundle')), merging);
    merging.hidden = false;
    try {
      const { report } = await follow(`/bundles/merge?upload=${id}`, null, (line) => { if (line.progress) merging.value = line.progress.read / Math.max(1, line.progress.size); });
      byId('damaged').replaceChildren(...report.damaged.map((/** @type {any} */ part) => element('li', {}, fill(texts.lost, part.hash || '?'))));
      return words(report.sentence);
    } finally {
      merging.hidden = true;
    }
  });
});
