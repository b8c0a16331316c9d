"""Secrets in the system's keyring (Secret Service, macOS Keychain, Windows Credential Locker), by service and name.

Needs keyring, which is not installed by default (`pip install aeropatrol[keyring]`).
"""

from __future__ import annotations


class SystemKeyringError(ValueError):
    """The system's keyring does not give a secret: why, in one line, without the secret."""


def secret_of(place: str) -> str:
    """The secret kept at `place`, SERVICE/NAME; the last slash parts the two. Raises SystemKeyringError."""
    service, _, name = place.rpartition("/")
    if not service or not name:
        raise SystemKeyringError("a place in the system's keyring is SERVICE/NAME")
    try:
        import keyring  # noqa: PLC0415  optional
        from keyring.errors import KeyringError, NoKeyringError  # noqa: PLC0415
    except ImportError:
        raise SystemKeyringError("the system's keyring needs keyring: pip install aeropatrol[keyring]") from None
    try:
        secret = keyring.get_password(service, name)
    except NoKeyringError:
        raise SystemKeyringError("this system has no keyring: use passphrase or key") from None
    except KeyringError as error:
        raise SystemKeyringError(f"the system's keyring does not open ({type(error).__name__}): unlock it") from None
    if not secret:
        raise SystemKeyringError(f"nothing is kept there in the system's keyring; run: keyring set {service} {name}")
    return secret
