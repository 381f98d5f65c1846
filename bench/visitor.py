"""One tab as the server sees it: a websocket that asks for runs of a page and takes what they draw."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

PATIENCE = 120.0  # seconds


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the script: seconds until it finished, bytes it sent, and what it said was wrong."""

    seconds: float
    size: int
    errors: tuple[str, ...]


class Visitor:
    """A tab that keeps, as a browser does, the messages that the server need not send again."""

    def __init__(self, socket: ClientConnection, page: str) -> None:
        self._socket, self._page = socket, page
        self._kept: set[str] = set()

    async def run(self, query: str) -> Run:
        """Ask for the page at an address and wait until it is drawn. Raises TimeoutError."""
        ask = BackMsg()
        ask.rerun_script.query_string = query
        ask.rerun_script.page_name = self._page
        ask.rerun_script.cached_message_hashes.extend(self._kept)
        began, size, errors = time.perf_counter(), 0, []
        await self._socket.send(ask.SerializeToString())
        while True:
            data = await self._socket.recv(decode=False)
            size += len(data)
            told = ForwardMsg.FromString(data)
            if told.metadata.cacheable and told.hash:
                self._kept.add(told.hash)
            if told.delta.new_element.WhichOneof("type") == "exception":
                errors.append(told.delta.new_element.exception.message)
            if told.WhichOneof("type") == "script_finished":
                if told.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    continue
                if told.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                    errors.append("the script could not be run")
                return Run(time.perf_counter() - began, size, tuple(errors))
            if time.perf_counter() - began > PATIENCE:
                raise TimeoutError(f"/{self._page}?{query} was not drawn within {PATIENCE:.0f} seconds")


@asynccontextmanager
async def visiting(server: str, page: str) -> AsyncIterator[Visitor]:
    """Somebody at a page of a server."""
    address = server.replace("http", "ws", 1) + "/_stcore/stream"
    async with connect(address, max_size=None, subprotocols=[Subprotocol("streamlit")]) as socket:
        yield Visitor(socket, page)
