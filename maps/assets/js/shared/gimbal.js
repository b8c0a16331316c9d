// Where a gimbal points, in words: an angle means nothing without what it is counted from.
import { t } from './i18n.js';

export function gimbalWords({ pitch_deg: pitch, yaw_deg: yaw, earth_frame: earth }) {
  const angles = { pitch: `${Math.round(pitch)}°`, yaw: `${Math.round(earth ? (yaw + 360) % 360 : yaw)}°` };
  return t(earth ? 'pilot.points_north' : 'pilot.points_nose', angles);
}
