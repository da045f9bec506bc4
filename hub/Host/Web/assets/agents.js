// @ts-check
import { call } from './api.js';
import { attempt, byId, duration, element, fill, locale, say, sentence, texts } from './words.js';

/** @param {string|number|undefined} value */
const count = (value) => Number(value ?? 0).toLocaleString(locale);

for (const panel of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-agent]'))) {
  const name = `agents/${panel.dataset.agent}`;
  const answer = panel.querySelector('output');
  panel.querySelector('form.adopt')?.addEventListener('submit', async (event) => {
    event.preventDefault();
    try {
      await call(`/v1/${name}:adopt`, { slug: new FormData(/** @type {HTMLFormElement} */ (event.target)).get('slug') });
      location.reload();
    } catch (error) { say(answer, /** @type {Error} */ (error).message); }
  });
  panel.querySelector('.blink')?.addEventListener('click', async () => {
    try { await call(`/v1/${name}:identify`, {}); say(answer, texts.blinking); } catch (error) { say(answer, /** @type {Error} */ (error).message); }
  });
  const set = /** @type {HTMLDetailsElement|null} */ (panel.querySelector('.set'));
  set?.addEventListener('toggle', async () => { if (set.open) (await import('./settings.js')).show(/** @type {HTMLElement} */ (set.querySelector('div')), name); });
  const slug = /** @type {HTMLElement|null} */ (panel.querySelector('.manage'))?.dataset.slug ?? '';
  panel.querySelector('.rotate')?.addEventListener('click', () => attempt(answer, async () => {
    const { token } = await call(`/v1/${name}:rotateToken`, {});
    return token ? `${fill(texts.newTokenShown, slug)} ${token}` : texts.newTokenFetched;
  }));
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (panel.querySelectorAll('[data-standing]'))) {
    button.addEventListener('click', () => attempt(answer, async () => {
      const standing = button.dataset.standing;
      // Shutting somebody out is asked for twice; letting in is not.
      if (standing !== 'STANDING_ACTIVE' && button.dataset.sure === undefined) { button.dataset.sure = ''; return fill(texts.sure, slug); }
      await call(`/v1/${name}:setStanding`, { standing });
      location.reload();
    }));
  }
}

byId('enrol').addEventListener('submit', async (event) => {
  event.preventDefault();
  const slug = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get('slug'));
  try {
    const made = await call('/v1/agents:enrol', { slug });
    const hub = await call('/v1/hub');
    const join = { HubAddress: `${location.hostname}:${hub.mqttPort}`, AgentId: made.agent.name.slice('agents/'.length), Token: made.token, Slug: slug };
    const file = URL.createObjectURL(new Blob([JSON.stringify(join, null, 2)], { type: 'application/json' }));
    const link = element('a', { href: file, download: `${slug}.join.json`, class: 'button' }, `${slug}.join.json`);
    byId('enrolled').replaceChildren(texts.enrolled, ' ', link);
    const command = byId('enrolled-command');
    command.hidden = false;
    say(command, `stemlab-agent run --config agent.json --join ${slug}.join.json`);
    link.click();
  } catch (error) { byId('enrolled').replaceChildren(/** @type {Error} */ (error).message); }
});

/** Keeps the panels true; an agent this page has no panel for loads the page anew, unless somebody is typing. */
async function refresh() {
  if (document.hidden) return;
  try {
    for (const agent of (await call('/v1/agents')).agents ?? []) {
      const panel = document.querySelector(`[data-agent="${agent.name.slice('agents/'.length)}"]`);
      if (!panel) { if (!(document.activeElement instanceof HTMLInputElement) && byId('enrolled').childNodes.length === 0) location.reload(); continue; }
      show(panel, agent);
    }
  } catch { /* the next turn tells */ }
}

/** @param {Element} panel @param {any} agent */
function show(panel, agent) {
  const isOnline = agent.state === 'STATE_ONLINE' || (agent.foreign && Number(agent.lastSeenAgeUs ?? 1e12) < 60e6);
  const state = panel.querySelector('.state');
  say(state, isOnline ? `● ${texts.online}` : `○ ${texts.offline}`);
  state?.classList.toggle('ok', isOnline);
  const blink = /** @type {HTMLButtonElement|null} */ (panel.querySelector('.blink'));
  if (blink) blink.disabled = !isOnline;
  say(panel.querySelector('.seen'), agent.lastSeenAgeUs === undefined ? texts.notSeen : fill(texts.lastSeen, duration(Number(agent.lastSeenAgeUs) / 1e6)));
  const account = agent.account ?? {};
  say(panel.querySelector('.stored'), Number(account.expected) > 0 ? fill(texts.storedOf, count(account.stored), count(account.expected)) : count(account.stored));
  say(panel.querySelector('.missing'), count(account.missing));
  panel.querySelector('.missing')?.classList.toggle('warn', Number(account.missing) > 0);
  say(panel.querySelector('.lost'), count(account.lost));
  showTroubles(panel.querySelector('.troubles'), agent.troubles ?? []);
  say(panel.querySelector('.tail'), account.tailUnknown ? texts.tailUnknown : '');
  // What an agent out of reach has measured since is on its card; nobody here knows how much.
  const isAway = !agent.foreign && !isOnline && Number(account.expected) > 0 && !account.complete && (agent.standing ?? 'STANDING_ACTIVE') === 'STANDING_ACTIVE';
  say(panel.querySelector('.away'), isAway ? texts.away : '');
  say(panel.querySelector('.waiting'), isAway ? texts.awayUnknown : Number(agent.oldestUnreceiptedUs ?? 0) > 0 ? duration(Number(agent.oldestUnreceiptedUs) / 1e6) : texts.nothingWaiting);
  say(panel.querySelector('.clock'), agent.sigmaUs === undefined ? texts.clockUnknown : fill(agent.timeState === 'TIME_STATE_BOUNDED' ? texts.clockBounded : texts.clockKnown, duration(Number(agent.sigmaUs) / 1e6)));
}
/** @param {Element|null} list @param {any[]} troubles */
function showTroubles(list, troubles) {
  const lines = troubles.map((said) => `${said.about === 'agent' ? '' : `${said.about}: `}${sentence(said)}`);
  if (!list || [...list.children].map((child) => child.textContent?.trim()).join('\n') === lines.join('\n')) return;
  list.replaceChildren(...lines.map((line) => element('li', { class: 'warn' }, line)));
}
if (byId('updates')) setTimeout(async () => (await import('./updates.js')).begin(byId('updates')), 500);
setInterval(refresh, 3000);
