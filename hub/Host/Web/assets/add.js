// @ts-check
// Letting agents and makers' devices in: who waits, codes, kits, tokens with the lines to paste.
import { call } from './api.js';
import { attempt, byId, duration, element, fields, fill, say, texts } from './words.js';

const doors = byId('doors').dataset;
const isHere = ['127.0.0.1', 'localhost', '[::1]'].includes(location.hostname);

/** @type {Map<string, HTMLElement>} the card of each board that waits, by its name */
const cards = new Map();
/** @type {Map<string, number>} boards asked to look for circuits, and how many probes they had before */
const asked = new Map();
const troubles = /** @type {Record<string, string>} */ ({
  TROUBLE_CODE_WRONG: texts.troubleCodeWrong, TROUBLE_CODE_USED: texts.troubleCodeUsed, TROUBLE_CODE_EXPIRED: texts.troubleCodeExpired,
  TROUBLE_KIT_UNKNOWN: texts.troubleKitUnknown, TROUBLE_KIT_USED_UP: texts.troubleKitUsedUp, TROUBLE_KIT_EXPIRED: texts.troubleKitExpired, TROUBLE_TOO_MANY_TRIES: texts.troubleTooMany,
});

/** A board that waits: built once, so that nobody's typing is lost. @param {any} knock */
function card(knock) {
  const slug = element('input', { name: 'slug', pattern: '[a-z0-9\\-]{1,32}', maxlength: '32', required: true, value: knock.proposedSlug, autocapitalize: 'none', autocomplete: 'off' });
  const form = element('form', { class: 'line' });
  const said = element('output', { role: 'status' });
  const isKnown = Boolean(knock.copyOf || knock.shutAgent);
  if (!knock.shutAgent) form.append(element('label', {}, texts.adoptLabel, ' ', slug), element('button', { class: 'main' }, knock.copyOf ? texts.acceptSeparate : texts.accept));
  const goesOn = element('button', { type: 'button', hidden: !isKnown }, fill(knock.copyOf ? texts.goesOn : texts.takeBack, knock.copyOfSlug));
  const blink = element('button', { type: 'button' }, texts.blinkIt);
  const refuse = element('button', { type: 'button' }, texts.refuse);
  const find = element('button', { type: 'button', class: 'find' }, texts.findProbes);
  find.addEventListener('click', () => attempt(said, async () => { find.blur(); await call(`/v1/${knock.name}:findProbes`, {}); asked.set(knock.name, probes.length); return texts.findsProbes; }));
  form.append(goesOn, blink, find, refuse);
  const probes = (knock.probes ?? []).map((/** @type {any} */ probe, /** @type {number} */ i) =>
    element('label', { class: 'tick' }, element('input', { type: 'checkbox', name: 'probe', value: String(i), checked: true }), `${probe.description || probe.kind} · ${probe.serial || `i2c-${probe.bus}, ${probe.address}`}`));
  const words = [
    knock.isCodeShared && texts.compareAll, knock.copyOf && fill(texts.copyOf, knock.copyOfSlug), knock.shutAgent && fill(texts.shutOut, knock.copyOfSlug), knock.movesHere && texts.movesHere, troubles[knock.trouble],
  ].filter(Boolean);
  const made = element('li', {}, element('p', {}, element('b', { class: 'big code' }, knock.labelCode), ' ', knock.simulated ? element('span', { class: 'tag sim' }, texts.simulated) : ''),
    element('p', { class: 'hint' }, [knock.boardModel, knock.softwareVersion && `stemlab-agent ${knock.softwareVersion}`].filter(Boolean).join(' · '), ' ', element('span', { class: 'since' })),
    ...words.map((text) => element('p', { class: 'warn' }, String(text))),
    probes.length > 0 ? element('fieldset', {}, element('legend', {}, texts.found), ...probes) : element('p', { class: 'hint' }, texts.foundNone), form, said);
  const chosen = () => [...made.querySelectorAll('input[name=probe]')].filter((box) => /** @type {HTMLInputElement} */ (box).checked).map((box) => Number(/** @type {HTMLInputElement} */ (box).value));
  const accept = (/** @type {boolean} */ on) => attempt(said, async () => {
    const name = /** @type {HTMLInputElement} */ (slug).value;
    try {
      const { agent } = await call(`/v1/${knock.name}:accept`, { name: knock.name, slug: name, goesOn: on, probes: chosen(), noProbes: probes.length > 0 && chosen().length === 0 });
      say(byId('decided'), fill(texts.accepted, agent.slug));
      drop(knock.name);
    } catch (error) {
      if (/** @type {any} */ (error).status !== 409) throw error;
      const free = /-\d+$/.test(name) ? name.replace(/\d+$/, (digits) => String(Number(digits) + 1)) : `${name}-2`;
      /** @type {HTMLInputElement} */ (slug).value = free.slice(0, 32);
      throw new Error(fill(texts.nameTaken, name, free));
    }
  });
  form.addEventListener('submit', (event) => { event.preventDefault(); accept(false); });
  goesOn.addEventListener('click', () => accept(true));
  blink.addEventListener('click', () => attempt(said, async () => { await call(`/v1/${knock.name}:blink`, {}); return texts.blinks; }));
  refuse.addEventListener('click', () => attempt(byId('decided'), async () => { await call(`/v1/${knock.name}:refuse`, {}); drop(knock.name); return fill(texts.refusedSaid, knock.labelCode); }));
  return made;
}

