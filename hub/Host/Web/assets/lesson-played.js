// @ts-check
// A class over a recording: what is played keeps the times it was measured at, so the chart and the notes stand there, and the picture is the recording's whole length, which fills. Loaded only then.
import { Chart } from './chart.js';
import { lesson } from './lesson.js';
import { byId, say, sentence } from './words.js';

const { chart } = lesson;
/** Where the recording begins and ends, UTC s. */
let start = NaN;
let end = NaN;
let key = '';
/** When it began to play, as the hub says it; absent = not yet. @type {string|undefined} */
let began;
/** All of it. @returns {[number, number]} */
const whole = () => [start, end];

lesson.momentS = () => {
  const { beganUs, speed } = lesson.state.replay;
  return Math.min(end, start + (beganUs === undefined ? 0 : Math.max(0, lesson.nowUs() - Number(beganUs)) / 1e6 * Number(speed)));
};
chart.now = () => lesson.momentS();
chart.isUntimed = () => false;
chart.range = () => (chart.endS === Infinity && chart.spanS >= end - start ? whole() : Chart.prototype.range.call(chart));
/** Nothing is asked for that has not been played. @param {string[]} names @param {number} from @param {number} to @param {number} more */
chart.history = (names, from, to, more) => Chart.prototype.history.call(chart, names, Math.max(from, start), Math.max(start + 0.001, Math.min(to, chart.now())), more);

/** Where a group's readings are from. @param {any} group */
const placeOf = (group) => sentence(group?.channels?.[0]?.placeName);

/** Told after each state of the class. */
export function follow() {
  const { state, group } = lesson;
  // Which of the recordings is one's own.
  say(byId('source'), [placeOf(group), sentence(state.replay.source)].filter(Boolean).join('. '));
  say(byId('run-line'), placeOf(group));
  const spot = (state.groups ?? []).find((/** @type {any} */ one) => one.key === state.spotlight);
  const run = (spot?.channels?.length ? spot : group)?.run;
  const next = `${run?.runId} ${state.replay.beganUs ?? ''}`;
  if (!run || next === key) return;
  key = next;
  [start, end] = [Number(run.startTimeUs) / 1e6, Number(run.endTimeUs) / 1e6];
  // Played again from its beginning: what was said before counts no more. What came with the first state, or is only looked at beside another group, stays.
  if (began !== undefined && began !== state.replay.beganUs) {
    lesson.newest.clear();
    for (const value of document.querySelectorAll('.cards .value b')) value.textContent = '–';
  }
  began = state.replay.beganUs;
  chart.show(end - start, Infinity);
}
