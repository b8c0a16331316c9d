"""Settings: defaults, then a TOML file, then the environment, then flags; the later wins.

Every key is described in docs/configuration.md. An unknown key or a value of the wrong kind is
refused by name, never ignored.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from datetime import timedelta, timezone
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec

from gcs.auth import is_loopback
from gcs.dispatch.channels.settings import MqttSettings, NtfySettings, TakSettings, WebhookSettings, channel_problems
from gcs.dispatch.payloads import PayloadSettings, payload_problems
from gcs.scripts import script_ports
from gcs.sightings.geoid import HIGHEST_M

ENVIRONMENT_PREFIX = "AEROPATROL_"
CONFIG_VARIABLE = "AEROPATROL_CONFIG"
NETWORK_NAME = r"[\w.-]{1,32}"
_HOST_NAME = re.compile(
    r"(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*"
)
_LISTS_IN_ENVIRONMENT = frozenset({"links", "http_names"})


class ConfigError(ValueError):
    """A setting that cannot be used; the text names the file or variable, the key and the fix."""


class Basemap(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A raster base map: an XYZ address template or an MBTiles file.

    `datum` says in which datum its tiles are drawn; `gcj02` maps are shifted back so that every
    click stays WGS-84.
    """

    name: str
    url: str = ""
    mbtiles: str = ""
    attribution: str = ""
    datum: Literal["wgs84", "gcj02"] = "wgs84"
    max_zoom: int = 18


