// @ts-check
import { buckets } from './api.js';

/** @typedef {{t: number[], v: (number|null)[], min: (number|null)[], max: (number|null)[]}} Series */

const MOST = 4;
const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3]];

/** Up to four channels over time: history in buckets, live readings appended, late ones put in their place. */
export class Chart {
  /** @param {Record<string, string>} texts @param {string} locale @param {Map<string, HTMLElement>} cards */
  constructor(texts, locale, cards) {
    this.texts = texts; this.locale = locale; this.cards = cards;
    /** @type {string[]} */ this.chosen = [];
    /** @type {Map<string, Series>} */ this.series = new Map();
    this.spanS = 3600; this.endS = Infinity; this.isPaused = false; this.asTable = false;
    this.plot = /** @type {HTMLElement} */ (document.getElementById('plot'));
    this.table = /** @type {HTMLElement} */ (document.getElementById('table'));
    this.summary = /** @type {HTMLElement} */ (document.getElementById('summary'));
    /** @type {any} */ this.u = null;
    this.pending = new AbortController(); this.drawTimer = 0; this.spokenAt = 0;
    this.bind();
    new ResizeObserver(() => this.draw()).observe(this.plot);
  }

  bind() {
    for (const button of document.querySelectorAll('[data-span]')) {
      button.addEventListener('click', () => { this.endS = Infinity; this.setSpan(Number(/** @type {HTMLElement} */ (button).dataset.span) * 60 || Infinity); });
    }
    for (const button of document.querySelectorAll('[data-do]')) {
      button.addEventListener('click', () => this.act(/** @type {HTMLElement} */ (button).dataset.do ?? '', /** @type {HTMLElement} */ (button)));
    }
    /** @type {Record<string, string>} */
    const keys = { '+': 'in', '=': 'in', '-': 'out', ArrowLeft: 'earlier', ArrowRight: 'later', ' ': 'pause' };
    this.plot.addEventListener('keydown', (event) => {
      const what = keys[event.key];
      if (what) { event.preventDefault(); this.act(what, /** @type {HTMLElement} */ (document.querySelector(`[data-do="${what}"]`))); }
    });
    this.plot.addEventListener('wheel', (event) => {
      if (!event.ctrlKey && Math.abs(event.deltaY) < Math.abs(event.deltaX)) return;
      event.preventDefault();
      this.act(event.deltaY > 0 ? 'out' : 'in');
    }, { passive: false });
  }

  /** @param {string} what @param {HTMLElement} [button] */
  act(what, button) {
    const now = Date.now() / 1000;
    const [from, to] = this.range(now);
    if (what === 'in') this.setSpan(Math.max(30, (to - from) / 2));
    if (what === 'out') this.setSpan((to - from) * 2);
    if (what === 'earlier') { this.endS = to - (to - from) / 2; this.setSpan(to - from); }
    if (what === 'later') { this.endS = to + (to - from) / 2 >= this.newest() ? Infinity : to + (to - from) / 2; this.setSpan(to - from); }
    if (what === 'pause') { this.isPaused = !this.isPaused; press(button, this.isPaused); if (button) button.textContent = this.isPaused ? this.texts.resume : this.texts.pause; if (!this.isPaused) this.refetch(); }
    if (what === 'table') { this.asTable = !this.asTable; press(button, this.asTable); if (button) button.textContent = this.asTable ? this.texts.asChart : this.texts.asTable; this.draw(); }
  }

  /** @param {number} seconds */
  setSpan(seconds) {
    this.spanS = seconds;
    for (const button of document.querySelectorAll('[data-span]')) press(/** @type {HTMLElement} */ (button), this.endS === Infinity && (Number(/** @type {HTMLElement} */ (button).dataset.span) * 60 || Infinity) === seconds);
    this.refetch();
  }

  /** @param {string} name */
  toggle(name) {
    this.chosen = this.chosen.includes(name) ? this.chosen.filter((other) => other !== name) : [...this.chosen.slice(-(MOST - 1)), name];
    for (const [channel, card] of this.cards) {
      const at = this.chosen.indexOf(channel);
      press(card, at >= 0);
      card.classList.remove('c1', 'c2', 'c3', 'c4');
      if (at >= 0) card.classList.add(`c${at + 1}`);
    }
    history.replaceState(null, '', `#${new URLSearchParams(this.chosen.map((c) => ['c', c]))}`);
    const hint = document.getElementById('choose');
    if (hint) hint.hidden = this.chosen.length > 0;
    this.refetch();
  }

