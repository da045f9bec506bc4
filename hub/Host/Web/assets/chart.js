// @ts-check
import { buckets, bucketsAt, bucketsIn, hubNow, numberOrNull } from './api.js';
import { byId, clockText, clockTime, dayText, duration, element, fill, locale, number, plain, say, texts } from './words.js';
import { Track } from './track.js';

/** @typedef {{name: string, label: string, unit: string, decimals: number, intervalS: number, simulated: boolean, href: string}} Line */
/** @typedef {(u: any, chart: Chart, context: CanvasRenderingContext2D) => void} Overlay draws over the lines, in canvas pixels */

export const MOST = 6;
const DASHES = [[], [10, 4], [2, 3], [12, 3, 2, 3], [6, 6], [1, 5]];
const LEAST_SPAN_S = 5;
const dark = matchMedia('(prefers-color-scheme: dark)');

/** Paints what has changed: once a frame at most, and so seldom that painting, layout included, takes a twentieth of the time; a slow phone paints less often, and the readings between are there with the next picture. */
class Painter {
  /** @param {() => void} paint @param {number} leastMs between two pictures */
  constructor(paint, leastMs) {
    this.paint = paint; this.leastMs = leastMs;
    this.costMs = 0; this.began = 0; this.timer = 0;
    // A message that is sent while a frame is made arrives when the frame is done.
    this.done = new MessageChannel();
    this.done.port1.onmessage = () => { const now = performance.now() - this.began; this.costMs = this.costMs ? (3 * this.costMs + now) / 4 : now; };
  }

  /** Something has changed. */
  ask() {
    if (this.timer) return;
    const waitMs = Math.min(2000, Math.max(this.leastMs, 20 * this.costMs)) - (performance.now() - this.began);
    this.timer = window.setTimeout(() => requestAnimationFrame(() => {
      this.timer = 0;
      this.began = performance.now();
      this.paint();
      this.done.port2.postMessage(0);
    }), Math.max(0, waitMs));
  }
}

/** Up to six channels over time: history in buckets with their extremes, live readings appended, late ones put in their place, one axis a unit. */
export class Chart {
  constructor() {
    /** @type {Line[]} */ this.lines = [];
    /** @type {Map<string, Track>} */ this.tracks = new Map();
    this.spanS = 3600; this.endS = Infinity; this.isPaused = false; this.asTable = false;
    /** Time under the cursor, and the line it reads; null = none. @type {number|null} */
    this.cursorS = null;
    this.cursorLine = 0;
    this.plot = byId('plot'); this.table = byId('table'); this.legend = byId('legend');
    /** @type {any} */ this.u = null;
    this.key = ''; this.pending = new AbortController(); this.drawTimer = 0; this.panTimer = 0; this.isWaiting = false; this.laterTimer = 0;
    /** The hub tells this reader nothing now: it is not asked. */
    this.isWithheld = false; this.isTroubled = false;
    /** The fetch under way, ended or not; never fails. */
    this.running = Promise.resolve();
    /** The first history: its question, which the browser asks with the page, or its answer, which came with it, and of which line and span; null = used up. @type {{url: string, answer?: string, of: string, spanS: number}|null} */
    this.first = this.plot.dataset.first ? { url: this.plot.dataset.first, answer: document.getElementById('first-answer')?.textContent ?? undefined, of: this.plot.dataset.firstOf ?? '', spanS: Number(this.plot.dataset.firstSpan) } : null;
    document.getElementById('first-answer')?.remove();
    /** Live readings that came while history was fetched. @type {[string, number, number|null, number][]|null} */
    this.meanwhile = null;
    /** @type {Overlay[]} */ this.overlays = [];
    /** Called with each new span, [from, to] in s. @type {((from: number, to: number) => void)|null} */
    this.onSpan = null;
    /** @type {((isPaused: boolean) => void)|null} */ this.onPause = null;
    /** What else must fit between low and high, of an overlay. @type {((from: number, to: number) => [number, number]|null)|null} */
    this.extra = null;
    /** @type {import('./sound.js').Sound|null} */ this.sound = null;
    /** What else of the page shows live readings is painted with the chart. @type {(() => void)|null} */
    this.onPaint = null;
    this.painter = new Painter(() => { this.draw(); this.onPaint?.(); }, matchMedia('(prefers-reduced-motion: reduce)').matches ? 2000 : 250);
    /** Told by the browser when it changes, so that no picture has to ask for it; null = not yet. @type {number|null} */
    this.widthPx = null;
    this.bind();
    new ResizeObserver(([seen]) => { this.widthPx = Math.round(seen.contentRect.width); this.soon(); }).observe(this.plot);
    dark.addEventListener('change', () => { colours.clear(); this.soon(); });
  }

