// @ts-check

/** The points of one line in the order of time: history in buckets, live readings put where they belong, however late they come. */
export class Track {
  /** @param {number} widthS width of a bucket; 0 = every reading is a point @param {number} intervalS declared interval; 0 = irregular */
  constructor(widthS, intervalS) {
    this.widthS = widthS;
    // Beyond this distance the line is broken: nothing was measured in between. An irregular channel has no such distance; its points are shown.
    this.gapS = intervalS > 0 ? Math.max(1.6 * widthS, 3.5 * intervalS) : Infinity;
    /** @type {number[]} */ this.t = [];
    /** @type {(number|null)[]} */ this.v = [];
    /** @type {(number|null)[]} */ this.low = [];
    /** @type {(number|null)[]} */ this.high = [];
    /** Readings in the mean. @type {number[]} */
    this.n = [];
    /** Readings left out because they failed a check. @type {number[]} */
    this.out = [];
    /** @type {number|null} */ this.sigmaS = null;
  }

  /** @param {import('./api.js').BucketBlock[]} blocks @param {number} intervalS @param {(value: number|string) => number|null} read */
  static ofBuckets(blocks, intervalS, read) {
    const track = new Track(blocks.length ? Number(blocks[0].widthUs) / 1e6 : 0, intervalS);
    for (const block of blocks) {
      const width = Number(block.widthUs);
      const start = Number(block.startTimeUs);
      if (Number(block.sigmaUs) >= 0) track.sigmaS = Math.max(track.sigmaS ?? 0, Number(block.sigmaUs) / 1e6);
      block.index.forEach((bucket, i) => {
        track.t.push((start + (bucket + 0.5) * width) / 1e6);
        track.v.push(read(block.mean[i])); track.low.push(read(block.min[i])); track.high.push(read(block.max[i]));
        track.n.push(Number(block.count[i]) - Number(block.excluded[i] ?? 0)); track.out.push(Number(block.excluded[i] ?? 0));
      });
    }
    return track;
  }

  /** First index at or after a time. @param {number} t */
  at(t) {
    let low = 0; let high = this.t.length;
    while (low < high) { const mid = (low + high) >> 1; if (this.t[mid] < t) low = mid + 1; else high = mid; }
    return low;
  }

  /** One reading, new or late. @param {number} t @param {number|null} value @param {number} flag */
  add(t, value, flag) {
    const isOut = flag === 4 || flag === 9 || value === null;
    const place = this.widthS > 0 ? (Math.floor(t / this.widthS) + 0.5) * this.widthS : t;
    let i = this.at(place - 1e-7);
    if (i >= this.t.length || Math.abs(this.t[i] - place) > 1e-6) {
      this.t.splice(i, 0, place);
      for (const column of [this.v, this.low, this.high]) column.splice(i, 0, null);
      this.n.splice(i, 0, 0); this.out.splice(i, 0, 0);
    }
    if (isOut) { if (flag === 4) this.out[i]++; return; }
    const known = this.widthS > 0 ? this.n[i] : 0;
    this.v[i] = ((this.v[i] ?? 0) * known + value) / (known + 1);
    this.low[i] = known ? Math.min(this.low[i] ?? value, value) : value;
    this.high[i] = known ? Math.max(this.high[i] ?? value, value) : value;
    this.n[i] = known + 1;
  }

  /** Forgets what is before a time. @param {number} t */
  cut(t) {
    const i = this.at(t);
    if (i > 0) for (const column of [this.t, this.v, this.low, this.high, this.n, this.out]) column.splice(0, i);
  }

  /** Index of the nearest point with a value, of two as near the later; -1 = none. @param {number} t Infinity = the newest */
  near(t) {
    const i = this.at(t);
    let best = -1;
    for (let k = Math.max(0, i - 2); k < Math.min(this.t.length, i + 2); k++) {
      if (this.v[k] !== null && (best < 0 || Math.abs(this.t[k] - t) <= Math.abs(this.t[best] - t))) best = k;
    }
    return best;
  }

  /** Lowest and highest in a span, or null. @param {number} from @param {number} to @returns {[number, number]|null} */
  bounds(from, to) {
    let low = Infinity; let high = -Infinity;
    for (let i = this.at(from); i < this.t.length && this.t[i] <= to; i++) {
      const a = this.low[i]; const b = this.high[i];
      if (a !== null && a < low) low = a;
      if (b !== null && b > high) high = b;
    }
    return low <= high ? [low, high] : null;
  }

  /** Was nothing measured between a point and the one before? A lone long distance is a gap; a slow but even rhythm is not. @param {number} i */
  isGap(i) {
    const distance = this.t[i] - this.t[i - 1];
    if (distance <= this.gapS) return false;
    if (distance > 30 * this.gapS) return true;
    const before = i > 1 ? this.t[i - 1] - this.t[i - 2] : Infinity;
    const after = i + 1 < this.t.length ? this.t[i + 1] - this.t[i] : Infinity;
    const even = (/** @type {number} */ other) => other !== Infinity && distance < 1.7 * other;
    return !even(before) && !even(after);
  }

  /** Points of a span with one neighbour on either side; null between points too far apart. @param {number} from @param {number} to @returns {[number[], (number|null)[]]} */
  points(from, to) {
    /** @type {number[]} */ const t = [];
    /** @type {(number|null)[]} */ const v = [];
    const last = Math.min(this.t.length - 1, this.at(to));
    for (let i = Math.max(0, this.at(from) - 1); i <= last; i++) {
      if (t.length && this.isGap(i)) { t.push((this.t[i - 1] + this.t[i]) / 2); v.push(null); }
      t.push(this.t[i]); v.push(this.v[i]);
    }
    return [t, v];
  }
}
