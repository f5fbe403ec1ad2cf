"""The carrier of Redis streams lets go of a connection only when nobody waits on it."""

from pathlib import Path
from typing import Final

import trio
import trio.testing

from engine.cluster.settings import ClusterSettings
from engine.cluster.streams import RedisEngine

OK: Final = b"+OK\r\n"
ENTRY: Final = b"$3\r\n1-0\r\n"


class SlowServer:
    """Answers what a client says when it connects, and keeps the first entry it is given waiting."""

    def __init__(self) -> None:
        self.asked, self.may_answer = trio.Event(), trio.Event()
        self.answered = False

    async def serve(self, path: Path, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        with trio.socket.socket(trio.socket.AF_UNIX) as listener:
            await listener.bind(str(path))
            listener.listen()
            task_status.started()
            connection, _ = await listener.accept()
            async with trio.SocketStream(connection) as stream:
                async for said in stream:
                    await stream.send_all(OK * said.count(b"SETINFO"))
                    if b"XADD" in said:
                        self.asked.set()
                        await self.may_answer.wait()
                        await stream.send_all(ENTRY)
                        self.answered = True


async def test_who_stops_in_the_middle_of_a_command_waits_for_its_answer(tmp_path: Path) -> None:
    path, server = tmp_path / "redis.sock", SlowServer()
    async with trio.open_nursery() as outer:
        await outer.start(server.serve, path)
        carrier = RedisEngine(ClusterSettings(redis_url=f"unix://{path}", timeout_ms=60_000))
        async with trio.open_nursery() as inner:
            inner.start_soon(carrier.run, lambda _sale, _frame: None, tuple)
            inner.start_soon(carrier.note, "trial", b"note")
            await server.asked.wait()
            inner.cancel_scope.cancel()
            outer.start_soon(_answer_when_all_wait, server)
        outer.cancel_scope.cancel()
    assert server.answered


async def _answer_when_all_wait(server: SlowServer) -> None:
    await trio.testing.wait_all_tasks_blocked()
    server.may_answer.set()
