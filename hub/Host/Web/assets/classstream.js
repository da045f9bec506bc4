// @ts-check
// The one stream of a class page: its state and its readings, resumed by cursor with jittered pauses, so that forty phones do not wake together.
import { stream } from './api.js';

/** @typedef {{name: string, property: {en?: string, vi?: string}, observedProperty?: string, unitSymbol?: string, displayDecimals?: number, intervalUs?: string, simulated?: boolean, placeName?: {en?: string, vi?: string}}} ClassChannel */
/** @typedef {{runId: string, startUs: string, endUs?: string, startTimeUs?: string, endTimeUs?: string, title?: string, purpose?: string}} ClassRun */
/** @typedef {{key: string, name: {en?: string, vi?: string}, channels?: ClassChannel[], state?: string, seatCount?: number, predictionCount?: number, noteCount?: number, waitingNoteCount?: number, run?: ClassRun, runs?: ClassRun[], armed?: {channel: string, level?: number, falling?: boolean, beforeUs?: string}}} ClassGroup */

/** Watches a class until its session ends. Calls onEnd once then.
 * @param {string} session @param {number} lookbackS @param {(answer: any) => void} onAnswer @param {(isLive: boolean) => void} onLink @param {() => void} onEnd */
export async function watchClass(session, lookbackS, onAnswer, onLink, onEnd) {
  let cursor = '';
  for (let wait = 500; ; wait = Math.min(wait * 2, 15000)) {
    const query = new URLSearchParams({ minIntervalUs: '250000' });
    if (cursor) query.set('cursor', cursor); else query.set('lookbackUs', String(lookbackS * 1e6));
    const silent = new AbortController();
    let timer = setTimeout(() => silent.abort(), 40000);
    try {
      await stream(`/v1/${session}:watch?${query}`, silent.signal, (answer) => {
        clearTimeout(timer);
        timer = setTimeout(() => silent.abort(), 40000);
        wait = 500;
        cursor = /** @type {any} */ (answer).readings?.cursor || cursor;
        onLink(true);
        onAnswer(answer);
      });
    } catch { /* the loop is the answer */ }
    clearTimeout(timer);
    onLink(false);
    if (await isGone(session)) { onEnd(); return; }
    await new Promise((resolve) => setTimeout(resolve, wait * (0.5 + Math.random())));
  }
}

/** True only when the hub itself says that the session is no more. @param {string} session */
async function isGone(session) {
  try { return [401, 404].includes((await fetch(`/v1/${session}/class`)).status); } catch { return false; }
}