  bind() {
    for (const button of document.querySelectorAll('[data-span]')) button.addEventListener('click', () => this.show(seconds(button), Infinity));
    for (const button of document.querySelectorAll('[data-do]')) button.addEventListener('click', () => this.act(/** @type {HTMLElement} */ (button).dataset.do ?? ''));
    /** @type {Record<string, string>} */
    const keys = { '+': 'in', '=': 'in', '-': 'out', ' ': 'pause', ArrowLeft: 'left', ArrowRight: 'right', Home: 'home', End: 'end', PageUp: 'up', PageDown: 'down', Escape: 'live' };
    this.plot.addEventListener('keydown', (event) => {
      const what = event.shiftKey ? { ArrowLeft: 'earlier', ArrowRight: 'later' }[event.key] ?? keys[event.key] : keys[event.key];
      if (!what || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      this.act(what);
    });
    this.plot.addEventListener('wheel', (event) => {
      if (!event.ctrlKey && !event.shiftKey) return;
      event.preventDefault();
      const [from, to] = this.range();
      const span = to - from;
      if (event.shiftKey) { this.pan((event.deltaX || event.deltaY) > 0 ? 0.15 * span : -0.15 * span); return; }
      const scale = event.deltaY > 0 ? 1.4 : 1 / 1.4;
      const at = this.u ? this.u.posToVal(event.clientX - this.u.over.getBoundingClientRect().left, 'x') : to;
      this.glide(at - (at - from) * scale, at + (to - at) * scale);
    }, { passive: false });
    this.bindTouch();
  }

  /** One finger pans, two zoom; up and down scroll the page. A mouse zooms by drawing a span, and pans with Shift. */
  bindTouch() {
    /** @type {Map<number, number>} */
    const fingers = new Map();
    /** @type {{from: number, to: number, xs: number[]}|null} */
    let start = null;
    const begin = () => { const [from, to] = this.range(); start = { from, to, xs: [...fingers.values()] }; };
    this.plot.addEventListener('pointerdown', (event) => {
      if (event.pointerType === 'mouse' && !event.shiftKey) return;
      if (!/** @type {Element} */ (event.target).classList.contains('u-over')) return;
      if (event.pointerType === 'mouse') event.stopPropagation();
      fingers.set(event.pointerId, event.clientX);
      begin();
    }, true);
    this.plot.addEventListener('pointermove', (event) => {
      if (!fingers.has(event.pointerId) || !start || !this.u) return;
      fingers.set(event.pointerId, event.clientX);
      const xs = [...fingers.values()];
      const width = this.u.over.clientWidth;
      const span = start.to - start.from;
      if (xs.length === 1) {
        const shift = ((start.xs[0] - xs[0]) / width) * span;
        if (Math.abs(start.xs[0] - xs[0]) > 6) this.glide(start.from + shift, start.to + shift);
        return;
      }
      const scale = Math.max(30, Math.abs(start.xs[0] - start.xs[1])) / Math.max(30, Math.abs(xs[0] - xs[1]));
      const middle = start.from + ((start.xs[0] + start.xs[1]) / 2 - this.u.over.getBoundingClientRect().left) / width * span;
      this.glide(middle - (middle - start.from) * scale, middle + (start.to - middle) * scale);
    });
    for (const end of ['pointerup', 'pointercancel', 'pointerleave']) {
      this.plot.addEventListener(end, (event) => { if (fingers.delete(/** @type {PointerEvent} */ (event).pointerId) && fingers.size) begin(); });
    }
  }

  /** @param {string} what */
  act(what) {
    const [from, to] = this.range();
    const span = to - from;
    switch (what) {
      case 'in': this.show(Math.max(LEAST_SPAN_S, span / 2), this.endS === Infinity ? Infinity : to - span / 4); break;
      case 'out': this.show(span * 2, this.endS === Infinity ? Infinity : to + span / 2); break;
      case 'earlier': this.pan(-span / 2); break;
      case 'later': this.pan(span / 2); break;
      case 'live': this.cursor(null); this.show(this.spanS, Infinity); break;
      case 'pause': this.pause(!this.isPaused); break;
      case 'table': this.asTable = !this.asTable; press('table', this.asTable, this.asTable ? texts.asChart : texts.asTable); this.draw(); break;
      case 'listen': this.listen(); break;
      case 'tell': this.tell(); break;
      default: this.step(what);
    }
  }

  /** Tones: first a sweep over what is drawn, then every reading as it comes; until it is asked to stop. */
  async listen() {
    if (this.sound) { this.sound.stop(); this.sound = null; press('listen', false, texts.listen); return; }
    const { Sound } = await import('./sound.js');
    this.sound = new Sound();
    press('listen', true, texts.quiet);
    say(byId('spoken'), texts.toneMeaning);
    const [from, to] = this.range();
    this.lines.forEach((line, voice) => this.sound?.sweep(voice, this.points(line), from, to, this.tracks.get(line.name)?.gapS ?? Infinity));
  }

  /** What is drawn, in a sentence a line: said where the device has a voice of its own, shown in any case. */
  async tell() {
    const { speak, trend } = await import('./sound.js');
    const told = this.isUntimed() ? `${texts.timeUnknown}.` : this.lines.map((line) => `${line.label}: ${trend(this.points(line), line.unit, line.decimals)}.`).join(' ');
    const isSpoken = await speak(told);
    say(byId('held'), isSpoken ? told : `${told} ${texts.noVoice}`);
  }

  /** The points of a line that are drawn. @param {Line} line @returns {[number, number][]} */
  points(line) {
    const track = this.tracks.get(line.name);
    const [from, to] = this.range();
    /** @type {[number, number][]} */
    const found = [];
    track?.t.forEach((t, i) => { const value = track.v[i]; if (value !== null && t >= from && t <= to) found.push([t, value]); });
    return found;
  }

  /** The tone of one reading among those of its line. @param {string} name @param {number|null} value @param {number} flag */
  sing(name, value, flag) {
    const voice = this.lines.findIndex((line) => line.name === name);
    if (!this.sound || voice < 0 || value === null) return;
    const values = this.points(this.lines[voice]).map(([, v]) => v);
    this.sound.note(voice, value, Math.min(...values), Math.max(...values), flag === 4);
  }

  /** @param {boolean} isPaused */
  pause(isPaused) {
    this.isPaused = isPaused;
    press('pause', isPaused, isPaused ? texts.resume : texts.pause);
    this.onPause?.(isPaused);
    if (isPaused && this.endS === Infinity) this.endS = this.now();
    else if (!isPaused) this.show(this.spanS, Infinity);
  }

  /** The keyboard's cursor: point by point along one line, from line to line, to either end. @param {string} what */
  step(what) {
    if (this.lines.length === 0) return;
    if (what === 'up' || what === 'down') this.cursorLine = (this.cursorLine + (what === 'up' ? this.lines.length - 1 : 1)) % this.lines.length;
    const line = this.lines[Math.min(this.cursorLine, this.lines.length - 1)];
    const track = this.tracks.get(line.name);
    const [from, to] = this.range();
    if (!track) return;
    const seen = track.t.map((t, i) => i).filter((i) => track.v[i] !== null && track.t[i] >= from && track.t[i] <= to);
    const now = this.cursorS === null ? seen.length : seen.findIndex((i) => track.t[i] >= /** @type {number} */ (this.cursorS) - 1e-6);
    const next = { left: now - 1, right: now + 1, home: 0, end: seen.length - 1 }[what] ?? now;
    const i = seen[Math.max(0, Math.min(seen.length - 1, next))];
    if (i === undefined) { say(byId('spoken'), `${line.label}: ${this.isUntimed() ? texts.timeUnknown : texts.noReadings}`); return; }
    this.cursor(track.t[i]);
    this.sing(line.name, track.v[i], 1);
    this.u?.setCursor({ left: this.u.valToPos(track.t[i], 'x'), top: this.u.valToPos(track.v[i], line.unit) }, false);
    say(byId('spoken'), `${line.label}: ${this.text(line, track.v[i])}, ${clockTime(track.t[i], this.now())}`);
  }

  /** @param {number} shiftS */
  pan(shiftS) {
    const [from, to] = this.range();
    this.show(to - from, to + shiftS >= this.now() ? Infinity : to + shiftS);
  }

  /** Moves the picture at once and fetches a moment later. @param {number} from @param {number} to */
  glide(from, to) {
    this.spanS = Math.max(LEAST_SPAN_S, to - from);
    this.endS = to >= this.now() ? Infinity : to;
    this.marks();
    this.soon();
    clearTimeout(this.panTimer);
    this.panTimer = window.setTimeout(() => this.refetch(), 200);
  }

  /** @param {number} spanS Infinity = everything @param {number} endS Infinity = follow */
  show(spanS, endS) {
    this.spanS = spanS; this.endS = endS;
    if (endS === Infinity && this.isPaused) { this.pause(false); return; }
    this.marks();
    return this.refetch();
  }

  /** Which buttons are down. */
  marks() {
    for (const button of document.querySelectorAll('[data-span]')) button.setAttribute('aria-pressed', String(this.endS === Infinity && seconds(button) === this.spanS));
    for (const button of document.querySelectorAll('[data-do="live"]')) /** @type {HTMLElement} */ (button).hidden = this.endS === Infinity;
  }

  /** @param {Line[]} lines */
  setLines(lines) {
    this.lines = lines.slice(0, MOST);
    this.cursorLine = Math.min(this.cursorLine, Math.max(0, this.lines.length - 1));
    this.cursor(null);
    // What the hub has drawn stays until this chart takes its place, and goes at once where it shows something else.
    if (!this.u && namesOf(this.lines) !== this.first?.of) this.plot.replaceChildren();
    this.drawLegend();
    return this.refetch();
  }

  /** Something has changed: where it is drawn it is fetched again, once for all changes of two seconds and after a fetch under way, so that a hub that learns much asks little of a phone. @param {import('./api.js').Changed[]} changed */
  refetchLater(changed) {
    const [from, to] = this.range();
    const isDrawn = changed.some((what) => this.lines.some((line) => line.name === what.channel)
      && (this.spanS === Infinity || (Number(what.endTimeUs ?? 0) / 1e6 >= from - this.spanS / 2 && Number(what.startTimeUs ?? 0) / 1e6 <= to + this.spanS / 2)));
    if (isDrawn && !this.laterTimer) this.laterTimer = window.setTimeout(() => this.running.then(() => this.refetch()), 2000);
  }

  /** @returns {Promise<void>} */
  refetch() { return this.running = this.fetch(); }

  async fetch() {
    this.pending.abort();
    clearTimeout(this.panTimer);
    clearTimeout(this.laterTimer);
    this.laterTimer = 0;
    this.pending = new AbortController();
    if (this.lines.length === 0 || this.isWithheld) { this.tracks.clear(); if (!this.u) this.plot.replaceChildren(); this.draw(); return; }
    const [from, to] = this.spanS === Infinity ? [0, this.endS] : this.range();
    const margin = this.spanS === Infinity ? 0 : (to - from) / 2;
    this.meanwhile = this.meanwhile ?? [];
    try {
      const of = this.lines.map((line) => line.name);
      const first = this.endS === Infinity && this.spanS === this.first?.spanS && namesOf(this.lines) === this.first.of && performance.now() < 20000 ? this.first : null;
      this.first = null;
      const found = first?.answer ? bucketsIn(first.answer, of) : first ? await bucketsAt(first.url, of, this.pending.signal) : await this.history(of, from - margin, this.endS === Infinity ? Infinity : to + margin, margin ? 1.5 : 1);
      this.tracks = new Map(this.lines.map((line) => [line.name, Track.ofBuckets(found.get(line.name) ?? [], line.intervalS, numberOrNull)]));
      /** @type {[string, number, number|null, number][]} */
      const meanwhile = this.meanwhile ?? [];
      this.meanwhile = null;
      for (const [name, t, value, flag] of meanwhile) this.tracks.get(name)?.add(t, value, flag);
      this.onSpan?.(...this.range());
      this.draw();
      this.summarise();
      if (this.isTroubled) say(byId('held'), '');
      this.isTroubled = false;
    } catch (error) {
      if (/** @type {Error} */ (error).name === 'AbortError') return;
      this.isTroubled = true;
      say(byId('held'), /** @type {Error} */ (error).message || texts.reconnecting);
    }
  }

  /** @param {string[]} names @param {number} from @param {number} to Infinity = now @param {number} more as many buckets as fit into the picture, times this */
  history(names, from, to, more) {
    const most = Math.min(1500, Math.max(200, Math.round(this.widthPx || this.plot.clientWidth)));
    return buckets(names, Math.max(0, from) * 1e6, to === Infinity ? Infinity : to * 1e6, Math.round(most * more), this.pending.signal);
  }

  /** One live reading. @param {string} name @param {number} t @param {number|null} value @param {number} flag */
  add(name, t, value, flag) {
    const track = this.tracks.get(name);
    if (this.meanwhile && this.meanwhile.length < 100000) this.meanwhile.push([name, t, value, flag]);
    // Out of sight it is not kept here: the hub has it, and whoever moves there asks for it. So a page that is held for an hour does not grow.
    if (!track || this.isPaused || (this.endS !== Infinity && t > this.endS + this.spanS)) return;
    track.add(t, value, flag);
    if (this.sound) this.sing(name, value, flag);
    this.painter.ask();
  }

  /** Draws with the next frame what somebody has changed. */
  soon() { if (!this.drawTimer) this.drawTimer = requestAnimationFrame(() => { this.drawTimer = 0; this.draw(); }); }

  newest() { return Math.max(0, ...[...this.tracks.values()].map((track) => track.t[track.t.length - 1] ?? 0)); }

  /** The right edge while following: the hub's own now; where it is not known, the newest reading. */
  now() { const now = hubNow(); return Number.isFinite(now) ? Math.max(now, this.newest()) : this.newest() || Date.now() / 1000; }

  /** @returns {[number, number]} */
  range() {
    const to = this.endS === Infinity ? this.now() : this.endS;
    const first = Math.min(to - 60, ...[...this.tracks.values()].map((track) => track.t[0] ?? to));
    return [this.spanS === Infinity ? first : to - this.spanS, to];
  }

  /** Nobody knows the time: what came before has no place on an axis of time; what comes now is drawn in its order, and the clock times are not right. */
  isUntimed() { return this.lines.length > 0 && !this.isWithheld && !Number.isFinite(hubNow()); }

  draw() {
    if (document.hidden) return;
    const isUntimed = this.isUntimed();
    byId('untimed').hidden = !isUntimed;
    this.plot.hidden = this.asTable || this.lines.length === 0 || (isUntimed && this.newest() === 0);
    this.table.hidden = !this.asTable;
    if (this.lines.length === 0) { if (this.u) { this.u.destroy(); this.u = null; this.plot.replaceChildren(); } say(byId('summary'), ''); return; }
    const [from, to] = this.range();
    if (this.endS === Infinity && this.spanS !== Infinity) for (const track of this.tracks.values()) track.cut(from - (to - from));
    if (this.asTable) { this.drawTable(from, to); return; }
    const width = this.widthPx ?? this.plot.clientWidth;
    if (width === 0 || !this.hasDrawer()) { this.readout(); return; }
    const data = this.data(from, to);
    const key = `${this.lines.map((line) => line.name).join()}|${width}|${dark.matches}`;
    if (!this.u || this.key !== key) {
      this.u?.destroy(); this.plot.replaceChildren();
      this.key = key;
      // @ts-ignore uPlot is a plain script
      this.u = new uPlot(this.options(), data, this.plot);
    } else this.u.setData(data, false);
    this.u.batch(() => { this.u.setScale('x', { min: from, max: to }); });
    this.readout();
  }

  /** What draws may come after what asks for the readings; then the picture follows it. */
  hasDrawer() {
    if ('uPlot' in window) return true;
    if (!this.isWaiting) document.querySelector('script[src$="/uplot.js"]')?.addEventListener('load', () => this.draw());
    this.isWaiting = true;
    return false;
  }

  /** Columns on one common time; undefined = nothing of this line at that time, null = a gap. @param {number} from @param {number} to */
  data(from, to) {
    const columns = this.lines.map((line) => this.tracks.get(line.name)?.points(from, to) ?? [[], []]);
    if (columns.length === 1) return columns[0];
    const times = [...new Set(columns.flatMap(([t]) => /** @type {number[]} */ (t)))].sort((a, b) => a - b);
    const places = new Map(times.map((t, i) => [t, i]));
    return [times, ...columns.map(([t, v]) => {
      /** @type {(number|null|undefined)[]} */
      const column = new Array(times.length).fill(undefined);
      t.forEach((time, i) => { column[/** @type {number} */ (places.get(time))] = v[i]; });
      return column;
    })];
  }

  /** Low and high of all lines of a unit in view, with some air; at least a few units of the last digit. @param {string} unit @returns {[number, number]} */
  bounds(unit) {
    const [from, to] = this.range();
    let low = Infinity; let high = -Infinity; let least = 0;
    for (const line of this.lines) {
      if (line.unit !== unit) continue;
      least = Math.max(least, 5 * 10 ** -line.decimals);
      const found = this.tracks.get(line.name)?.bounds(from, to);
      if (found) { low = Math.min(low, found[0]); high = Math.max(high, found[1]); }
    }
    const extra = this.extra?.(from, to);
    if (extra) { low = Math.min(low, extra[0]); high = Math.max(high, extra[1]); }
    if (low > high) return [0, 1];
    // Never so little of a large number that steps on the axis are lost in its last digits: uPlot would look for them for ever.
    const middle = low / 2 + high / 2; const half = Math.max((high / 2 - low / 2) * 1.1, least / 2, Math.abs(middle) * 1e-9);
    return Number.isFinite(4 * half) && Math.abs(middle) < 1e307 ? [middle - half, middle + half] : [-8e307, 8e307];
  }

  options() {
    const ink = css('--soft'); const line = css('--line');
    const font = '13px system-ui, "Noto Sans", sans-serif';
    const axis = { font, stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line } };
    const units = [...new Set(this.lines.map((one) => one.unit))];
    const shown = units.slice(0, this.plot.clientWidth < 600 ? 2 : 4);
    // Beside the drawing half of the longest time must fit, in a wide font: 00:00:00 stands at its edge.
    return {
      width: this.plot.clientWidth, height: this.plot.clientHeight, padding: [10, shown.length > 1 ? 0 : 32, 0, 0], legend: { show: false },
      cursor: { drag: { x: true, y: false, setScale: false }, points: { size: 9 }, y: false, bind: { mousedown: (/** @type {any} */ _, /** @type {any} */ __, /** @type {any} */ go) => (/** @type {MouseEvent} */ e) => { if (!e.shiftKey) go(e); }, dblclick: () => () => this.act('live') } },
      scales: { x: { time: true }, ...Object.fromEntries(units.map((unit) => [unit, { range: () => this.bounds(unit) }])) },
      series: [{}, ...this.lines.map((one, i) => ({ label: one.label, scale: one.unit, stroke: css(`--s${i + 1}`), width: 2, dash: DASHES[i], spanGaps: false, points: { show: one.intervalS === 0 ? true : undefined, size: 5 } }))],
      axes: [{ ...axis, space: (/** @type {any} */ _, /** @type {number} */ __, /** @type {number} */ from, /** @type {number} */ to, /** @type {number} */ px) => (px * 30 > (to - from) * 42 ? 64 : 42), values: (/** @type {any} */ _, /** @type {number[]} */ ticks, /** @type {any} */ __, /** @type {any} */ ___, /** @type {number} */ step) => ticks.map((t, i) => tick(t, step, i)) },
        ...shown.map((unit, i) => this.axis(unit, i, axis))],
      hooks: {
        drawAxes: [(/** @type {any} */ u) => this.drawBands(u)],
        draw: [(/** @type {any} */ u) => { for (const overlay of this.overlays) overlay(u, this, u.ctx); }],
        setCursor: [(/** @type {any} */ u) => { this.cursor(u.cursor.left >= 0 ? u.posToVal(u.cursor.left, 'x') : null); }],
        setSelect: [(/** @type {any} */ u) => this.selected(u)],
      },
    };
  }

