"""The operations as they are now, kept in step with the store.

Two ways in. `commit` first stores, then shows: for steps on the ground, which must not be taken
unless they are kept. `post` first shows, then stores: in flight, a slow or full disk must never stand
between a vehicle and its command. Both pass one queue, so records reach the store in their order.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from gcs.events import Event
from gcs.operations.errors import NotKeptError, OvertakenError, UnknownOperationError
from gcs.operations.model import Operation
from gcs.operations.ports import OperationStore

RETRY_S = 2.0
_Record = tuple[Operation, tuple[Event, ...], "asyncio.Future[Exception | None] | None"]


class Ledger:
    """`publish` gets every event (with its `seq` when it was kept), `changed` every operation shown anew.

    `store_errors` are what the store raises when it cannot keep something.
    """

    def __init__(
        self,
        store: OperationStore,
        publish: Callable[[Event], None],
        changed: Callable[[Operation], None],
        store_errors: tuple[type[Exception], ...],
    ) -> None:
        self._store = store
        self._publish = publish
        self._changed = changed
        self._store_errors = store_errors
        self._operations: dict[str, Operation] = {}
        self._queue: asyncio.Queue[_Record] = asyncio.Queue()
        self._writer: asyncio.Task[None] | None = None
        self.operations: Mapping[str, Operation] = MappingProxyType(self._operations)
        self._pending = 0
        self._quiet = asyncio.Event()
        self._quiet.set()
        self.failing = False
        """Whether something shown could not be stored yet."""

    def get(self, operation_id: str) -> Operation:
        """The operation as it is now; raises `UnknownOperationError`."""
        try:
            return self._operations[operation_id]
        except KeyError:
            raise UnknownOperationError(operation_id) from None

    def load(self, operations: Sequence[Operation]) -> None:
        """Take over what the store held at start."""
        self._operations.update((operation.id, operation) for operation in operations)

    async def commit(self, operation: Operation, *events: Event) -> Operation:
        """Store, then show. Raises `NotKeptError` and shows nothing when the store cannot keep it.

        Raises `OvertakenError` when the operation was changed meanwhile (it was aborted): that stands, and is
        what the store holds in the end.
        """
        if self.failing:
            raise NotKeptError("the store cannot keep records at the moment")
        before = self._operations.get(operation.id)
        done: asyncio.Future[Exception | None] = asyncio.get_running_loop().create_future()
        self._enqueue((operation, events, done))
        error = await done
        if error is not None:
            raise NotKeptError(f"could not be stored: {error}") from error
        now = self._operations.get(operation.id)
        if now is not None and now is not before:
            raise OvertakenError(now.status)
        self._show(operation)
        return operation

    def post(self, operation: Operation, *events: Event) -> Operation:
        """Show at once, store as soon as the store can."""
        self._show(operation)
        self._enqueue((operation, events, None))
        return operation

    async def settled(self) -> None:
        """Wait until everything posted is stored, or the store fails."""
        await self._quiet.wait()

    async def stop(self) -> None:
        """Store what is left, if the store can, then stop."""
        await self.settled()
        if self._writer is not None:
            self._writer.cancel()
            await asyncio.gather(self._writer, return_exceptions=True)
            self._writer = None

    def _show(self, operation: Operation) -> None:
        self._operations[operation.id] = operation
        self._changed(operation)

    def _enqueue(self, record: _Record) -> None:
        if self._writer is None:
            self._writer = asyncio.get_running_loop().create_task(self._write(), name="operation ledger")
        self._pending += 1
        self._quiet.clear()
        self._queue.put_nowait(record)

    async def _write(self) -> None:
        while True:
            operation, events, done = await self._queue.get()
            error = await self._try(operation, events)
            if done is not None:
                if not done.done():
                    done.set_result(error)
            elif error is not None:
                await self._insist(operation, events)
            self._pending -= 1
            if self._pending:
                self._quiet.clear()
            else:
                self._quiet.set()

    async def _insist(self, operation: Operation, events: tuple[Event, ...]) -> None:
        """What was shown has happened: tell it now, without `seq`, and store it as soon as that works."""
        self._tell(events)
        self.failing = True
        self._quiet.set()
        while self.failing:
            await asyncio.sleep(RETRY_S)
            self.failing = await self._try(operation, events, tell=False) is not None

    async def _try(self, operation: Operation, events: tuple[Event, ...], *, tell: bool = True) -> Exception | None:
        try:
            kept = tuple(await self._store.put_operation(operation, events))
        except self._store_errors as error:
            return error
        self._tell(kept if tell else ())
        return None

    def _tell(self, events: Sequence[Event]) -> None:
        for event in events:
            self._publish(event)
