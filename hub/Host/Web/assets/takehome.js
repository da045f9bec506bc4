// The graph inside the file a student takes home. No hub, no network, no library; runs in any browser of 2020 and later.
// @ts-check
(function () {
  'use strict';
  const byId = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
  /** @type {{lines: {label: string, unit: string, decimals: number}[], runs: any[], samples: any[], curves: any[], notes: any[]}} */
  const data = JSON.parse(byId('data').textContent);
  const locale = document.documentElement.lang === 'vi' ? 'vi-VN' : 'en-GB';
  const COLOURS = ['#0a5f88', '#a8390f', '#5a3ea8', '#1a6b38', '#a3166b', '#5c4a00'];
  const LIGHT = ['#6cc8ee', '#ffab8a', '#c6b6ff', '#8fdfae', '#ff9fd2', '#e6cf7a'];
  const DASHES = [[], [10, 4], [2, 3], [12, 3, 2, 3], [6, 6], [1, 5]];
  const canvas = byId('graph');
  const context = canvas.getContext('2d');
  const dark = matchMedia('(prefers-color-scheme: dark)');

  // The name stays on this device: kept by the browser where it can, else only on the screen.
  const name = byId('name');
  try { name.value = localStorage.getItem('stemlab-name') || ''; } catch (_) { /* a file may have no storage */ }
  name.addEventListener('input', () => { try { localStorage.setItem('stemlab-name', name.value); } catch (_) { /* on the screen then */ } });

  /** Curves to draw: of one run and one line, points in ms. */
  const curves = data.runs.flatMap((run, r) => {
    /** @type {Map<number, {run: number, line: number, x: number[], y: (number|null)[], lo: (number|null)[], hi: (number|null)[], w: number}>} */
    const found = new Map();
    for (const block of run.series) {
      /** @type {{run: number, line: number, x: number[], y: (number|null)[], lo: (number|null)[], hi: (number|null)[], w: number}} */
      const curve = found.get(block.line) || { run: r, line: block.line, x: [], y: [], lo: [], hi: [], w: block.w };
      found.set(block.line, curve);
      let at = 0;
      block.i.forEach((/** @type {number} */ step, /** @type {number} */ k) => {
        at += step;
        curve.x.push(block.t + (at + 0.5) * block.w); curve.y.push(block.m[k]);
        curve.lo.push(block.lo ? block.lo[k] : block.m[k]); curve.hi.push(block.hi ? block.hi[k] : block.m[k]);
      });
    }
    return Array.from(found.values());
  });
  /** Longest way between neighbours that is no gap, ms: a slow probe measures more seldom than a block is wide. @param {{x: number[], w: number}} curve */
  function reach(curve) {
    const ways = curve.x.slice(1).map((x, i) => x - curve.x[i]).sort((a, b) => a - b);
    return 3.5 * Math.max(curve.w, 1000, ways[Math.floor(ways.length / 2)] || 0);
  }
  /** @type {Set<string>} */
  const hidden = new Set();
  let isCommon = false;
  let from = 0; let to = 1;
  /** @type {number|null} */
  let cursor = null;
  const shift = (/** @type {number} */ run) => (isCommon ? data.runs[run].start : 0);
  const shown = () => curves.filter((curve) => !hidden.has(`${curve.run}/${curve.line}`));

  function all() {
    let low = Infinity; let high = -Infinity;
    for (const curve of shown()) {
      const off = shift(curve.run);
      if (curve.x.length) { low = Math.min(low, curve.x[0] - off); high = Math.max(high, curve.x[curve.x.length - 1] - off); }
    }
    if (!(low <= high)) { low = data.runs.length ? data.runs[0].start : 0; high = low + 60000; }
    const air = Math.max((high - low) * 0.02, 500);
    from = low - air; to = high + air;
    draw();
  }

  /** @param {number} v @param {number} decimals */
  const text = (v, decimals) => v.toLocaleString(locale, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  /** @param {number} ms */
  function clock(ms) {
    if (!isCommon) return new Date(ms).toLocaleTimeString(locale);
    const s = Math.round(ms / 1000);
    return `${s < 0 ? '−' : ''}${Math.floor(Math.abs(s) / 60)}:${String(Math.abs(s) % 60).padStart(2, '0')}`;
  }
  /** A round step that gives about n of them. @param {number} span @param {number} n */
  function step(span, n) {
    const rough = span / n; const power = Math.pow(10, Math.floor(Math.log10(rough)));
    return [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough) || rough;
  }
  /** @param {number} span @param {number} n */
  function timeStep(span, n) {
    return [100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 9e5, 18e5, 36e5, 72e5, 108e5, 216e5, 432e5, 864e5].find((s) => s >= span / n) || 864e5;
  }

  /** Units in view, each with its low and high. */
  function scales() {
    /** @type {Map<string, [number, number]>} */
    const found = new Map();
    /** @param {number} line @param {number} low @param {number} high */
    const take = (line, low, high) => {
      const unit = data.lines[line].unit; const known = found.get(unit);
      found.set(unit, known ? [Math.min(known[0], low), Math.max(known[1], high)] : [low, high]);
    };
    for (const curve of shown()) {
      const off = shift(curve.run);
      for (let i = 0; i < curve.x.length; i++) {
        const low = curve.lo[i]; const high = curve.hi[i];
        if (curve.x[i] - off >= from && curve.x[i] - off <= to && low !== null && high !== null) take(curve.line, low, high);
      }
    }
    for (const curve of data.curves) if (curve.line >= 0) for (let i = 1; i < curve.xy.length; i += 2) take(curve.line, curve.xy[i], curve.xy[i]);
    found.forEach((bounds, unit) => { const air = bounds[1] > bounds[0] ? Math.max((bounds[1] - bounds[0]) * 0.08, Math.abs(bounds[0]) * 1e-9) : Math.abs(bounds[0]) * 0.01 || 1; found.set(unit, [bounds[0] - air, bounds[1] + air]); });
    return found;
  }

  function draw() {
    const ratio = window.devicePixelRatio || 1;
    const width = canvas.clientWidth; const height = canvas.clientHeight;
    if (canvas.width !== Math.round(width * ratio)) { canvas.width = Math.round(width * ratio); canvas.height = Math.round(height * ratio); }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    const style = getComputedStyle(document.documentElement);
    const soft = style.getPropertyValue('--soft').trim(); const grid = style.getPropertyValue('--line').trim();
    const found = scales(); const units = Array.from(found.keys()); const colours = dark.matches ? LIGHT : COLOURS;
    const left = 56; const right = units.length > 1 ? 56 : 12; const top = 22; const bottom = 26;
    const X = (/** @type {number} */ ms) => left + (ms - from) / (to - from) * (width - left - right);
    const Y = (/** @type {string} */ unit, /** @type {number} */ v) => { const b = found.get(unit) || [0, 1]; return height - bottom - (v - b[0]) / (b[1] - b[0]) * (height - top - bottom); };
    context.font = '13px system-ui, sans-serif'; context.lineWidth = 1; context.fillStyle = soft; context.strokeStyle = grid;
    const dt = timeStep(to - from, Math.max(2, width / 110));
    const zone = isCommon ? 0 : new Date(from).getTimezoneOffset() * 60000;
    context.textAlign = 'center';
    for (let t = Math.ceil((from - zone) / dt) * dt + zone; t <= to; t += dt) { line(X(t), top, X(t), height - bottom); context.fillText(clock(t), X(t), height - 8); }
    units.slice(0, 2).forEach((unit, k) => {
      const b = found.get(unit) || [0, 1]; const dy = step(b[1] - b[0], 5); const digits = Math.max(0, -Math.floor(Math.log10(dy) + 1e-9));
      context.textAlign = k ? 'left' : 'right';
      for (let v = Math.ceil(b[0] / dy) * dy; v <= b[1]; v += dy) { if (!k) line(left, Y(unit, v), width - right, Y(unit, v)); context.fillText(text(v, Math.min(digits, 6)), k ? width - right + 6 : left - 6, Y(unit, v) + 4); }
      context.fillText(unit, k ? width - right + 6 : left - 6, 14);
    });
    context.save();
    context.beginPath(); context.rect(left, top, width - left - right, height - top - bottom); context.clip();
    for (const note of data.notes) {
      if (isCommon) break;
      context.fillStyle = soft; context.globalAlpha = 0.15; context.fillRect(X(note.t), top, Math.max(2, X(note.e) - X(note.t)), height); context.globalAlpha = 1;
      const said = note.text.slice(0, 40);
      context.textAlign = 'left'; context.fillText(said, Math.max(left + 3, Math.min(X(note.t) + 3, width - right - 3 - context.measureText(said).width)), top + 14);
    }
    for (const curve of shown()) {
      const off = shift(curve.run); const unit = data.lines[curve.line].unit; const colour = colours[curve.line % colours.length];
      context.fillStyle = colour; context.strokeStyle = colour;
      context.globalAlpha = 0.2;
      const half = Math.max(0.5, curve.w / 2 / (to - from) * (width - left - right));
      for (let i = 0; i < curve.x.length; i++) { const low = curve.lo[i]; const high = curve.hi[i]; if (low !== null && high !== null && high > low) context.fillRect(X(curve.x[i] - off) - half, Y(unit, high), 2 * half, Math.max(1, Y(unit, low) - Y(unit, high))); }
      context.globalAlpha = 1; context.lineWidth = 2; context.lineCap = 'round'; context.setLineDash(DASHES[curve.run % DASHES.length]);
      context.beginPath();
      let before = -Infinity; let isDown = false;
      const most = reach(curve);
      for (let i = 0; i < curve.x.length; i++) {
        const v = curve.y[i]; const x = curve.x[i] - off;
        if (v === null) { isDown = false; continue; }
        // One that stands alone is a dot.
        if (!isDown || x - before > most) context.moveTo(X(x), Y(unit, v));
        context.lineTo(X(x), Y(unit, v));
        isDown = true; before = x;
      }
      context.stroke(); context.setLineDash([]); context.lineCap = 'butt';
    }
    for (const curve of data.curves) {
      if (curve.line < 0 || !data.runs.length) continue;
      context.strokeStyle = soft; context.lineWidth = 3; context.setLineDash([6, 5]); context.beginPath();
      for (let i = 0; i < curve.xy.length; i += 2) context.lineTo(X((isCommon ? 0 : data.runs[0].start) + curve.xy[i] * 1000), Y(data.lines[curve.line].unit, curve.xy[i + 1]));
      context.stroke(); context.setLineDash([]);
    }
    for (const sample of data.samples) {
      if (sample.line < 0 || isCommon) continue;
      const unit = data.lines[sample.line].unit; const x = X(sample.t);
      context.strokeStyle = colours[sample.line % colours.length]; context.fillStyle = context.strokeStyle; context.lineWidth = 2;
      line(x, Y(unit, sample.v - sample.sd), x, Y(unit, sample.v + sample.sd));
      context.beginPath(); context.arc(x, Y(unit, sample.v), 5, 0, 7); context.fill();
    }
    if (cursor !== null) { context.strokeStyle = soft; context.lineWidth = 1; line(X(cursor), top, X(cursor), height); }
    context.restore();
    read();
  }
  /** @param {number} x1 @param {number} y1 @param {number} x2 @param {number} y2 */
  function line(x1, y1, x2, y2) { context.beginPath(); context.moveTo(x1, y1); context.lineTo(x2, y2); context.stroke(); }

  /** The values under the cursor, in words. */
  function read() {
    if (cursor === null) { byId('read').textContent = ''; return; }
    const at = cursor;
    byId('read').textContent = `${clock(at)}: ` + shown().map((curve) => {
      const off = shift(curve.run);
      let best = -1;
      curve.x.forEach((x, i) => { if (curve.y[i] !== null && (best < 0 || Math.abs(x - off - at) < Math.abs(curve.x[best] - off - at))) best = i; });
      const what = data.lines[curve.line];
      return best < 0 || Math.abs(curve.x[best] - off - at) > (to - from) / 40 ? '' : `${what.label} ${text(/** @type {number} */ (curve.y[best]), what.decimals)} ${what.unit}`;
    }).filter((part) => part).join(' · ');
  }

  /** @param {number} by part of the span */
  function pan(by) { const d = (to - from) * by; from += d; to += d; draw(); }
  /** @param {number} by @param {number} [at] */
  function zoom(by, at) {
    const middle = at === undefined ? (from + to) / 2 : at;
    if ((to - from) * by < 500 || (to - from) * by > 4e11) return;
    from = middle - (middle - from) * by; to = middle + (to - middle) * by; draw();
  }
  /** @type {Record<string, () => void>} */
  const acts = { left: () => pan(-0.25), right: () => pan(0.25), in: () => zoom(0.5), out: () => zoom(2), all, print: () => window.print() };
  document.querySelectorAll('[data-do]').forEach((button) => button.addEventListener('click', () => acts[/** @type {HTMLElement} */ (button).dataset.do || 'all']()));
  /** @type {Record<string, string>} */
  const keys = { ArrowLeft: 'left', ArrowRight: 'right', '+': 'in', '=': 'in', '-': 'out', Home: 'all' };
  canvas.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => { if (keys[event.key]) { event.preventDefault(); acts[keys[event.key]](); } });
  const where = (/** @type {number} */ clientX) => { const box = canvas.getBoundingClientRect(); return from + (clientX - box.left - 56) / (box.width - 56 - 12) * (to - from); };
  canvas.addEventListener('wheel', (/** @type {WheelEvent} */ event) => { if (!event.ctrlKey && !event.shiftKey) return; event.preventDefault(); zoom(event.deltaY > 0 ? 1.25 : 0.8, where(event.clientX)); }, { passive: false });
  /** @type {Map<number, number>} */
  const fingers = new Map();
  /** @type {{from: number, to: number, xs: number[]}|null} */
  let start = null;
  const begin = () => { start = { from, to, xs: Array.from(fingers.values()) }; };
  canvas.addEventListener('pointerdown', (/** @type {PointerEvent} */ event) => { fingers.set(event.pointerId, event.clientX); canvas.setPointerCapture(event.pointerId); begin(); });
  canvas.addEventListener('pointermove', (/** @type {PointerEvent} */ event) => {
    if (!fingers.has(event.pointerId) || !start) { cursor = where(event.clientX); draw(); return; }
    fingers.set(event.pointerId, event.clientX);
    const xs = Array.from(fingers.values()); const span = start.to - start.from; const width = canvas.clientWidth - 68;
    if (xs.length === 1) { const d = (start.xs[0] - xs[0]) / width * span; from = start.from + d; to = start.to + d; } else {
      const by = Math.max(30, Math.abs(start.xs[0] - start.xs[1])) / Math.max(30, Math.abs(xs[0] - xs[1])); const middle = (start.from + start.to) / 2;
      from = middle - span / 2 * by; to = middle + span / 2 * by;
    }
    draw();
  });
  ['pointerup', 'pointercancel'].forEach((end) => canvas.addEventListener(end, (/** @type {PointerEvent} */ event) => {
    if (start && fingers.size === 1 && Math.abs(start.xs[0] - event.clientX) < 4) cursor = where(event.clientX);
    fingers.delete(event.pointerId); if (fingers.size) begin(); draw();
  }));

  curves.forEach((curve) => {
    const key = `${curve.run}/${curve.line}`;
    const button = document.createElement('button');
    button.type = 'button'; button.setAttribute('aria-pressed', 'true');
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg'); svg.setAttribute('viewBox', '0 0 34 10'); svg.setAttribute('aria-hidden', 'true');
    const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    path.setAttribute('d', 'M1 5H33'); path.setAttribute('stroke', (dark.matches ? LIGHT : COLOURS)[curve.line % 6]); path.setAttribute('stroke-width', '3'); path.setAttribute('stroke-dasharray', DASHES[curve.run % 6].join(' '));
    svg.append(path);
    button.append(svg, data.lines[curve.line].label + (data.runs.length > 1 ? ` · ${data.runs[curve.run].title || curve.run + 1}` : ''));
    button.addEventListener('click', () => { const off = hidden.delete(key); if (!off) hidden.add(key); button.setAttribute('aria-pressed', String(off)); draw(); });
    const item = document.createElement('li'); item.append(button); byId('legend').append(item);
  });
  const common = document.getElementById('common');
  if (common) common.addEventListener('change', () => { isCommon = /** @type {HTMLInputElement} */ (common).checked; cursor = null; all(); });
  window.addEventListener('resize', draw);
  dark.addEventListener('change', draw);
  all();
})();