  /** @param {string} unit @param {number} i @param {object} axis */
  axis(unit, i, axis) {
    const own = this.lines.map((line, k) => (line.unit === unit ? k : -1)).filter((k) => k >= 0);
    return { ...axis, scale: unit, side: i % 2 === 0 ? 3 : 1, size: roomFor, label: unit || undefined, labelSize: 20, labelFont: '600 13px system-ui, "Noto Sans", sans-serif', labelGap: 0,
      stroke: own.length === 1 ? css(`--s${own[0] + 1}`) : css('--soft'), grid: { show: i === 0, stroke: css('--line'), width: 1 },
      values: (/** @type {any} */ _, /** @type {number[]} */ ticks) => ticks.map((v) => plain(v, 4)) };
  }

  /** @param {any} u */
  selected(u) {
    if (u.select.width <= 8) return;
    const from = u.posToVal(u.select.left, 'x'); const to = u.posToVal(u.select.left + u.select.width, 'x');
    u.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
    this.show(Math.max(LEAST_SPAN_S, to - from), to);
  }

  /** What a mean hides: the extremes of each bucket, and readings left out because they failed a check. @param {any} u */
  drawBands(u) {
    const context = u.ctx; const [from, to] = this.range();
    context.save();
    context.beginPath(); context.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height); context.clip();
    this.lines.forEach((line, k) => {
      const track = this.tracks.get(line.name);
      if (!track) return;
      context.fillStyle = css(`--s${k + 1}`);
      const half = Math.max(0.5, (u.valToPos(track.widthS, 'x', true) - u.valToPos(0, 'x', true)) / 2);
      for (let i = Math.max(0, track.at(from) - 1); i < track.t.length && track.t[i] <= to + track.widthS; i++) {
        const x = u.valToPos(track.t[i], 'x', true);
        if (track.out[i] > 0) { context.globalAlpha = 1; cross(context, x, u.bbox.top + 8 * devicePixelRatio, 3 * devicePixelRatio); }
        const low = track.low[i]; const high = track.high[i];
        if (low === null || high === null || high <= low) continue;
        context.globalAlpha = 0.2;
        const top = u.valToPos(high, line.unit, true);
        context.fillRect(x - half, top, 2 * half, Math.max(1, u.valToPos(low, line.unit, true) - top));
      }
    });
    context.restore();
  }

  /** @param {number|null} s */
  cursor(s) { this.cursorS = s; this.readout(); }

  drawLegend() {
    this.legend.replaceChildren(...this.lines.map((line, i) => element('li', { class: `c${i + 1}` },
      swatch(i), element('a', { href: line.href, class: 'who' }, line.label), ...(line.simulated ? [element('span', { class: 'tag sim' }, texts.simulated)] : []),
      element('b', {}, '–'), element('span', { class: 'when' }))));
    this.readout();
  }

  /** The value under the cursor, else the newest, beside each line's name. */
  readout() {
    const now = this.now();
    this.lines.forEach((line, i) => {
      const row = this.legend.children[i];
      const track = this.tracks.get(line.name);
      const at = track ? track.near(this.cursorS ?? Infinity) : -1;
      const t = at >= 0 && track ? track.t[at] : NaN;
      const isFar = this.cursorS !== null && track && Math.abs(t - this.cursorS) > Math.max(track.gapS === Infinity ? 0 : track.gapS, (this.range()[1] - this.range()[0]) / 50);
      const has = track && at >= 0 && !isFar;
      say(row?.querySelector('b'), has ? this.text(line, track.v[at]) : '–');
      const sigma = track?.sigmaS && track.sigmaS > 1 ? ` ± ${duration(track.sigmaS)}` : '';
      say(row?.querySelector('.when'), this.isUntimed() ? '' : has ? `${clockTime(t, now)}${sigma}${track.out[at] ? ` · ${fill(texts.leftOut, String(track.out[at]))}` : ''}` : texts.noReadings);
    });
  }

  /** @param {Line} line @param {number|null|undefined} value */
  text(line, value) { return value === null || value === undefined ? '–' : `${number(value, line.decimals)} ${line.unit}`; }

  /** What the picture says, in words: after each change of what is shown, never by itself. */
  summarise() {
    const [from, to] = this.range();
    // Said above the picture then.
    say(byId('summary'), this.isUntimed() ? '' : this.lines.map((line) => {
      const track = this.tracks.get(line.name);
      const values = /** @type {number[]} */ (track ? track.v.slice(track.at(from), track.at(to)).filter((v) => v !== null) : []);
      const bounds = track?.bounds(from, to);
      if (values.length === 0 || !bounds) return `${line.label}: ${texts.noReadings}.`;
      const quarter = Math.ceil(values.length / 4);
      const change = mean(values.slice(-quarter)) - mean(values.slice(0, quarter));
      const trend = Math.abs(change) < Math.max(0.1 * (bounds[1] - bounds[0]), 10 ** -line.decimals) ? texts.steady : change > 0 ? texts.rising : texts.falling;
      return `${line.label}: ${fill(texts.fromTo, number(bounds[0], line.decimals), this.text(line, bounds[1]))}, ${trend}.`;
    }).join(' '));
  }

  /** @param {number} from @param {number} to */
  drawTable(from, to) {
    const rows = [...new Set(this.lines.flatMap((line) => (this.tracks.get(line.name)?.t ?? []).filter((t) => t >= from && t <= to)))].sort((a, b) => b - a).slice(0, 200);
    const table = /** @type {HTMLTableElement} */ (element('table', {}, element('caption', { class: 'sr' }, texts.chart)));
    table.createTHead().insertRow().append(element('th', { scope: 'col' }, texts.time), ...this.lines.map((line) => element('th', { scope: 'col' }, line.label)));
    const body = table.createTBody();
    for (const t of rows) {
      body.insertRow().append(element('th', { scope: 'row' }, new Date(t * 1000).toLocaleString(locale)), ...this.lines.map((line) => {
        const track = this.tracks.get(line.name); const i = track?.at(t - 1e-6) ?? -1;
        return element('td', {}, track && Math.abs(track.t[i] - t) < 1e-5 ? this.text(line, track.v[i]) : '');
      }));
    }
    this.table.replaceChildren(table);
  }
}