/** What a person has typed and unticked goes over to a card built anew. @param {HTMLElement} from @param {HTMLElement} to */
function carry(from, to) {
  const typed = /** @type {HTMLInputElement|null} */ (from.querySelector('input[name=slug]'));
  const slug = /** @type {HTMLInputElement|null} */ (to.querySelector('input[name=slug]'));
  if (typed && slug && typed.value !== typed.defaultValue) slug.value = typed.value;
  const off = new Set([...from.querySelectorAll('.tick')].filter((tick) => !tick.querySelector('input')?.checked).map((tick) => tick.textContent));
  for (const tick of to.querySelectorAll('.tick')) if (off.has(tick.textContent)) /** @type {HTMLInputElement} */ (tick.querySelector('input')).checked = false;
  say(to.querySelector('output'), from.querySelector('output')?.textContent ?? '');
}

/** @param {string} name */
function drop(name) { cards.get(name)?.remove(); cards.delete(name); asked.delete(name); byId('nobody').hidden = cards.size > 0; }

async function refresh() {
  if (document.hidden) return;
  const { knocks = [], turnedAway = 0 } = await call('/v1/knocks');
  for (const name of [...cards.keys()]) if (!knocks.some((/** @type {any} */ knock) => knock.name === name)) drop(name);
  for (const knock of knocks) {
    const facts = JSON.stringify([knock.labelCode, knock.trouble, knock.copyOf, knock.shutAgent, knock.probes]);
    let known = cards.get(knock.name);
    if (!known || (known.dataset.facts !== facts && !known.contains(document.activeElement))) {
      const made = card(knock);
      made.dataset.facts = facts;
      if (known) { carry(known, made); known.replaceWith(made); } else byId('waiting').append(made);
      cards.set(knock.name, known = made);
    }
    if (asked.has(knock.name) && !knock.findingProbes) {
      const more = (knock.probes ?? []).length - (asked.get(knock.name) ?? 0);
      asked.delete(knock.name);
      say(known.querySelector('output'), more > 0 ? fill(texts.foundMore, String(more)) : texts.foundNothing);
    }
    say(known.querySelector('.since'), fill(texts.waitsSince, duration(Number(knock.waitingUs) / 1e6)));
  }
  byId('nobody').hidden = cards.size > 0;
  if (turnedAway > 0 && !byId('decided').textContent) say(byId('decided'), fill(texts.turnedAway, String(turnedAway)));
  await Promise.all([showTried(), showKits()]);
}

async function showTried() {
  const { devices = [] } = await call('/v1/triedDevices');
  byId('tried').replaceChildren(...devices.map((/** @type {any} */ device) => {
    const adopt = element('button', { type: 'button' }, texts.adopt);
    adopt.addEventListener('click', () => {
      const form = /** @type {HTMLFormElement} */ (byId('maker'));
      const field = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
      field('topic').value = device.topic;
      field('slug').value = device.topic.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '').slice(0, 32);
      if (device.topic.startsWith('tele/')) field('kind').value = 'tasmota';
      field('slug').focus();
    });
    return element('li', { class: 'line' }, element('span', {}, fill(texts.tried, device.topic, duration(Number(device.lastAgeUs) / 1e6), String(device.times))), adopt);
  }));
}

