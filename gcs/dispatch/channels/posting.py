"""Posts a body to another system and says what it answered. Redirections are not followed, proxies not asked."""

from __future__ import annotations

from collections.abc import Mapping

import aiohttp

from gcs.dispatch.channels.channel import NotDeliveredError

ANSWER_WITHIN_S = 10.0


class Poster:
    """Connects with the first post; `close` ends what it opened."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """The status of the answer; NotDeliveredError without one."""
        try:
            async with self._opened().post(url, data=body, headers=headers, allow_redirects=False) as answer:
                return answer.status
        except TimeoutError:
            raise NotDeliveredError(f"no answer within {ANSWER_WITHIN_S:.0f} s") from None
        except (aiohttp.ClientError, OSError) as error:
            raise NotDeliveredError(f"cannot be reached: {error}") from error

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=ANSWER_WITHIN_S)
            self._session = aiohttp.ClientSession(timeout=timeout, trust_env=False)
        return self._session
