// @ts-check
// Small drawings from numbers alone: where places lie by their coordinates, and a line of the last day. No picture of another host.

const SVG = 'http://www.w3.org/2000/svg';

/** @param {string} tag @param {Record<string, string|number>} attributes @param {...(Node|string)} children */
function svg(tag, attributes, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

/** Whole step of a scale bar, m. @param {number} most */
function round(most) {
  const power = 10 ** Math.floor(Math.log10(most));
  return [5, 2, 1].map((n) => n * power).find((n) => n <= most) ?? power;
}

/** Letters of 14 px are about so wide, px. */
const LETTER = 7.6;

/** @typedef {{left: number, right: number, top: number, bottom: number}} Box */

/** @param {Box} a @param {Box} b */
function shared(a, b) { return Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left)) * Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)); }

/** Where each name stands: above its point, below, right or left of it, where it covers the least of what stands there already; the chosen one first. @param {{x: number, y: number, r: number, name: string, isChosen: boolean}[]} spots @param {Box[]} taken */
function labels(spots, taken) {
  taken.push(...spots.map(({ x, y, r }) => ({ left: x - r, right: x + r, top: y - r, bottom: y + r })));
  const placed = new Map();
  for (const spot of [...spots].sort((a, b) => Number(b.isChosen) - Number(a.isChosen) || a.y - b.y)) {
    const width = spot.name.length * LETTER * (spot.isChosen ? 1.25 : 1); const high = spot.isChosen ? 18 : 15;
    const tries = [[0, -spot.r - 5, 'middle'], [0, spot.r + high, 'middle'], [spot.r + 5, 5, 'start'], [-spot.r - 5, 5, 'end'], [0, -spot.r - 5, 'start'], [0, -spot.r - 5, 'end'], [0, spot.r + high, 'start'], [0, spot.r + high, 'end']].map(([dx, dy, anchor]) => {
      const at = { x: spot.x + Number(dx), y: spot.y + Number(dy), anchor: String(anchor) };
      const left = at.x - (anchor === 'middle' ? width / 2 : anchor === 'end' ? width : 0);
      const box = { left, right: left + width, top: at.y - high + 3, bottom: at.y + 3 };
      const outside = Math.max(0, 6 - left, left + width - 394) * high + Math.max(0, 6 - box.top, box.bottom - 264) * width;
      return { at, box, cost: taken.reduce((sum, other) => sum + shared(box, other), 0) + 4 * outside };
    });
    const best = tries.reduce((least, one) => (one.cost < least.cost ? one : least));
    taken.push(best.box); placed.set(spot, best.at);
  }
  return placed;
}

/** Places by their coordinates, north up, with a scale; nothing where none has coordinates. @param {{name: string, latitude?: number, longitude?: number}[]} places @param {number} chosen index, -1 = none @param {Record<string, string>} words */
export function map(places, chosen, words) {
  const known = places.map((place, i) => ({ ...place, isChosen: i === chosen })).filter((place) => place.latitude !== undefined && place.longitude !== undefined);
  if (known.length === 0) return [];
  const lats = known.map((place) => Number(place.latitude)); const lons = known.map((place) => Number(place.longitude));
  const middle = (Math.min(...lats) + Math.max(...lats)) / 2;
  const mPerLon = 111320 * Math.cos((middle * Math.PI) / 180); const mPerLat = 110574;
  const wide = Math.max((Math.max(...lons) - Math.min(...lons)) * mPerLon, 200); const high = Math.max((Math.max(...lats) - Math.min(...lats)) * mPerLat, 200);
  const scale = Math.min(300 / wide, 180 / high);
  const x = (/** @type {number} */ lon) => 200 + (lon - (Math.min(...lons) + Math.max(...lons)) / 2) * mPerLon * scale;
  const y = (/** @type {number} */ lat) => 130 - (lat - middle) * mPerLat * scale;
  const bar = round(120 / scale);
  /** One point a place, named once. @type {Map<string, typeof known[0]>} */
  const points = new Map();
  for (const place of known) { const key = `${place.latitude},${place.longitude}`; if (!points.has(key) || place.isChosen) points.set(key, place); }
  const spots = [...points.values()].map((place) => ({ x: x(Number(place.longitude)), y: y(Number(place.latitude)), r: place.isChosen ? 11 : 7, name: place.name, isChosen: place.isChosen }));
  const names = labels(spots, [{ left: 360, right: 392, top: 12, bottom: 60 }, { left: 12, right: 70 + bar * scale, top: 242, bottom: 264 }]);
  const drawing = svg('svg', { viewBox: '0 0 400 270', role: 'img', 'aria-label': `${words.map} ${[...new Set(known.map((place) => place.name))].join(', ')}`, class: 'sketch' },
    svg('rect', { x: 1, y: 1, width: 398, height: 268, rx: 12, class: 'sea' }),
    svg('path', { d: 'M376 40V16l-6 10m6-10 6 10', class: 'north' }), svg('text', { x: 376, y: 56, 'text-anchor': 'middle' }, words.north),
    svg('path', { d: `M16 252v6h${bar * scale}v-6`, class: 'north' }), svg('text', { x: 22 + bar * scale, y: 258 }, bar >= 1000 ? `${bar / 1000} km` : `${bar} m`),
    ...spots.flatMap((spot) => {
      const at = names.get(spot);
      return [
        svg('circle', { cx: spot.x, cy: spot.y, r: spot.r, class: spot.isChosen ? 'spot chosen' : 'spot' }),
        svg('text', { x: at.x, y: at.y, 'text-anchor': at.anchor, class: spot.isChosen ? 'chosen' : '' }, spot.name)];
    }));
  return [drawing];
}

/** A line of the last day; a gap stays a gap; a mark at the step that is shown. @param {(number|null)[]} values @param {number} step -1 = no mark */
export function spark(values, step) {
  const known = /** @type {number[]} */ (values.filter((value) => value !== null));
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const y = (/** @type {number} */ value) => 38 - ((value - low) / (high - low || 1)) * 34;
  let path = ''; let isOpen = false;
  values.forEach((value, i) => { if (value === null) { isOpen = false; return; } path += `${isOpen ? 'L' : 'M'}${i} ${y(value).toFixed(1)}`; isOpen = true; });
  return svg('svg', { viewBox: `0 0 ${Math.max(values.length, 1)} 42`, preserveAspectRatio: 'none', class: 'dayline', 'aria-hidden': 'true' }, svg('path', { d: path || 'M0 0' }), ...(step >= 0 ? [svg('path', { d: `M${step} 0V42`, class: 'mark' })] : []));
}
