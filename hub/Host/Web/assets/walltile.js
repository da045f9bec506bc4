// @ts-check
// One group on the wall: mascot, value, sparkline, and how it fares in words and shape.
import { ago, duration, element, fill, number, say, sentence, texts } from './words.js';

const SPAN_S = 120;
const MOST = 240;
const SVG = 'http://www.w3.org/2000/svg';

/** Shape and words of a state: told apart without colour. */
const STATES = /** @type {Record<string, [string, string, string]>} */ ({
  GROUP_STATE_NO_CHANNEL: ['none', '∅', 'stateNoChannel'],
  GROUP_STATE_COLLECTING: ['good', '●', 'stateCollecting'],
  GROUP_STATE_LATE: ['late', '◐', 'stateLate'],
  GROUP_STATE_SILENT: ['silent', '○', 'stateSilent'],
  GROUP_STATE_SUSPECT: ['suspect', '▲', 'stateSuspect'],
});
/** The same where no run is on: the probe measures, the class does not. @type {[string, string, string]} */
const READY = ['good', '●', 'stateReady'];
/** @type {[string, string, string]} */
const REPLAY = ['good', '↻', 'stateReplay'];
/** @type {[string, string, string]} */
const OVER = ['over', '✓', 'phaseEnded'];

export class Tile {
  /** @param {string} key @param {string} picture @param {() => void} onSpot @param {() => void} onOpen */
  constructor(key, picture, onSpot, onOpen) {
    this.key = key;
    /** @type {import('./classstream.js').ClassGroup} */ this.group = { key, name: {} };
    /** @type {Map<string, {t: number, v: number|null, at: number, flag: number}[]>} */ this.points = new Map();
    /** @type {import('./classstream.js').ClassChannel|undefined} */ this.channel = undefined;
    this.hidden = false;
    this.isFrozen = false;
    this.isOver = false;
    this.isDirty = true;
    this.spanS = SPAN_S;
    this.scaled = '';
    const mascot = document.createElementNS(SVG, 'svg');
    mascot.setAttribute('class', 'mascot');
    mascot.setAttribute('aria-hidden', 'true');
    const use = document.createElementNS(SVG, 'use');
    use.setAttribute('href', picture);
    mascot.append(use);
    this.name = element('h2', {});
    this.state = element('p', { class: 'state' });
    this.value = element('b', {});
    this.unit = element('i', {});
    this.age = element('span', { class: 'age' });
    this.what = element('p', { class: 'what' });
    this.people = element('p', { class: 'hint people' });
    this.run = element('p', { class: 'hint run' });
    this.spark = document.createElementNS(SVG, 'svg');
    this.spark.setAttribute('class', 'sparkline');
    this.spark.setAttribute('viewBox', '0 0 100 30');
    this.spark.setAttribute('preserveAspectRatio', 'none');
    this.spark.setAttribute('role', 'img');
    this.line = document.createElementNS(SVG, 'path');
    this.spark.append(this.line);
    this.range = element('p', { class: 'hint range' });
    const more = element('button', { type: 'button', class: 'more' }, '⋯');
    more.addEventListener('click', onOpen);
    this.spot = element('button', { type: 'button', class: 'spot-button', 'aria-pressed': 'false' }, '✦');
    this.spot.addEventListener('click', onSpot);
    this.more = more;
    this.node = element('section', { class: 'tile', 'data-group': key }, element('div', { class: 'tile-head' }, mascot, this.name, this.spot, more), this.state, this.what,
      element('p', { class: 'now' }, this.value, ' ', this.unit, ' ', this.age), this.spark, this.range, this.run, this.people);
  }

  /** @param {string} channel */
  has(channel) { return (this.group.channels ?? []).some((one) => one.name === channel); }

  /** @param {string} channel @param {import('./api.js').Reading} reading @param {number} ageS how old it is by the hub's clock */
  add(channel, reading, ageS) {
    const points = this.points.get(channel) ?? [];
    this.points.set(channel, points);
    const isOut = reading.flag === 4 || reading.flag === 9;
    const point = { t: reading.t, v: isOut ? null : reading.value, at: performance.now() - ageS * 1000, flag: reading.flag };
    // Late readings go to their place; they never replace a newer value.
    let i = points.length;
    while (i > 0 && points[i - 1].t > point.t) i--;
    points.splice(i, 0, point);
    const first = points[points.length - 1].t - this.spanS;
    while (points.length > MOST * 4 || (points.length && points[0].t < first)) points.shift();
    this.isDirty = true;
  }

  /** What was played is forgotten: it begins anew. */
  restart() { this.points.clear(); this.isDirty = true; }

  /** @param {import('./classstream.js').ClassGroup} group @param {string} property @param {{isPlayed: boolean, hidden: boolean, isSpot: boolean, isFrozen: boolean, hasAlert: boolean, predicts: boolean, isOver: boolean}} how */
  set(group, property, how) {
    this.group = group;
    this.channel = (group.channels ?? []).find((one) => (one.observedProperty ?? one.name) === property) ?? (group.channels ?? [])[0];
    // A recording is seen whole.
    this.spanS = how.isPlayed && group.run ? Math.max(1, (Number(group.run.endTimeUs) - Number(group.run.startTimeUs)) / 1e6) : SPAN_S;
    this.hidden = how.hidden;
    this.isFrozen = how.isFrozen;
    this.isDirty = true;
    const name = sentence(group.name);
    say(this.name, name);
    if (!this.spark.hasAttribute('aria-label')) this.spark.setAttribute('aria-label', name);
    this.more.setAttribute('aria-label', `${texts.seatsOf}, ${texts.channelsOf}: ${name}`);
    this.spot.setAttribute('aria-label', `${how.isSpot ? texts.spotlightOff : texts.spotlight}: ${name}`);
    this.spot.setAttribute('aria-pressed', String(how.isSpot));
    this.node.classList.toggle('is-spot', how.isSpot);
    this.node.classList.toggle('alarmed', how.hasAlert);
    this.isOver = how.isOver;
    say(this.what, this.channel ? `${sentence(this.channel.property)}${this.channel.simulated ? ` (${texts.simulated})` : ''} · ${sentence(this.channel.placeName)}` : '–');
    const people = fill(texts.people, String(group.seatCount ?? 0));
    say(this.people, how.predicts ? `${people} · ${fill(texts.predicted, String(group.predictionCount ?? 0), String(group.seatCount ?? 0))}` : people);
  }

