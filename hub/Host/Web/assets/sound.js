// @ts-check
// Readings as tones and as sentences: pitch follows the value, live or as a sweep over what is drawn; speech only by a voice that the device itself has, so that nothing is sent away.
import { duration, fill, number, texts } from './words.js';

const LOWEST_HZ = 200; const HIGHEST_HZ = 1200;

/** Pitch of a value between low and high, in equal steps for the ear. @param {number} value @param {number} low @param {number} high */
export function pitch(value, low, high) {
  const part = high > low ? Math.min(1, Math.max(0, (value - low) / (high - low))) : 0.5;
  return LOWEST_HZ * (HIGHEST_HZ / LOWEST_HZ) ** part;
}

/** What a stretch of readings did, in one sentence: "rose from 27.1 to 28.4 °C in 10 min". A change below a tenth of the spread is none. @param {[number, number][]} points time s, value @param {string} unit @param {number} decimals */
export function trend(points, unit, decimals) {
  if (points.length === 0) return texts.noReadings;
  const values = points.map(([, value]) => value);
  const [first, last] = [points[0], points[points.length - 1]];
  const spread = Math.max(...values) - Math.min(...values);
  const change = last[1] - first[1];
  const told = (/** @type {number} */ value) => `${number(value, decimals)} ${unit}`.trim();
  const isSteady = Math.abs(change) < 10 ** -decimals || Math.abs(change) < spread / 10;
  return fill(isSteady ? texts.stayed : change > 0 ? texts.rose : texts.fell, told(first[1]), told(last[1]), duration(last[0] - first[0]), told(Math.min(...values)), told(Math.max(...values)));
}

/** The tones of a page. Made by a click, as browsers ask for; silent until then. */
export class Sound {
  constructor() {
    this.context = new AudioContext();
    this.out = this.context.createGain();
    this.out.gain.value = 0.25;
    this.out.connect(this.context.destination);
    /** When the last tone of each voice ends, s of the context. @type {Map<number, number>} */ this.busy = new Map();
  }

  /** One short tone; a reading that failed a check is a low double beep. @param {number} voice 0… @param {number} value @param {number} low @param {number} high @param {boolean} [isWrong] */
  note(voice, value, low, high, isWrong = false) {
    const at = Math.max(this.context.currentTime, this.busy.get(voice) ?? 0);
    if (at > this.context.currentTime + 0.3) return;
    this.busy.set(voice, at + 0.14);
    if (isWrong) { this.tone(voice, [[at, 140], [at + 0.05, 140]]); this.tone(voice, [[at + 0.08, 140], [at + 0.13, 140]]); return; }
    this.tone(voice, [[at, pitch(value, low, high)], [at + 0.13, pitch(value, low, high)]]);
  }

  /** A line from its beginning to its end in some seconds; a gap is silence. @param {number} voice @param {[number, number][]} points @param {number} fromS @param {number} toS @param {number} gapS beyond this nothing was measured @param {number} [seconds] */
  sweep(voice, points, fromS, toS, gapS, seconds = 5) {
    if (points.length === 0 || toS <= fromS) return;
    const values = points.map(([, value]) => value);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const begin = this.context.currentTime + 0.05;
    /** @type {[number, number][]} */
    let steps = [];
    points.forEach(([t, value], i) => {
      if (i > 0 && t - points[i - 1][0] > gapS) { this.tone(voice, steps); steps = []; }
      steps.push([begin + ((t - fromS) / (toS - fromS)) * seconds, pitch(value, low, high)]);
    });
    this.tone(voice, steps);
    this.busy.set(voice, begin + seconds);
  }

  /** @param {number} voice @param {[number, number][]} steps time of the context, Hz */
  tone(voice, steps) {
    if (steps.length === 0) return;
    const start = steps[0][0];
    const end = Math.max(steps[steps.length - 1][0], start + 0.05);
    const tone = this.context.createOscillator();
    tone.type = voice % 2 ? 'triangle' : 'sine';
    tone.frequency.setValueAtTime(steps[0][1], start);
    for (const [at, hz] of steps.slice(1)) tone.frequency.linearRampToValueAtTime(hz, at);
    const loud = this.context.createGain();
    loud.gain.setValueAtTime(0, start);
    loud.gain.linearRampToValueAtTime(1, start + 0.015);
    loud.gain.setValueAtTime(1, Math.max(start + 0.015, end - 0.02));
    loud.gain.linearRampToValueAtTime(0, end + 0.01);
    tone.connect(loud);
    // Each line comes from its own side, where the browser can do that (not Safari 14).
    if (this.context.createStereoPanner && voice > 0) {
      const side = this.context.createStereoPanner();
      side.pan.value = voice % 2 ? 0.7 : -0.7;
      loud.connect(side).connect(this.out);
    } else loud.connect(this.out);
    tone.start(start);
    tone.stop(end + 0.02);
  }

  stop() { this.context.close(); }
}

/** A voice of the page's language that needs no network; null = this device has none. Browsers tell their voices late, once. @param {string} language */
export async function offlineVoice(language) {
  if (!('speechSynthesis' in window)) return null;
  const find = () => speechSynthesis.getVoices().find((voice) => voice.localService && voice.lang.toLowerCase().replace('_', '-').split('-')[0] === language) ?? null;
  if (speechSynthesis.getVoices().length === 0) await new Promise((resolve) => { speechSynthesis.addEventListener('voiceschanged', resolve, { once: true }); setTimeout(resolve, 1000); });
  return find();
}

/** Says a text if the device can by itself; false = it cannot, and the text must do. @param {string} text @param {string} [language] */
export async function speak(text, language = texts.language) {
  const voice = await offlineVoice(language);
  if (!voice) return false;
  const words = new SpeechSynthesisUtterance(text);
  words.voice = voice;
  words.lang = voice.lang;
  speechSynthesis.cancel();
  speechSynthesis.speak(words);
  return true;
}
