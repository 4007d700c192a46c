"""A proxy between the product and the engine. It breaks calls as its profile says, chosen by a seeded random source."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from random import Random
from threading import Event, Lock, Thread
from typing import Any, Self

from tests.faults import odd
from tests.faults.odd import AFTERWARDS, INSTEAD, Answer, Request
from tests.faults.profiles import Profile

_CALM = Profile("calm")
_RESET_AT_CLOSE = struct.pack("ii", 1, 0)
_DELAYS_S = {"late": (0.05, 0.5), "very_late": (4.5, 6.0)}
_MAX_HEAD = 1 << 20


class EngineGone(Exception):
    """The engine does not answer."""


class Proxy:
    """A running proxy. `profile` may be replaced at any time; `injected` counts (profile, fault)."""

    def __init__(self, port: int, seed: int) -> None:
        self.profile = _CALM
        self.injected: Counter[tuple[str, str]] = Counter()
        self.calls = 0
        self.url = ""
        self._engine_port, self._random = port, Random(seed)
        self._quiet, self._lock = 0, Lock()
        self._open: set[asyncio.StreamWriter] = set()
        self._started = Event()
        self._thread = Thread(target=lambda: asyncio.run(self._run()), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._started.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join()

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Inject nothing until the end of the block."""
        with self._lock:
            self._quiet += 1
        try:
            yield
        finally:
            with self._lock:
                self._quiet -= 1

    async def _run(self) -> None:
        self._ended = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=_MAX_HEAD)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self._started.set()
        await self._ended.wait()
        server.close()
        for writer in self._open:
            writer.transport.abort()
        own = asyncio.current_task()
        await asyncio.gather(*(task for task in asyncio.all_tasks() if task is not own))

    def _choose(self, operation: str) -> str | None:
        """Return the fault of a call, if any."""
        self.calls += 1
        profile = self.profile
        if self._quiet:
            return None
        point = self._random.random()
        for fault, probability in profile.faults.items():
            if not odd.applies(fault, operation):
                continue
            point -= probability
            if point < 0:
                self.injected[profile.name, fault] += 1
                return fault
        return None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection of the product, with one of its own to the engine."""
        engine = _Engine(self._engine_port)
        self._open.add(writer)
        try:
            while (request := await _read_request(reader)) is not None:
                if not await self._answer(request, engine, writer):
                    break
        except (EngineGone, OSError, asyncio.IncompleteReadError):
            _reset(writer)
        finally:
            self._open.discard(writer)
            await engine.close()
            await _close(writer)

    async def _answer(self, request: Request, engine: _Engine, writer: asyncio.StreamWriter) -> bool:
        """Answer a request; return whether the connection goes on."""
        fault = self._choose(request.operation)
        if fault is not None and fault in _DELAYS_S:
            await asyncio.sleep(self._random.uniform(*_DELAYS_S[fault]))
        if fault == "reset_before":
            _reset(writer)
            return False
        answer = await self._faulty(fault, request, engine)
        if fault == "reset_after":
            _reset(writer)
            return False
        writer.write(answer.encoded())
        await writer.drain()
        return answer.sent is None

    async def _faulty(self, fault: str | None, request: Request, engine: _Engine) -> Answer:
        if fault is not None and fault in INSTEAD:
            return INSTEAD[fault](request)
        if fault == "one_item":
            return await engine.call(odd.with_one_item(request))
        if fault == "unprocessed":
            part, rest = odd.divided(request, self._random)
            return odd.with_rest(request, await engine.call(part), rest)
        answer = await engine.call(request)
        return answer if fault is None or fault not in AFTERWARDS else AFTERWARDS[fault](request, answer)


class _Engine:
    """A connection to the engine, opened with the first call."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def call(self, request: Request) -> Answer:
        """Return the answer to a request. Raise `EngineGone`."""
        try:
            if self._streams is None:
                self._streams = await asyncio.open_connection("127.0.0.1", self._port, limit=_MAX_HEAD)
            reader, writer = self._streams
            writer.write(b"\r\n".join([*request.head, b"", request.body]))
            head, body = await _read_message(reader)
        except (OSError, asyncio.IncompleteReadError) as error:
            raise EngineGone from error
        crc = _header(head, b"x-amz-crc32")
        return Answer(int(head[0].split()[1]), body, crc=int(crc) if crc else None)

    async def close(self) -> None:
        """Close the connection."""
        if self._streams is not None:
            await _close(self._streams[1])


async def _read_request(reader: asyncio.StreamReader) -> Request | None:
    """Return the next request, or None at the end of the connection."""
    try:
        head, body = await _read_message(reader)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    operation = _header(head, b"x-amz-target").decode().rpartition(".")[2]
    return Request(head, operation, body)


async def _read_message(reader: asyncio.StreamReader) -> tuple[tuple[bytes, ...], bytes]:
    head = tuple((await reader.readuntil(b"\r\n\r\n"))[:-4].split(b"\r\n"))
    length = int(_header(head, b"content-length") or 0)
    return head, await reader.readexactly(length)


def _header(head: tuple[bytes, ...], name: bytes) -> bytes:
    for line in head[1:]:
        key, _, value = line.partition(b":")
        if key.strip().lower() == name:
            return value.strip()
    return b""


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Let the connection end with a reset."""
    end: Any = writer.get_extra_info("socket")
    with suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE)
    writer.transport.abort()