def basemap_key(index: int) -> str:
    """The name under which the tiles of the site's base map number `index` are served."""
    return f"base{index}"


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All settings with their defaults."""

    data: str = ""
    links: tuple[str, ...] = ("udpin://0.0.0.0:14550",)
    http: str = "127.0.0.1:8080"
    http_names: tuple[str, ...] = ()
    http_certificate: str = ""
    http_key: str = ""
    network: str = "main"
    networks: dict[str, str] = {}
    sysid: int = 255
    compid: int = 190
    battery_reserve_pct: int = 20
    min_satellites: int = 8
    launch_gap_s: float = 5.0
    upload_fence: bool = False
    utc_offset_h: float = 8.0
    dialect: str = ""
    signing_keys: str = ""
    scripts: str = ""
    classes: str = ""
    sites: str = ""
    site_kinds: str = ""
    pictures_days: int = 90
    terrain: str = ""
    geoid: str = ""
    geoid_undulation_m: float | None = None
    osrm: str = ""
    basemaps: tuple[Basemap, ...] = ()
    payloads: tuple[PayloadSettings, ...] = ()
    webhooks: tuple[WebhookSettings, ...] = ()
    tak: tuple[TakSettings, ...] = ()
    mqtt: tuple[MqttSettings, ...] = ()
    ntfy: tuple[NtfySettings, ...] = ()

    @property
    def local(self) -> timezone:
        """The time zone in which people here count hours and days."""
        return timezone(timedelta(hours=self.utc_offset_h))

    @property
    def data_dir(self) -> Path:
        return Path(self.data) if self.data else default_data_dir()

    @property
    def times_file(self) -> Path:
        """Where the times of message signing are kept."""
        return self.data_dir / "signing.json"

    @property
    def http_host(self) -> str:
        return self.http.rpartition(":")[0].strip("[]")

    @property
    def http_port(self) -> int:
        return int(self.http.rpartition(":")[2])

    @property
    def called(self) -> frozenset[str]:
        """The names that people and phones call the pages by; a loopback server has none but its own."""
        public = (urlsplit(ntfy.public_url).hostname for ntfy in self.ntfy)
        named = (*self.http_names, *filter(None, public))
        return frozenset() if is_loopback(self.http_host) else frozenset(name.casefold() for name in named)


def default_data_dir() -> Path:
    """`$XDG_DATA_HOME/aeropatrol`, else `~/.local/share/aeropatrol`."""
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "aeropatrol"


def load_config(
    file: Path | None = None,
    environment: Mapping[str, str] | None = None,
    flags: Mapping[str, Any] | None = None,
) -> Config:
    """The settings in force. `flags` whose value is None were not given. Raises ConfigError."""
    environment = os.environ if environment is None else environment
    named = file or (Path(environment[CONFIG_VARIABLE]) if environment.get(CONFIG_VARIABLE) else None)
    values: dict[str, Any] = {}
    if named is not None:
        values |= _checked(_read_toml(named), str(named))
    values |= _checked(_from_environment(environment), "environment")
    values |= _checked({key: value for key, value in (flags or {}).items() if value is not None}, "command line")
    config = _convert(values, "settings")
    _check_values(config)
    return config


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read ({error.strerror}); name an existing TOML file") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: not TOML: {error}") from error


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, text in environment.items():
        if name.startswith(ENVIRONMENT_PREFIX) and name != CONFIG_VARIABLE:
            key = name.removeprefix(ENVIRONMENT_PREFIX).lower()
            values[key] = text.split() if key in _LISTS_IN_ENVIRONMENT else text
    return values


def _checked(values: dict[str, Any], source: str) -> dict[str, Any]:
    known = Config.__struct_fields__
    for key in values:
        if key not in known:
            raise ConfigError(f"{source}: unknown key {key!r}; known keys: {', '.join(known)}")
    _convert(values, source)
    return values


def _convert(values: dict[str, Any], source: str) -> Config:
    try:
        return msgspec.convert(values, Config, strict=False)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{source}: {error}") from error


def _check_values(config: Config) -> None:
    host, separator, port = config.http.rpartition(":")
    if not separator or not host or not port.isdigit() or int(port) > 65535:
        raise ConfigError(f"http: {config.http!r} is not HOST:PORT, e.g. 127.0.0.1:8080")
    _check_pages(config)
    for key, value in (("sysid", config.sysid), ("compid", config.compid)):
        if not 1 <= value <= 255:
            raise ConfigError(f"{key}: {value} is not in 1..255")
    _check_networks(config)
    for basemap in config.basemaps:
        if bool(basemap.url) == bool(basemap.mbtiles):
            raise ConfigError(f"basemaps: {basemap.name!r} needs either url or mbtiles")
    if not -14 <= config.utc_offset_h <= 14:
        raise ConfigError(f"utc_offset_h: {config.utc_offset_h} is not in -14..14")
    if config.osrm and not config.osrm.startswith(("http://", "https://")):
        raise ConfigError(f"osrm: {config.osrm!r} is not an address such as http://127.0.0.1:5000")
    if config.pictures_days < 0:
        raise ConfigError(f"pictures_days: {config.pictures_days} is less than 0 (0 keeps pictures for ever)")
    try:
        script_ports(config.scripts)
    except ValueError as error:
        raise ConfigError(f"scripts: {error}") from error
    _check_geoid(config.geoid, config.geoid_undulation_m)
    for problem in payload_problems(config.payloads):
        raise ConfigError(f"payload {problem}")
    for problem in channel_problems((*config.webhooks, *config.tak, *config.mqtt, *config.ntfy)):
        raise ConfigError(f"channel {problem}")


def _check_pages(config: Config) -> None:
    for name in config.http_names:
        if not _HOST_NAME.fullmatch(name):
            raise ConfigError(f"http_names: {name!r} is no name of a host, e.g. gcs.example.org")
    if config.http_names and is_loopback(config.http_host):
        raise ConfigError(f"http_names: who reaches {config.http} may do everything; set http to another address")
    if bool(config.http_certificate) is not bool(config.http_key):
        raise ConfigError("http_certificate and http_key: PEM files that belong together; give both or neither")


def _check_networks(config: Config) -> None:
    for name in (config.network, *config.networks.values()):
        if not re.fullmatch(NETWORK_NAME, name):
            raise ConfigError(f"network: {name!r} is not a name of 1 to 32 letters, digits, '_', '.' and '-'")
    for url in config.networks.keys() - set(config.links):
        raise ConfigError(f"networks: {url} is none of the links: write it as it stands in links")


def _check_geoid(grid: str, undulation_m: float | None) -> None:
    if undulation_m is None:
        return
    if grid:
        raise ConfigError("geoid: say either a grid or geoid_undulation_m, not both")
    if not abs(undulation_m) <= HIGHEST_M:
        raise ConfigError(f"geoid_undulation_m: {undulation_m} is not within {HIGHEST_M:.0f} m of the ellipsoid")
