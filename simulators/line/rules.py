"""Rules that spoil the talk between a ground station and one vehicle, message by message. Pure.

A `Rule` names messages in one direction; the first that applies to a message decides what becomes of it:
it is kept back, passed, changed or copied, and other messages are sent forward or back in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from telemetry.dialect import Message
from telemetry.messages import new


class Way(StrEnum):
    """Up is from the ground to the vehicle."""

    UP = "up"
    DOWN = "down"

    @property
    def back(self) -> Way:
        return Way.DOWN if self is Way.UP else Way.UP


Fields = Mapping[str, Any]
Change = Callable[[Message], Fields]


@dataclass(frozen=True, slots=True)
class Rule:
    """`when` gives values that fields must have, `at_least` lower bounds.

    It lets `after` matching messages pass first, and applies `times` times (None: always). `passes` lets the
    message itself through, `change` gives new values of fields for it, `copy` for a second one. `forward`
    and `back` are messages by name and fields, sent on and sent to whoever said the message.
    """

    way: Way
    messages: frozenset[str]
    when: Fields = field(default_factory=dict)
    at_least: Mapping[str, float] = field(default_factory=dict)
    after: int = 0
    times: int | None = None
    passes: bool = False
    change: Change | None = None
    copy: Change | None = None
    forward: tuple[tuple[str, Fields], ...] = ()
    back: tuple[tuple[str, Fields], ...] = ()

    def matches(self, way: Way, message: Message) -> bool:
        if way is not self.way or message.message_name not in self.messages:
            return False
        same = all(getattr(message, name, None) == value for name, value in self.when.items())
        return same and all(getattr(message, name, -1) >= low for name, low in self.at_least.items())


class Tamper:
    """Applies rules in their order. `heard` names all messages that any rule is about."""

    def __init__(self, rules: Sequence[Rule] = ()) -> None:
        self._rules = tuple(rules)
        self._matched = [0] * len(self._rules)
        self.heard: frozenset[str] = frozenset().union(*(rule.messages for rule in self._rules))

    def take(self, way: Way, message: Message, sender: tuple[int, int]) -> list[tuple[Way, Message]] | None:
        """What becomes of `message`; None where no rule applies and it passes as it is.

        `sender` is its system and component: what is sent back is addressed to it.
        """
        for number, rule in enumerate(self._rules):
            if rule.matches(way, message) and self._applies(number, rule):
                return _spoilt(rule, way, message, sender)
        return None

    def _applies(self, number: int, rule: Rule) -> bool:
        before = self._matched[number]
        self._matched[number] = before + 1
        return before >= rule.after and (rule.times is None or before < rule.after + rule.times)


def _spoilt(rule: Rule, way: Way, message: Message, sender: tuple[int, int]) -> list[tuple[Way, Message]]:
    target = {"target_system": sender[0], "target_component": sender[1]}
    onward = {name: getattr(message, name) for name in target if hasattr(message, name)}
    out = [(way, _made(name, {**onward, **fields})) for name, fields in rule.forward]
    if rule.change is not None:
        out.append((way, changed(message, rule.change(message))))
    elif rule.passes:
        out.append((way, message))
    if rule.copy is not None:
        out.append((way, changed(message, rule.copy(message))))
    out += [(way.back, _made(name, {**target, **fields})) for name, fields in rule.back]
    return out


def _made(name: str, fields: Fields) -> Message:
    """A message of what fits of the fields: not every message has a target."""
    made = new(name)
    return new(name, **{key: value for key, value in fields.items() if hasattr(made, key)})


def changed(message: Message, values: Fields) -> Message:
    """`message` with other values of some fields."""
    kept = {each.name: getattr(message, each.name) for each in message.TYPE.wire_fields}
    return new(message.message_name, **{**kept, **values})
