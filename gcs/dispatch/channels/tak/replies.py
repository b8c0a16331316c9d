"""What a unit's answer by chat asks for. Pure.

| answer | is |
|---|---|
| `1`, 接单, ok, accept | accept |
| `2`, 拒绝, 退回, no, refuse | refuse |
| `3`, 到场, 到达, here, arrived | arrive |
| `4 outcome`, 完成 outcome, done outcome | resolve |
| anything else | report back (`feedback`) |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from gcs.sightings.workflow import Action

HELP = "回复 1 接单 / 2 拒绝 / 3 到场 / 4 结果 办结  ·  Reply 1 accept, 2 refuse, 3 here, 4 OUTCOME done"
DONE_WITHOUT_WORDS = "done"
_WORDS: Mapping[Action, tuple[str, ...]] = MappingProxyType(
    {
        Action.ACCEPT: ("1", "接单", "ok", "accept"),
        Action.REFUSE: ("2", "拒绝", "退回", "no", "refuse"),
        Action.ARRIVE: ("3", "到场", "到达", "here", "arrived"),
        Action.RESOLVE: ("4", "完成", "办结", "done"),
    }
)


@dataclass(frozen=True, slots=True)
class Reply:
    """A step, with what was said beside it."""

    action: Action
    words: str = ""


def reply_of(text: str) -> Reply | None:
    """What the answer asks for; None for nothing said."""
    said = " ".join(text.replace("\uff11", "1").replace("\uff12", "2").split())
    if not said:
        return None
    first, _, rest = said.partition(" ")
    for action, words in _WORDS.items():
        if first.casefold().rstrip(".。,，!！:：") in words:
            return Reply(action, rest.strip())
    return Reply(Action.FEEDBACK, said)
