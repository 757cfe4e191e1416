// A phone in a browser: sensors fed through the browser's own overrides, and a page whose clock can be run.
import { devices } from 'playwright-core';
import { launch } from './page.mjs';

/** A name for this machine that is not localhost: a page by http from there is not secure. */
export const INSECURE = 'insecure.test';

export const launchWithSensors = () => launch({
  args: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream',
    '--enable-features=GenericSensorExtraClasses', `--host-resolver-rules=MAP ${INSECURE} 127.0.0.1`],
});

export const PHONE = {
  ...devices['Pixel 7'],
  viewport: { width: 360, height: 760 },
  geolocation: { latitude: 52.52, longitude: 13.4, accuracy: 8 },
  permissions: ['geolocation', 'accelerometer', 'gyroscope', 'magnetometer', 'ambient-light-sensor', 'microphone',
    'screen-wake-lock'],
};

const SENSORS = ['accelerometer', 'linear-acceleration', 'gyroscope', 'ambient-light', 'absolute-orientation'];

/** Feeds the page's sensors; to be called before the page listens. Answers how to change what they read. */
export async function feedSensors(context, page) {
  const cdp = await context.newCDPSession(page);
  for (const type of SENSORS) {
    await cdp.send('Emulation.setSensorOverrideEnabled',
      { enabled: true, type, metadata: { available: true, minimumFrequency: 1, maximumFrequency: 100 } });
  }
  const read = (type, reading) => cdp.send('Emulation.setSensorOverrideReadings', { type, reading });
  const xyz = (x, y, z) => ({ xyz: { x, y, z } });
  await read('accelerometer', xyz(0.3, 0.2, 9.8));
  await read('linear-acceleration', xyz(0.3, 0.2, 0));
  await read('gyroscope', xyz(0.1, 0.2, 0));
  await read('ambient-light', { single: { value: 400 } });
  await read('absolute-orientation', { quaternion: { x: 0, y: 0, z: 0.38, w: 0.92 } });
  await cdp.send('Emulation.setGeolocationOverride',
    { latitude: 52.52, longitude: 13.4, accuracy: 8, altitude: 34, heading: 90, speed: 1.5 });
  return { read, xyz };
}

/** Hides the page or shows it, as the browser tells a page whose screen goes off. */
export const see = (page, state) => page.evaluate((state) => {
  Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
  Object.defineProperty(document, 'hidden', { value: state === 'hidden', configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}, state);

/**
 * Puts a hand on the page that makes motion events by the page's own timers: `hand.step` is how far apart they are in
 * milliseconds, give or take 40 %, `hand.strength` how strong, in m/s², and `hand.walk` how strong two steps a second are.
 * From a seed, rounded as browsers round.
 */
export const holdInHand = (page) => page.evaluate(() => {
  let seed = 7;
  const noise = () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32 - 0.5;
  const tenth = (value) => Math.round(value * 10) / 10;
  const hand = { step: 50, strength: 0.3, walk: 0 };
  const move = () => {
    const swing = hand.walk * Math.sin(2 * Math.PI * 2 * (Date.now() / 1000));
    const [x, y, z] = [0, 0, swing].map((by) => tenth(noise() * 2 * hand.strength + by));
    window.dispatchEvent(new DeviceMotionEvent('devicemotion', {
      acceleration: { x, y, z },
      accelerationIncludingGravity: { x, y, z: tenth(z + 9.8) },
      rotationRate: { alpha: tenth(noise() * 4), beta: tenth(noise() * 4), gamma: tenth(noise() * 4) },
      interval: 16,
    }));
    setTimeout(move, hand.step * (1 + 0.8 * noise()));
  };
  window.hand = hand;
  move();
});
