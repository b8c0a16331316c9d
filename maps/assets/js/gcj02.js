// GCJ-02 for the browser, as maps/datum.py; L.CRS.GCJ02 shifts the map, never the data.
(() => {
  'use strict';
  const A = 6378245.0;
  const E2 = 0.00669342162296594323;
  const { sin, cos, sqrt, abs, PI } = Math;

  const isShifted = (lat, lon) => lat >= 0.8293 && lat <= 55.8271 && lon >= 72.004 && lon <= 137.8347;

  function shift(latDeg, lonDeg) {
    const x = lonDeg - 105;
    const y = latDeg - 35;
    const common = ((20 * sin(6 * x * PI) + 20 * sin(2 * x * PI)) * 2) / 3;
    let north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + common;
    north += ((20 * sin(y * PI) + 40 * sin((y / 3) * PI)) * 2) / 3;
    north += ((160 * sin((y / 12) * PI) + 320 * sin((y * PI) / 30)) * 2) / 3;
    let east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + common;
    east += ((20 * sin(x * PI) + 40 * sin((x / 3) * PI)) * 2) / 3;
    east += ((150 * sin((x / 12) * PI) + 300 * sin((x / 30) * PI)) * 2) / 3;
    const lat = (latDeg / 180) * PI;
    const w = 1 - E2 * sin(lat) ** 2;
    return [(north * 180) / (((A * (1 - E2)) / (w * sqrt(w))) * PI), (east * 180) / ((A / sqrt(w)) * cos(lat) * PI)];
  }

  function toGcj02(lat, lon) {
    if (!isShifted(lat, lon)) return [lat, lon];
    const [north, east] = shift(lat, lon);
    return [lat + north, lon + east];
  }

  function fromGcj02(latShifted, lonShifted) {
    if (!isShifted(latShifted, lonShifted)) return [latShifted, lonShifted];
    let [lat, lon] = [latShifted, lonShifted];
    for (let round = 0; round < 8; round += 1) {
      const [north, east] = shift(lat, lon);
      [lat, lon] = [latShifted - north, lonShifted - east];
    }
    return [lat, lon];
  }

  const mercator = L.Projection.SphericalMercator;
  const projection = {
    ...mercator,
    project(latlng) {
      const [lat, lon] = toGcj02(latlng.lat, latlng.lng);
      return mercator.project(L.latLng(lat, lon));
    },
    unproject(point) {
      const shifted = mercator.unproject(point);
      return L.latLng(...fromGcj02(shifted.lat, shifted.lng));
    },
  };
  L.CRS.GCJ02 = L.extend({}, L.CRS.EPSG3857, { code: 'GCJ-02', projection });
  globalThis.gcj02 = Object.freeze({ toGcj02, fromGcj02 });
})();
