"""A disk that remembers in which order it was written and synced, put under SQLite as its default file system.

SQLite lets a program replace its file access (a "VFS"). This one passes everything on and writes down every write,
truncation, deletion and sync. From that record the bytes can be made that a power cut would have left at any moment.
"""

import _sqlite3
import ctypes
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_Pointer, _Int, _Int64, _Text = ctypes.c_void_p, ctypes.c_int, ctypes.c_int64, ctypes.c_char_p
_XWRITE = ctypes.CFUNCTYPE(_Int, _Pointer, _Pointer, _Int, _Int64)
_XTRUNCATE = ctypes.CFUNCTYPE(_Int, _Pointer, _Int64)
_XSYNC = ctypes.CFUNCTYPE(_Int, _Pointer, _Int)
_XDELETE = ctypes.CFUNCTYPE(_Int, _Pointer, _Text, _Int)
_XOPEN = ctypes.CFUNCTYPE(_Int, _Pointer, _Pointer, _Pointer, _Int, _Pointer)


class _Methods(ctypes.Structure):
    _fields_ = [("version", _Int), ("close", _Pointer), ("read", _Pointer), ("write", _XWRITE),
                ("truncate", _XTRUNCATE), ("sync", _XSYNC), ("rest", _Pointer * 13)]  # fmt: skip


class _Vfs(ctypes.Structure):
    _fields_ = [("version", _Int), ("file_size", _Int), ("max_path", _Int), ("next", _Pointer), ("name", _Text),
                ("data", _Pointer), ("open", _XOPEN), ("delete", _XDELETE), ("rest", _Pointer * 14)]  # fmt: skip


SYNC, DELETE = -1, -2


def sqlite_library() -> ctypes.CDLL | None:
    """The SQLite that Python's sqlite3 uses, of maybe several in the process; None when it cannot be reached."""
    path = getattr(_sqlite3, "__file__", None)
    library = ctypes.CDLL(path) if path else None
    return library if hasattr(library, "sqlite3_vfs_find") else None


class RecordingDisk:
    """`log` is what happened to the files, as (name, offset, bytes), with `mark` for what happened elsewhere.

    Without bytes it is a truncation to `offset`, SYNC, or DELETE.
    """

    def __init__(self, library: ctypes.CDLL) -> None:
        self.log: list[tuple] = []
        self.trouble: Callable[[], int] = lambda: 0
        """Asked before every write, truncation and sync: an SQLite error code makes that one fail."""
        self._library = library
        self._library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
        self._below = self._library.sqlite3_vfs_find(None)
        self._vfs = _Vfs.from_buffer_copy(self._below.contents)
        self._vfs.name = b"recording"
        self._vfs.open = _XOPEN(self._open)
        self._vfs.delete = _XDELETE(self._delete)
        self._names: dict[int, str] = {}
        self._tables: dict[int, _Methods] = {}

    @contextmanager
    def installed(self) -> Iterator["RecordingDisk"]:
        """Every connection opened meanwhile goes through it; all have to be closed before the end."""
        self._library.sqlite3_vfs_register(ctypes.byref(self._vfs), 1)
        try:
            yield self
        finally:
            self._library.sqlite3_vfs_register(self._below, 1)
            self._library.sqlite3_vfs_unregister(ctypes.byref(self._vfs))

    def mark(self, what: object) -> None:
        self.log.append(("mark", what, None))

    def _open(self, _vfs, name, file, flags, out_flags) -> int:
        """SQLite keeps `name` for as long as the file is open: its own address goes on, never a copy."""
        result = self._below.contents.open(ctypes.addressof(self._below.contents), name, file, flags, out_flags)
        methods = ctypes.cast(file, ctypes.POINTER(_Pointer))
        if result == 0 and name and methods[0]:
            self._names[file] = Path(ctypes.string_at(name).decode()).name
            methods[0] = ctypes.addressof(self._recording(methods[0]))
        return result

    def _delete(self, _vfs, name, sync_folder) -> int:
        self.log.append((Path(name.decode()).name, DELETE, None))
        if sync_folder:
            self.log.append((Path(name.decode()).name, SYNC, None))
        return self._below.contents.delete(ctypes.addressof(self._below.contents), name, sync_folder)

    def _recording(self, address: int) -> _Methods:
        """A copy of the methods at `address` that writes down what it passes on."""
        if address not in self._tables:
            below = _Methods.from_address(address)
            table = _Methods.from_buffer_copy(below)

            def write(file, data, size, offset):
                self.log.append((self._names[file], offset, ctypes.string_at(data, size)))
                return self.trouble() or below.write(file, data, size, offset)

            def truncate(file, size):
                self.log.append((self._names[file], size, None))
                return self.trouble() or below.truncate(file, size)

            def sync(file, flags):
                result = self.trouble() or below.sync(file, flags)
                self.log.append((self._names[file], SYNC, None))
                return result

            table.write, table.truncate, table.sync = _XWRITE(write), _XTRUNCATE(truncate), _XSYNC(sync)
            self._tables[address] = table
        return self._tables[address]


class PowerCut:
    """Goes through a log; what is on the disk is what was synced, and of the rest whatever chance lets through.

    At the first sync of a journal SQLite syncs its folder too, and with it the deletions of other files.
    """

    def __init__(self) -> None:
        self._synced: dict[str, bytearray | None] = {}
        self._loose: dict[str, list[tuple[int, bytes | None]]] = {}

    def take(self, name: str, offset: int, data: bytes | None) -> None:
        if offset == SYNC:
            if self._synced.get(name) is None:
                self._sync_folder()
            for loose in self._loose.pop(name, []):
                self._synced[name] = _put(self._synced.get(name), *loose)
        else:
            self._loose.setdefault(name, []).append((offset, data))

    def _sync_folder(self) -> None:
        for name, loose in self._loose.items():
            if (DELETE, None) in loose:
                after = loose.index((DELETE, None)) + 1
                self._synced[name], self._loose[name] = None, loose[after:]

    def leave(self, folder: Path, draw: random.Random, luck: float) -> None:
        """Write the files as the cut leaves them; each unsynced write has come through with probability `luck`."""
        for name in {*self._synced, *self._loose}:
            content = self._synced.get(name)
            for loose in self._loose.get(name, []):
                if draw.random() < luck:
                    content = _put(content, *loose)
            if content is not None:
                (folder / name).write_bytes(content)


def _put(before: bytearray | None, offset: int, data: bytes | None) -> bytearray | None:
    """The content of a file after one entry of the log; None where there is no file."""
    if offset == DELETE:
        return None
    content = bytearray() if before is None else bytearray(before)
    if data is None:
        del content[offset:]
        return content
    content.extend(bytes(max(0, offset - len(content))))
    content[offset : offset + len(data)] = data
    return content
