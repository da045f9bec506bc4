// @ts-check
// The JSON face of stemlab.v1: newline-delimited JSON for streams, numbers of 64 bits as number or text, NaN as text.

/** @typedef {{channelRef: number, baseTimeUs: number|string, deltaTimeUs: (number|string)[], value: (number|string)[], flag: number[], sigmaUs: (number|string)[]}} ReadingBlock */
/** @typedef {{channelRef: number, startTimeUs: number|string, widthUs: number|string, index: number[], count: (number|string)[], min: (number|string)[], max: (number|string)[], mean: (number|string)[], sigmaUs: number|string}} BucketBlock */
/** @typedef {{blocks?: ReadingBlock[], buckets?: BucketBlock[], channelNames?: Record<string, string>, cursor?: string, changed?: {channel: string}[], heartbeat?: boolean, code?: number, message?: string}} Answer */

/** Calls on_answer for every line of a stream, until it ends or the signal stops it.
 * @param {string} url @param {AbortSignal} signal @param {(answer: Answer) => void} onAnswer */
export async function stream(url, signal, onAnswer) {
  const response = await fetch(url, { signal, headers: { accept: 'application/json' } });
  if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const lines = (rest + value).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line, onAnswer);
  }
  take(rest, onAnswer);
}

/** An error in mid-stream is a last line with a code. @param {string} line @param {(answer: Answer) => void} onAnswer */
function take(line, onAnswer) {
  if (!line.trim()) return;
  /** @type {Answer} */
  const answer = JSON.parse(line);
  if (answer.code) throw new Error(answer.message);
  onAnswer(answer);
}

/** Buckets of some channels. @param {string[]} channels @param {number} fromUs @param {number} toUs @param {number} most @param {AbortSignal} signal
 * @returns {Promise<Map<string, {t: number[], mean: (number|null)[], min: (number|null)[], max: (number|null)[], widthS: number}>>} */
export async function buckets(channels, fromUs, toUs, most, signal) {
  const query = new URLSearchParams(channels.map((name) => ['channels', name]));
  query.set('startTimeUs', String(Math.floor(fromUs)));
  if (Number.isFinite(toUs)) query.set('endTimeUs', String(Math.ceil(toUs)));
  query.set('maxBuckets', String(most));
  const names = new Map();
  const found = new Map();
  await stream(`/v1/readings:query?${query}`, signal, (answer) => {
    for (const [ref, name] of Object.entries(answer.channelNames ?? {})) names.set(Number(ref), name);
    for (const block of answer.buckets ?? []) {
      const width = Number(block.widthUs);
      const start = Number(block.startTimeUs);
      found.set(names.get(block.channelRef), {
        widthS: width / 1e6,
        t: block.index.map((i) => (start + (i + 0.5) * width) / 1e6),
        mean: block.mean.map(numberOrNull), min: block.min.map(numberOrNull), max: block.max.map(numberOrNull),
      });
    }
  });
  return found;
}

/** Watches for ever: reconnects with the cursor, waiting longer each time, with jitter, because forty phones wake together.
 * @param {(answer: Answer) => void} onAnswer @param {(isLive: boolean) => void} onLink */
export async function watch(onAnswer, onLink) {
  let cursor = '';
  for (let wait = 500; ; wait = Math.min(wait * 2, 15000)) {
    const query = new URLSearchParams({ channels: 'agents/-/channels/-', minIntervalUs: '250000' });
    if (cursor) query.set('cursor', cursor);
    const silent = new AbortController();
    let timer = setTimeout(() => silent.abort(), 40000);
    try {
      await stream(`/v1/readings:watch?${query}`, silent.signal, (answer) => {
        clearTimeout(timer);
        timer = setTimeout(() => silent.abort(), 40000);
        wait = 500;
        if (answer.cursor) cursor = answer.cursor;
        onLink(true);
        onAnswer(answer);
      });
    } catch { /* the loop is the answer */ }
    clearTimeout(timer);
    onLink(false);
    await new Promise((resolve) => setTimeout(resolve, wait * (0.5 + Math.random())));
  }
}

/** @param {number|string} value */
export function numberOrNull(value) {
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}
