"""Where vehicles flew, out of a recording: as GeoJSON, KML, GPX and CSV. Positions are WGS-84."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from telemetry.logs import Log

POSITION = "GLOBAL_POSITION_INT"
_KML = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">
<Document>
{tracks}
</Document>
</kml>
"""
_GPX = """<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="AeroPatrol" xmlns="http://www.topografix.com/GPX/1/1">
{tracks}
</gpx>
"""


@dataclass(frozen=True, slots=True)
class Fix:
    """A place at a time: degrees, metres above mean sea level and above home."""

    unix_us: int
    lat_deg: float
    lon_deg: float
    alt_amsl_m: float
    alt_rel_m: float

    @property
    def time(self) -> str:
        """RFC 3339, UTC."""
        at = datetime.fromtimestamp(self.unix_us // 1_000_000, UTC)
        return f"{at:%Y-%m-%dT%H:%M:%S}.{self.unix_us % 1_000_000 // 1000:03d}Z"


Tracks = Mapping[int, Sequence[Fix]]


def tracks_of(log: Log) -> dict[int, list[Fix]]:
    """By system id, in the order of the file. A position of exactly 0, 0 is none: no satellite was seen yet."""
    if POSITION not in log:
        return {}
    positions = log[POSITION]
    found: dict[int, list[Fix]] = {}
    for sysid in np.unique(positions.sysid).tolist():
        mine = positions.of(sysid)
        lat, lon = mine.fields["lat"], mine.fields["lon"]
        columns = (mine.unix_us, lat / 1e7, lon / 1e7, mine.fields["alt"] / 1e3, mine.fields["relative_alt"] / 1e3)
        real = (lat != 0) | (lon != 0)
        found[sysid] = [Fix(*values) for values in zip(*(column[real].tolist() for column in columns), strict=True)]
    return {sysid: track for sysid, track in found.items() if track}


def to_geojson(tracks: Tracks) -> str:
    """A LineString a vehicle, with altitude above mean sea level, and the times beside it."""
    features = [
        {
            "type": "Feature",
            "properties": {"kind": "track", "sysid": sysid, "times": [fix.time for fix in track]},
            "geometry": {
                "type": "LineString",
                "coordinates": [[fix.lon_deg, fix.lat_deg, fix.alt_amsl_m] for fix in _line(track)],
            },
        }
        for sysid, track in tracks.items()
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, allow_nan=False)


def _line(track: Sequence[Fix]) -> Sequence[Fix]:
    """A line has two points at least."""
    return track if len(track) > 1 else [*track, *track]


def to_kml(tracks: Tracks) -> str:
    return _KML.format(tracks="\n".join(_kml_track(sysid, track) for sysid, track in tracks.items()))


def _kml_track(sysid: int, track: Sequence[Fix]) -> str:
    when = "".join(f"<when>{fix.time}</when>" for fix in track)
    where = "".join(f"<gx:coord>{fix.lon_deg} {fix.lat_deg} {fix.alt_amsl_m}</gx:coord>" for fix in track)
    shape = f"<gx:Track><altitudeMode>absolute</altitudeMode>{when}{where}</gx:Track>"
    return f"<Placemark><name>vehicle {sysid}</name>{shape}</Placemark>"


def to_gpx(tracks: Tracks) -> str:
    return _GPX.format(tracks="\n".join(_gpx_track(sysid, track) for sysid, track in tracks.items()))


def _gpx_track(sysid: int, track: Sequence[Fix]) -> str:
    points = "".join(
        f'<trkpt lat="{fix.lat_deg}" lon="{fix.lon_deg}"><ele>{fix.alt_amsl_m}</ele><time>{fix.time}</time></trkpt>'
        for fix in track
    )
    return f"<trk><name>vehicle {sysid}</name><trkseg>{points}</trkseg></trk>"


def to_csv(tracks: Tracks) -> str:
    """One line a fix, all vehicles, vehicle after vehicle."""
    lines = ["time,sysid,lat_deg,lon_deg,alt_amsl_m,alt_rel_m"]
    for sysid, track in tracks.items():
        lines += [
            f"{fix.time},{sysid},{fix.lat_deg:.7f},{fix.lon_deg:.7f},{fix.alt_amsl_m:.3f},{fix.alt_rel_m:.3f}"
            for fix in track
        ]
    return "\n".join(lines) + "\n"


WRITERS: Mapping[str, Callable[[Tracks], str]] = {
    ".geojson": to_geojson,
    ".kml": to_kml,
    ".gpx": to_gpx,
    ".csv": to_csv,
}