/** Line's colour and dash, as in the picture. @param {number} i */
function swatch(i) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 34 10'); svg.setAttribute('aria-hidden', 'true'); svg.setAttribute('class', 'swatch');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', 'M1 5H33'); path.setAttribute('stroke-dasharray', DASHES[i].join(' '));
  svg.append(path);
  return svg;
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} r */
function cross(context, x, y, r) {
  context.strokeStyle = css('--bad'); context.lineWidth = 2 * devicePixelRatio;
  context.beginPath(); context.moveTo(x - r, y - r); context.lineTo(x + r, y + r); context.moveTo(x + r, y - r); context.lineTo(x - r, y + r); context.stroke();
}

/** Time on the axis; the day where it changes. @param {number} t @param {number} step @param {number} i */
function tick(t, step, i) {
  const at = new Date(t * 1000);
  if (step >= 86400) return dayText(at);
  const time = clockText(at, step < 60);
  return i === 0 || (at.getHours() === 0 && at.getMinutes() === 0 && at.getSeconds() === 0) ? `${time}\n${dayText(at)}` : time;
}

/** @param {Element} button */
function seconds(button) { return Number(/** @type {HTMLElement} */ (button).dataset.span) * 60 || Infinity; }

/** @param {string} what @param {boolean} on @param {string} label */
function press(what, on, label) {
  for (const button of document.querySelectorAll(`[data-do="${what}"]`)) { button.setAttribute('aria-pressed', String(on)); say(button, label); }
}

/** Room beside an axis for its longest number, px. @param {any} _ @param {string[]|null} values */
export function roomFor(_, values) { return Math.max(46, 17 + 7.5 * Math.max(0, ...(values ?? []).map((value) => value.length))); }

/** Asking the style sheet makes the browser work out the page's styles: once a colour, until light and dark change. @type {Map<string, string>} */
const colours = new Map();

/** A colour of the style sheet. @param {string} name */
export function css(name) {
  const known = colours.get(name) || getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  colours.set(name, known);
  return known;
}

/** @param {Line[]} lines */
function namesOf(lines) { return lines.map((line) => line.name).join(); }

/** @param {number[]} values */
function mean(values) { return values.reduce((sum, v) => sum + v, 0) / values.length; }