async function showKits() {
  const { kits = [] } = await call('/v1/kits');
  byId('kits').replaceChildren(...kits.filter((/** @type {any} */ kit) => !kit.withdrawn).reverse().slice(0, 5).map((/** @type {any} */ kit) => {
    const withdraw = element('button', { type: 'button' }, texts.withdraw);
    withdraw.addEventListener('click', () => attempt(byId('kit-said'), async () => { await call(`/v1/${kit.name}:withdraw`, {}); await showKits(); }));
    const isOver = kit.expiresInUs === undefined || kit.used >= kit.agents;
    return element('li', { class: 'line' }, element('span', {}, fill(isOver ? texts.kitOver : texts.kitLine, String(kit.used ?? 0), String(kit.agents), duration(Number(kit.expiresInUs ?? 0) / 1e6))), isOver ? '' : withdraw);
  }));
}

byId('make-code').addEventListener('click', () => attempt(byId('code-said'), async () => {
  const { code } = await call('/v1/joinCodes', {});
  byId('code').hidden = false;
  say(byId('code'), `stemlab-agent join ${code} --hub ${location.origin}`);
  return texts.codeMade;
}));

byId('kit').addEventListener('submit', (event) => {
  event.preventDefault();
  const asked = fields(event.target);
  attempt(byId('kit-said'), async () => {
    const made = await call('/v1/kits', { agents: Number(asked.agents), hours: Number(asked.hours) });
    const link = save(made.file, 'stemlab-join.json', 'application/json');
    await showKits();
    byId('kit-said').replaceChildren(texts.kitMade, ' ', link);
    link.click();
    return byId('kit-said').textContent ?? '';
  });
});

/** A link that saves a text as a file. @param {string} text @param {string} name @param {string} type */
function save(text, name, type) { return element('a', { href: URL.createObjectURL(new Blob([text], { type })), download: name, class: 'button' }, name); }

byId('maker').addEventListener('submit', (event) => {
  event.preventDefault();
  const asked = fields(event.target);
  attempt(byId('maker-said'), async () => {
    const topic = asked.topic || (asked.kind === 'tasmota' ? `tele/${asked.slug}` : '');
    const made = await call('/v1/makers', { slug: asked.slug, topic });
    showSnippet(asked.kind, made);
    return fill(texts.makerMade, made.agent.slug, `${made.topic}/…`);
  });
});

/** The only place that ever sees a token. @param {string} kind @param {any} made */
function showSnippet(kind, made) {
  const plain = Number(isHere ? doors.here : doors.plain);
  const isTls = plain === 0 || (!isHere && Number(doors.tls) > 0);
  /** @type {Record<string, string>} */
  const gaps = { HOST: location.hostname, PORT: String(isTls ? doors.tls : plain), USER: made.agent.slug, TOKEN: made.token, TOPIC: made.topic, NAME: made.topic.split('/').pop() };
  const text = texts[`snippet_${kind}`]
    .replace(/%TLS:([^%]*)%/g, (_, kept) => (isTls ? kept : '')).replace(/%PLAIN:([^%]*)%/g, (_, kept) => (isTls ? '' : kept))
    .replace(/%([A-Z]+)%/g, (whole, gap) => gaps[gap] ?? whole);
  byId('snippet').hidden = false;
  say(byId('snippet-text'), text.trim());
  byId('snippet-tls').replaceChildren(...(isTls && texts.authorityPem ? [texts.withTls, save(texts.authorityPem, 'stemlab-ca.pem', 'application/x-pem-file')] : []));
  byId('snippet').scrollIntoView({ block: 'nearest' });
}

byId('copy').addEventListener('click', () => attempt(byId('copied'), async () => {
  const lines = byId('snippet-text');
  // Over plain HTTP the clipboard is closed to scripts: then the lines are marked, to be copied by hand.
  if (navigator.clipboard) { await navigator.clipboard.writeText(lines.textContent ?? ''); return texts.copied; }
  getSelection()?.selectAllChildren(lines);
  return document.execCommand('copy') ? texts.copied : '';
}));

const turn = () => refresh().catch(() => { /* the footer says that the hub is away */ });
turn();
setInterval(turn, 3000);
