// @ts-check
// A start at a threshold: the hub is asked to wait for it, and what it waits for is told. Loaded when somebody chooses it, or a group waits.
import { call } from './api.js';
import { lesson } from './lesson.js';
import { typedNumber } from './lesson-work.js';
import { byId, fill, number, say, texts } from './words.js';

/** @typedef {{channel: string, level?: number, falling?: boolean, beforeUs?: string}} Trigger */

/** @param {Trigger} what */
const levelOf = (what) => `${number(Number(what.level ?? 0), 2)} ${lesson.channels.get(what.channel)?.unit ?? ''}`.trim();

/** @param {Record<string, string>} told @param {string} durationUs */
export async function arm(told, durationUs) {
  const level = typedNumber(told.level);
  if (Number.isNaN(level)) throw new Error(fill(texts.notANumber, number(7.5, 1)));
  const beforeUs = String(Math.round(Math.min(600, Math.max(0, Number(told.before) || 0)) * 1e6));
  const when = { channel: told.channel, level, falling: told.direction === 'down', beforeUs };
  await call(`/v1/${lesson.session}:startRun`, { when, durationUs });
  return fill(texts.armed, levelOf(when));
}

/** What was waited for when the class last told. @type {Trigger|undefined} */
let waitedFor;
export function show() {
  /** @type {Trigger|undefined} */
  const now = lesson.group?.armed; const before = waitedFor;
  if (JSON.stringify(now) === JSON.stringify(before)) return;
  waitedFor = now;
  const isOpen = lesson.group?.run && (lesson.group.run.endUs === undefined || Number(lesson.group.run.endUs) > lesson.nowUs());
  if (now) say(byId('ran'), fill(texts.armed, levelOf(now)));
  else if (before) say(byId('ran'), isOpen ? fill(texts.triggered, levelOf(before), number(Number(before.beforeUs ?? 0) / 1e6, 0)) : '');
}
