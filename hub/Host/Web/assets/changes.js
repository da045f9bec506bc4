// @ts-check
// What changed between two revisions of the facts, in words; newest first, with undo where a person stated it.
import { call } from './api.js';
import { attempt, byId, element, fields, fill, locale, number, say, texts } from './words.js';

/** Field of a fact's body → its word. @type {Record<string, string>} */
const KINDS = {
  clockTie: texts.kindClockTie, utcAnchor: texts.kindUtcAnchor, bootBound: texts.kindBootBound, deployment: texts.kindDeployment, calibration: texts.kindCalibration, calibrationCheck: texts.kindCheck, driftSpread: texts.kindDriftSpread,
  run: texts.kindRun, withdrawal: texts.kindWithdrawal, qcRules: texts.kindQcRules, humanFlag: texts.kindHumanFlag, site: texts.kindSite, placement: texts.kindPlacement, sample: texts.kindSample, derivedChannel: texts.kindDerivedChannel,
  erasure: texts.kindErasure, retentionRule: texts.kindRetentionRule, retention: texts.kindRetention,
};
/** @type {Record<string, string>} */
const ROLES = { hub: texts.roleHub, agent: texts.roleAgent, teacher: texts.roleTeacher, admin: texts.roleAdmin, student: texts.roleStudent };
/** @type {Record<string, string>} */
const FLAGS = { QC_FLAG_GOOD: texts.good, QC_FLAG_SUSPECT: texts.suspect, QC_FLAG_FAIL: texts.failed, QC_FLAG_NOT_EVALUATED: texts.notEvaluated };
/** @type {any[]} */
let facts = [];
/** @type {Map<string, string>} */
const labels = new Map();
/** The hub's own sentence on a fact, by fact id. @type {Map<string, string>} */
const told = new Map();

async function load() {
  for (const channel of (await call('/v1/channels')).channels ?? []) labels.set(channel.name, channel.displayName);
  facts = [];
  let token = '';
  do {
    const page = await call(`/v1/facts?${new URLSearchParams({ pageSize: '1000', includeSuperseded: 'true', ...(token ? { pageToken: token } : {}) })}`);
    facts.push(...(page.facts ?? []));
    token = page.nextPageToken ?? '';
    say(byId('newest'), String(page.revision ?? 0));
  } while (token && facts.length < 20000);
  const to = /** @type {HTMLInputElement} */ (document.querySelector('[name="to"]'));
  if (!to.value) to.value = byId('newest').textContent ?? '';
  await describe();
}

/** The hub's words for what came in between, and which readings read differently by it. */
async function describe() {
  const asked = fields(byId('between'));
  told.clear();
  say(byId('spans'), '');
  draw();
  if (Number(asked.to) <= Number(asked.from)) return;
  const answer = await call(`/v1/readings:changes?${new URLSearchParams({ fromRevision: asked.from || '0', toRevision: asked.to || '0' })}`);
  for (const change of answer.changes ?? []) if (change.factId) told.set(change.factId, locale === 'vi-VN' ? change.textVi : change.textEn);
  const differing = [...new Set((answer.spans ?? []).map((/** @type {any} */ span) => place(span.channel)))];
  say(byId('spans'), differing.length ? fill(texts.differing, differing.slice(0, 12).join(', ') + (differing.length > 12 ? '…' : '')) : texts.noneDiffer);
  draw();
}

/** @param {any} fact */
const kindOf = (fact) => Object.keys(KINDS).find((kind) => fact[kind]) ?? '';
/** Is it the hub's own bookkeeping? @param {any} fact */
const isAutomatic = (fact) => ['hub', 'agent'].includes(fact.byRole);

function draw() {
  const asked = fields(byId('between'));
  const from = Number(asked.from || 0); const to = Number(asked.to || Infinity);
  const seen = facts.filter((fact) => Number(fact.revision) > from && Number(fact.revision) <= to && (asked.automatic === 'on' || !isAutomatic(fact))).sort((a, b) => Number(b.revision) - Number(a.revision));
  say(byId('count'), fill(texts.found, String(seen.length), String(from), String(Number.isFinite(to) ? to : '')));
  byId('facts').replaceChildren(...seen.slice(0, 300).map(item), ...(seen.length ? [] : [element('li', {}, texts.nothing)]));
}

