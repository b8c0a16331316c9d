"""An ntfy server as its documentation describes publishing by JSON: whatever it would refuse is refused here, with its
own error codes. Phones see what is published to their topic; the same `sequence_id` replaces what it said before
(2.16)."""

import json
import re

from aiohttp import web

NAME = re.compile(r"[-_A-Za-z0-9]{1,64}")
RESERVED = frozenset({"docs", "static", "file", "app", "metrics", "account", "settings", "signup", "login", "v1"})
LARGEST = 2 * 4096
TYPES = {
    "topic": str, "title": str, "message": str, "priority": int, "tags": list, "click": str, "icon": str,
    "actions": list, "attach": str, "markdown": bool, "filename": str, "email": str, "call": str, "cache": str,
    "firebase": str, "delay": str, "sequence_id": str,
}  # fmt: skip
ACTION = {
    "view": {"action", "label", "url", "clear"},
    "broadcast": {"action", "label", "intent", "extras", "clear"},
    "http": {"action", "label", "url", "method", "headers", "body", "clear"},
}


class NtfyServer:
    """`token` is what publishers have to show, "" for nobody has to; `answers` are statuses of the next requests."""

    def __init__(self):
        self.token, self.answers, self.bodies, self.url = "", [], [], ""
        self.refused = []
        self._number = 0

    def shown(self, topic):
        """What stands on the screen of a phone that listens to the topic."""
        screen = {}
        for number, body in enumerate(self.bodies):
            if body["topic"] == topic:
                screen[body.get("sequence_id", number)] = body
        return list(screen.values())

    async def publish(self, request):
        data = await request.read()
        if self.answers and (status := self.answers.pop(0)) != 200:
            return self._refuse(status, status * 100 + 1, "as the test asks")
        if self.token and request.headers.get("Authorization") != f"Bearer {self.token}":
            return self._refuse(401, 40101, "unauthorized")
        if len(data) > LARGEST:
            return self._refuse(413, 41303, "JSON body too large")
        try:
            body = json.loads(data.decode("utf-8"))
        except ValueError:
            return self._refuse(400, 40024, "request body must be valid JSON")
        wrong = problem(body)
        if wrong is not None:
            return self._refuse(400, *wrong)
        self.bodies.append(body)
        self._number += 1
        return web.json_response({"id": f"m{self._number}", "event": "message", **body})

    async def elsewhere(self, request):
        """To a topic the body is the message itself, word for word: JSON there rings with braces."""
        return self._refuse(400, 40017, f"published to {request.path} and not to the root")

    def _refuse(self, status, code, error):
        self.refused.append((status, code, error))
        return web.json_response({"code": code, "http": status, "error": error}, status=status)


def problem(body):
    """(code, error) of what ntfy refuses; None for what it takes."""
    if not isinstance(body, dict) or body.keys() - TYPES.keys():
        return 40024, f"unknown fields: {sorted(body.keys() - TYPES.keys()) if isinstance(body, dict) else body}"
    if any(type(value) is not TYPES[name] for name, value in body.items()):
        return 40024, "a field of another type"
    if not NAME.fullmatch(body.get("topic", "")) or body["topic"] in RESERVED:
        return 40009, "topic invalid"
    if not 1 <= body.get("priority", 3) <= 5:
        return 40007, "invalid priority parameter"
    if not NAME.fullmatch(body.get("sequence_id", "x")):
        return 40049, "sequence ID invalid"
    if not re.match("https?://", body.get("attach", "http://")):
        return 40013, "attachment URL is invalid"
    if len(body.get("message", "").encode()) > LARGEST // 2:
        return 41301, "becomes an attachment"
    if len(body.get("actions", ())) > 3 or not all(map(is_action, body.get("actions", ()))):
        return 40018, "actions invalid"
    return None


def is_action(action):
    kind, needs = action.get("action"), ("label", "url") if action.get("action") != "broadcast" else ("label",)
    plain = action.get("method", "POST") not in ("GET", "HEAD") or "body" not in action
    return kind in ACTION and not action.keys() - ACTION[kind] and all(action.get(name) for name in needs) and plain
