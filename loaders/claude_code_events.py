"""Claude Code's OpenTelemetry events, as OTLP/JSON logs: prompts, calls with their dollars, errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from loaders.claude_code_sessions import CALLS, PROMPTS
from loaders.figures import microusd, moment
from loaders.format import Stage
from loaders.otlp_spans import scalar, scalars

_PREFIX = "claude_code."
_USER = ("user.email", "user.account_uuid", "user.id")


def events(document: object) -> Iterator[tuple[str, dict[str, str]]]:
    """Every event of a document of OTLP logs: its name without the prefix, and what it says; its time under `time`.

    ValueError for what is not shaped as OTLP says.
    """
    try:
        groups = document.get("resourceLogs") or [document] if isinstance(document, dict) else []
        for group in groups:
            about = scalars((group.get("resource") or {}).get("attributes"))
            for scope in group.get("scopeLogs") or ():
                for record in scope.get("logRecords") or ():
                    said = about | scalars(record.get("attributes"))
                    name = said.get("event.name") or scalar(record.get("body")) or ""
                    said["time"] = (
                        moment(
                            said.get("event.timestamp")
                            or record.get("timeUnixNano")
                            or record.get("observedTimeUnixNano")
                        )
                        or ""
                    )
                    yield name.removeprefix(_PREFIX), said
    except (AttributeError, KeyError, TypeError):
        raise ValueError("A group of log records is not shaped as OTLP says.") from None


class Events:
    """Events told into prompts and calls of the model, every event accounted for."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._prompts = stage.table("prompts", PROMPTS)
        self._calls = stage.table("calls", CALLS)
        self._asked: dict[str, str] = {}
        self._row = 0
        self.calls = 0

    def take(self, line: int, document: object) -> None:
        """A document of logs. ValueError as `events`."""
        for name, said in events(document):
            self._row += 1
            self._stage.read()
            session = said.get("session.id", "")
            if name == "user_prompt":
                prompt = said.get("prompt.id") or f"{session}#{said.get('event.sequence') or self._row}"
                self._asked[session] = prompt
                user = next((said[key] for key in _USER if key in said), None)
                self._prompts.add(
                    str(self._row), str(line), prompt, session or None, user, said["time"],
                    said.get("service.version") or said.get("app.version"),
                )  # fmt: skip
            elif name in ("api_request", "api_error"):
                self._call(name, said, session, line)
            else:
                self._stage.ignore(f"event {name or 'without a name'}")

    def _call(self, name: str, said: Mapping[str, str], session: str, line: int) -> None:
        counts = [said.get(key) for key in ("input_tokens", "cache_read_tokens", "cache_creation_tokens")]
        told = [int(count) for count in counts if count and count.isdecimal()]
        self.calls += 1
        self._calls.add(
            str(self._row), str(line), said.get("request_id") or f"{session}/{said['time']}/{self._row}",
            said.get("prompt.id") or self._asked.get(session), said["time"], said.get("model"),
            str(sum(told)) if told else None, said.get("output_tokens"), said.get("cache_read_tokens"),
            microusd(said.get("cost_usd")), said.get("duration_ms"),
            (said.get("status_code") or "api_error") if name == "api_error" else None,
        )  # fmt: skip