  async refetch() {
    this.pending.abort();
    this.pending = new AbortController();
    if (this.chosen.length === 0) { this.series.clear(); this.draw(); return; }
    const [from, to] = this.range(Math.max(this.newest(), this.spanS === Infinity ? 0 : Date.now() / 1000));
    const most = Math.min(1200, Math.max(200, Math.round(this.plot.clientWidth)));
    try {
      const found = await buckets(this.chosen, this.spanS === Infinity ? 0 : from * 1e6, this.endS === Infinity ? Infinity : to * 1e6, most, this.pending.signal);
      this.series = new Map(this.chosen.map((name) => {
        const b = found.get(name);
        return [name, b ? { t: b.t, v: b.mean, min: b.min, max: b.max } : { t: [], v: [], min: [], max: [] }];
      }));
      this.draw();
    } catch (error) { if (/** @type {Error} */ (error).name !== 'AbortError') this.summary.textContent = this.texts.reconnecting; }
  }

  /** One live reading. @param {string} name @param {number} t @param {number|null} value */
  add(name, t, value) {
    const series = this.series.get(name);
    if (!series || this.isPaused) return;
    let at = series.t.length;
    while (at > 0 && series.t[at - 1] > t) at--;
    series.t.splice(at, 0, t); series.v.splice(at, 0, value); series.min.splice(at, 0, value); series.max.splice(at, 0, value);
    if (!this.drawTimer) this.drawTimer = window.setTimeout(() => { this.drawTimer = 0; this.draw(); }, 250);
  }

  newest() { return Math.max(0, ...[...this.series.values()].map((s) => s.t.at(-1) ?? 0)); }

  /** @param {number} now @returns {[number, number]} */
  range(now) {
    const to = this.endS === Infinity ? Math.max(now, this.newest()) : this.endS;
    const first = Math.min(to - 60, ...[...this.series.values()].map((s) => s.t[0] ?? to));
    return [this.spanS === Infinity ? first : to - this.spanS, to];
  }

  draw() {
    this.plot.hidden = this.asTable; this.table.hidden = !this.asTable;
    const [from, to] = this.range(this.spanS === Infinity ? 0 : this.isPaused ? this.newest() : Date.now() / 1000);
    if (this.chosen.length === 0) { this.u?.destroy(); this.u = null; this.plot.replaceChildren(); this.summary.textContent = ''; return; }
    for (const s of this.series.values()) {
      const cut = s.t.findIndex((t) => t >= from - (to - from));
      if (cut > 0) { s.t.splice(0, cut); s.v.splice(0, cut); s.min.splice(0, cut); s.max.splice(0, cut); }
    }
    if (this.asTable) { this.drawTable(from, to); return; }
    const times = [...new Set([...this.series.values()].flatMap((s) => s.t.filter((t) => t >= from && t <= to + 1)))].sort((a, b) => a - b);
    const data = [times, ...this.chosen.map((name) => this.aligned(name, times))];
    const key = `${this.chosen.join()}|${this.plot.clientWidth}|${matchMedia('(prefers-color-scheme: dark)').matches}`;
    if (!this.u || this.key !== key) {
      this.u?.destroy(); this.plot.replaceChildren();
      this.key = key;
      // @ts-ignore uPlot is a plain script
      this.u = new uPlot(this.options(), data, this.plot);
    } else this.u.setData(data, false);
    this.u.setScale('x', { min: from, max: to });
    this.speak();
  }

  /** @param {string} name @param {number[]} times */
  aligned(name, times) {
    const s = this.series.get(name);
    const at = new Map((s?.t ?? []).map((t, i) => [t, i]));
    return times.map((t) => { const i = at.get(t); return i === undefined ? undefined : s?.v[i]; });
  }

