"""`aeropatrol signing`: a vehicle gets its signing key, or loses it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from gcs.cli.console import OUT, fail
from gcs.config import ConfigError, load_config
from telemetry.links.endpoint import LinkError
from telemetry.links.key_setup import KeySetup, KeySetupError
from telemetry.links.keyring import KeyFileError, load_keyring
from telemetry.links.times_file import TimesFileError, load_times, save_times


def signing(
    vehicle: Annotated[int, typer.Argument(min=1, max=255, help="System id of the vehicle.", show_default=False)],
    link: Annotated[str, typer.Option(help="How to reach it; a cable, for a key travels in the clear.")],
    config: Annotated[Path | None, typer.Option(help="Settings file (TOML) that names the file of keys.")] = None,
    keys: Annotated[Path | None, typer.Option(help="The file of keys, see docs/configuration.md.")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take the key away.")] = False,
) -> None:
    """Set up message signing on a vehicle that is on the ground, and see that it follows.

    The vehicle gets the key that the file of keys has for this link. Stop ground control first if it uses the
    same port. An armed vehicle is refused.
    """
    try:
        settings = load_config(config, None, {"signing_keys": str(keys) if keys else None})
        if not settings.signing_keys:
            fail("no file of keys: name one with --keys or in the settings (signing_keys)")
        key = load_keyring(Path(settings.signing_keys)).key_of(link)
        if key is None:
            fail(f"{settings.signing_keys}: no key for {link}")
        asyncio.run(_set_up(settings.times_file, link, vehicle, key, remove=remove))
    except (ConfigError, KeyFileError, TimesFileError, LinkError, KeySetupError) as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.filename}: signing times cannot be kept: {error.strerror}")
    OUT.print(f"system {vehicle} {'signs no more' if remove else 'signs, and believes only what is signed'}")


async def _set_up(times_file: Path, link: str, vehicle: int, key: bytes, *, remove: bool) -> None:
    setup = KeySetup(link, vehicle, key, load_times(times_file))
    try:
        await (setup.take() if remove else setup.give())
    finally:
        times_file.parent.mkdir(parents=True, exist_ok=True)
        save_times(times_file, setup.times_after)