  /** Lowest and highest value drawn; null where there is none, or values are hidden. @returns {[number, number]|null} */
  extent() {
    const values = this.hidden || !this.channel ? [] : (this.points.get(this.channel.name) ?? []).flatMap((point) => (point.v === null ? [] : [point.v]));
    return values.length ? [Math.min(...values), Math.max(...values)] : null;
  }

  /** Once or twice a second: age, countdown, and the line where something came. @param {(us: string|number|undefined) => number} secondsTo @param {boolean} isReplay @param {[number, number]|null} scale of all tiles; null = its own */
  tick(secondsTo, isReplay, scale) {
    const run = this.group.run;
    const count = (this.group.runs ?? []).length;
    const isRunning = !!run && secondsTo(run.startUs) <= 0 && !(run.endUs !== undefined && secondsTo(run.endUs) <= 0);
    const mark = run?.purpose === 'RUN_PURPOSE_PRACTICE' ? `✐ ${texts.practiceMark} · ` : '';
    const armed = this.group.armed;
    if (isReplay) say(this.run, '');
    else if (armed) {
      const of = (this.group.channels ?? []).find((one) => one.name === armed.channel);
      say(this.run, fill(texts.waitsFor, `${of ? sentence(of.property) : ''} ${number(Number(armed.level ?? 0), 2)} ${of?.unitSymbol ?? ''}`.trim()));
    } else if (!run) say(this.run, texts.notRun);
    else if (secondsTo(run.startUs) > 0) say(this.run, mark + fill(texts.startsIn, String(Math.ceil(secondsTo(run.startUs)))));
    else if (isRunning) say(this.run, mark + fill(texts.runsSince, duration(-secondsTo(run.startUs))));
    else say(this.run, mark + fill(texts.runDone, String(count)));
    this.sayState(isRunning, isReplay);
    // What is hidden is hidden, also where the picture is held.
    if (this.isFrozen && !this.hidden && !['', '?'].includes(this.value.textContent ?? '')) return;
    const points = (this.channel && this.points.get(this.channel.name)) ?? [];
    const newest = points[points.length - 1];
    if (this.hidden) {
      say(this.value, '?');
      say(this.unit, '');
      say(this.age, texts.hidden);
      this.line.setAttribute('d', '');
      say(this.range, '');
      this.isDirty = true;
      return;
    }
    say(this.age, newest && !isReplay ? ago((performance.now() - newest.at) / 1000) : '');
    const scaled = String(scale);
    if (!this.isDirty && scaled === this.scaled) return;
    this.isDirty = false;
    this.scaled = scaled;
    const decimals = this.channel?.displayDecimals ?? 2;
    const valued = points.filter((point) => point.v !== null);
    say(this.value, newest ? number(newest.v, decimals) : '–');
    say(this.unit, this.channel?.unitSymbol ?? '');
    this.draw(valued, decimals, scale);
  }

  /** After the bell nobody looks at probes any more; between runs a probe that works is ready, not collecting. @param {boolean} isRunning @param {boolean} isReplay */
  sayState(isRunning, isReplay) {
    const told = STATES[this.group.state ?? ''] ?? STATES.GROUP_STATE_SILENT;
    const [kind, shape, words] = this.isOver ? OVER : isReplay ? REPLAY : told === STATES.GROUP_STATE_COLLECTING && !isRunning ? READY : told;
    this.state.className = `state ${kind}`;
    this.node.classList.toggle('quiet', kind === 'silent' || kind === 'none');
    this.node.classList.toggle('doubted', kind === 'suspect');
    say(this.state, `${shape} ${texts[words]}`);
  }

  /** @param {{t: number, v: number|null}[]} points @param {number} decimals @param {[number, number]|null} scale */
  draw(points, decimals, scale) {
    if (points.length < 2) { this.line.setAttribute('d', ''); say(this.range, ''); return; }
    const end = points[points.length - 1].t;
    const values = points.map((point) => /** @type {number} */ (point.v));
    const low = Math.min(...values);
    const high = Math.max(...values);
    const [bottom, top] = scale ?? [low, high];
    const span = Math.max(top - bottom, 10 ** -decimals * 4);
    const middle = (bottom + top) / 2;
    const gapS = Math.max(3.5 * Number(this.channel?.intervalUs ?? 0) / 1e6, 5);
    const skip = Math.max(1, Math.floor(points.length / MOST));
    let path = '';
    let before = -Infinity;
    for (let i = points.length - 1 - (Math.floor((points.length - 1) / skip) * skip); i < points.length; i += skip) {
      const x = 100 - ((end - points[i].t) / this.spanS) * 100;
      const y = 15 - ((values[i] - middle) / span) * 26;
      path += `${points[i].t - before > gapS * skip ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
      before = points[i].t;
    }
    this.line.setAttribute('d', path);
    const told = `${number(low, decimals)} – ${number(high, decimals)} ${this.channel?.unitSymbol ?? ''}`;
    say(this.range, told);
    this.spark.setAttribute('aria-label', told);
  }
}