  options() {
    const css = getComputedStyle(document.documentElement);
    const ink = css.getPropertyValue('--soft'); const line = css.getPropertyValue('--line');
    const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line } };
    const x = new Intl.DateTimeFormat(this.locale, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
    return {
      width: this.plot.clientWidth, height: this.plot.clientHeight - 34, cursor: { drag: { x: true, y: false } },
      scales: { x: { time: true }, ...Object.fromEntries(this.chosen.map((_, i) => [`y${i}`, {}])) },
      series: [{ label: this.texts.time, value: (/** @type {any} */ _, /** @type {number} */ t) => (t == null ? '' : `${new Date(t * 1000).toLocaleDateString(this.locale)} ${x.format(t * 1000)}`) },
        ...this.chosen.map((name, i) => ({ label: this.label(name), scale: `y${i}`, stroke: css.getPropertyValue(`--s${i + 1}`), width: 2, dash: DASHES[i], spanGaps: true, points: { show: false }, value: (/** @type {any} */ _, /** @type {number|null} */ v) => this.text(name, v) }))],
      axes: [{ ...axis, values: (/** @type {any} */ _, /** @type {number[]} */ ticks, /** @type {any} */ __, /** @type {any} */ ___, /** @type {number} */ step) => ticks.map((t) => this.tick(t, step)) },
        ...this.chosen.slice(0, 2).map((name, i) => ({ ...axis, scale: `y${i}`, side: i === 0 ? 3 : 1, size: 58, stroke: css.getPropertyValue(`--s${i + 1}`), grid: i === 0 ? axis.grid : { show: false }, values: (/** @type {any} */ _, /** @type {number[]} */ ticks) => ticks.map((v) => v.toLocaleString(this.locale)) }))],
      hooks: { setSelect: [(/** @type {any} */ u) => { if (u.select.width > 8) { const from = u.posToVal(u.select.left, 'x'); const to = u.posToVal(u.select.left + u.select.width, 'x'); u.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false); this.endS = to; this.setSpan(to - from); } }] },
    };
  }

  /** @param {number} t @param {number} step */
  tick(t, step) {
    const at = new Date(t * 1000);
    if (step >= 86400 || (at.getHours() === 0 && at.getMinutes() === 0)) return at.toLocaleDateString(this.locale, { day: 'numeric', month: 'short' });
    return at.toLocaleTimeString(this.locale, { hour: '2-digit', minute: '2-digit', ...(step < 60 ? { second: '2-digit' } : {}) });
  }

  /** @param {string} name */
  label(name) {
    const card = this.cards.get(name);
    return `${card?.closest('.agent')?.querySelector('h2')?.firstChild?.textContent?.trim() ?? ''} · ${card?.querySelector('.name')?.textContent ?? ''}`;
  }

  /** @param {string} name @param {number|null|undefined} value */
  text(name, value) {
    const card = this.cards.get(name);
    const decimals = Number(card?.dataset.decimals ?? 2);
    return value === null || value === undefined ? '–' : `${value.toLocaleString(this.locale, { minimumFractionDigits: decimals, maximumFractionDigits: decimals })} ${card?.dataset.unit ?? ''}`;
  }

  /** What the picture says, in words, at most every ten seconds. */
  speak() {
    if (performance.now() - this.spokenAt < 10000 && this.spoken === this.chosen.join()) return;
    this.spokenAt = performance.now(); this.spoken = this.chosen.join();
    this.summary.textContent = this.chosen.map((name) => {
      const values = /** @type {number[]} */ ((this.series.get(name)?.v ?? []).filter((v) => v !== null && v !== undefined));
      if (values.length === 0) return `${this.label(name)}: ${this.texts.noReadings}`;
      const low = Math.min(...values); const high = Math.max(...values);
      const head = mean(values.slice(0, Math.ceil(values.length / 4))); const tail = mean(values.slice(-Math.ceil(values.length / 4)));
      const trend = Math.abs(tail - head) < 0.1 * (high - low || 1) ? this.texts.steady : tail > head ? this.texts.rising : this.texts.falling;
      return `${this.label(name)}: ${this.text(name, values.at(-1))}, ${trend}, ${this.text(name, low)} – ${this.text(name, high)}`;
    }).join('. ');
  }

  /** @param {number} from @param {number} to */
  drawTable(from, to) {
    const rows = [...new Set(this.chosen.flatMap((name) => (this.series.get(name)?.t ?? []).filter((t) => t >= from && t <= to)))].sort((a, b) => b - a).slice(0, 200);
    const table = document.createElement('table');
    const head = table.createTHead().insertRow();
    for (const text of [this.texts.time, ...this.chosen.map((name) => this.label(name))]) { const th = document.createElement('th'); th.scope = 'col'; th.textContent = text; head.append(th); }
    const body = table.createTBody();
    for (const t of rows) {
      const row = body.insertRow();
      row.insertCell().textContent = new Date(t * 1000).toLocaleString(this.locale);
      for (const name of this.chosen) row.insertCell().textContent = this.text(name, this.aligned(name, [t])[0]);
    }
    this.table.replaceChildren(table);
  }
}

/** @param {HTMLElement|undefined} button @param {boolean} on */
function press(button, on) { button?.setAttribute('aria-pressed', String(on)); }

/** @param {number[]} values */
function mean(values) { return values.reduce((sum, v) => sum + v, 0) / values.length; }