/** @param {any} fact */
function item(fact) {
  const kind = kindOf(fact);
  const made = element('li', {}, element('b', {}, `${texts.revision} ${fact.revision}: ${KINDS[kind] ?? texts.kindOther}`), ` · ${ROLES[fact.byRole] ?? fact.byRole}${fact.effective ? '' : ` · ${texts.superseded}`}`, element('p', {}, told.get(fact.factId) ?? details(kind, fact[kind] ?? {}, fact)));
  if (fact.effective && !isAutomatic(fact) && !['withdrawal', 'erasure', 'retention'].includes(kind)) {
    const button = element('button', { type: 'button' }, texts.undo);
    button.addEventListener('click', () => attempt(byId('undone'), async () => { await call(`/v1/facts/${fact.factId}:withdraw`, { factId: fact.factId }); await load(); return texts.undone; }));
    made.append(button);
  }
  return made;
}

/** @param {string|number|undefined} us */
const when = (us) => (us === undefined ? '' : new Date(Number(us) / 1000).toLocaleString(locale, { dateStyle: 'short', timeStyle: 'medium' }));
/** @param {any} instant */
const at = (instant) => (instant?.utcUs !== undefined ? when(instant.utcUs) : '');
/** @param {string|undefined} channel */
const place = (channel) => (channel ? labels.get(channel) ?? channel.split('/').pop() ?? channel : '');

/** What a fact says, in one line. @param {string} kind @param {any} body @param {any} fact */
function details(kind, body, fact) {
  switch (kind) {
    case 'utcAnchor': return fill(texts.saysAnchor, when(body.utcUs), number(Number(body.sigmaUs ?? 0) / 1e6, 1), body.source ?? '');
    case 'calibration': return fill(texts.saysCalibration, place(body.channel) || (body.probeId ?? '').slice(0, 8), number(Number(body.slope ?? 0), 4), number(Number(body.offset ?? 0), 4)) + (body.method?.slopePercent ? ` ${fill(texts.saysSlope, number(Number(body.method.slopePercent), 1))}` : '') + note(body.note);
    case 'qcRules': return fill(texts.saysRules, place(body.channel) || body.property || '', Object.keys(body).filter((key) => typeof body[key] === 'object' && !Array.isArray(body[key])).join(', ') || '–', (body.off ?? []).join(', ') || '–');
    case 'humanFlag': return fill(texts.saysFlag, place(body.channel), FLAGS[body.flag] ?? body.flag, body.reason ?? '');
    case 'driftSpread': case 'calibrationCheck': return note(body.note);
    case 'deployment': return fill(texts.saysDeployment, (body.probeId ?? '').slice(0, 8), body.port ?? '');
    case 'withdrawal': return fill(texts.saysWithdrawal, (fact.supersedes ?? []).map((/** @type {string} */ id) => { const old = facts.find((other) => other.factId === id); return old ? `${KINDS[kindOf(old)] ?? texts.kindOther} (${texts.revision} ${old.revision})` : id.slice(0, 8); }).join(', ')) + note(body.reason);
    case 'sample': return `${place(body.channel)}: ${number(Number(body.mean ?? 0), 3)} ± ${number(Number(body.sd ?? 0), 3)} (n = ${body.count ?? 0}) ${body.site ?? ''}${note(body.note)}`;
    case 'derivedChannel': return body.definition?.port ?? '';
    case 'run': return `${body.title ?? ''} ${at(body.start)}`;
    case 'site': return document.documentElement.lang === 'vi' ? body.nameVi ?? body.slug ?? '' : body.nameEn ?? body.slug ?? '';
    case 'erasure': case 'retentionRule': return body.reason ?? '';
    default: return '';
  }
}

/** @param {string|undefined} text */
const note = (text) => (text ? ` “${text}”` : '');

byId('between').addEventListener('input', draw);
byId('between').addEventListener('submit', (event) => { event.preventDefault(); attempt(byId('undone'), load); });
attempt(byId('undone'), load);
