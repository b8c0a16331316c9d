"""What is kept of vehicles in files: uploads that broke, parameters as they were read."""

from datetime import UTC, datetime, timedelta

import pytest

from gcs.store.errors import StoreError
from gcs.store.open_uploads import OpenUploadFiles
from gcs.store.param_files import SETS_KEPT, ParamFiles
from gcs.vehicles.param_set import ParamSet, params_hash
from telemetry.services.parameter import Parameter

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = ("main-1", "../../escape-1", "网-7")


def made(value, at=NOW):
    parameters = {"RTL_ALT": Parameter("RTL_ALT", value, 9), "FENCE_TYPE": Parameter("FENCE_TYPE", 7.0, 2)}
    return ParamSet(params_hash(parameters), at, parameters)


@pytest.mark.parametrize("vehicle", NAMES)
async def test_an_upload_that_began_is_known_to_whoever_starts_next(tmp_path, vehicle):
    folder = tmp_path / "uploads"
    await OpenUploadFiles(folder).began(vehicle)
    assert OpenUploadFiles(folder).vehicles() == {vehicle}
    await OpenUploadFiles(folder).verified(vehicle)
    assert OpenUploadFiles(folder).vehicles() == frozenset()
    assert [path.name for path in tmp_path.iterdir()] == ["uploads"]


async def test_a_second_upload_and_a_second_verification_change_nothing(tmp_path):
    files = OpenUploadFiles(tmp_path)
    for _ in range(2):
        await files.began("main-1")
    for _ in range(2):
        await files.verified("main-1")
    assert files.vehicles() == frozenset()


async def test_a_folder_that_cannot_be_made_is_an_error_of_the_disk(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        await OpenUploadFiles(tmp_path / "file").began("main-1")


@pytest.mark.parametrize("vehicle", NAMES)
async def test_parameters_are_read_back_as_they_were_kept(tmp_path, vehicle):
    params = made(3000.0)
    await ParamFiles(tmp_path / "params").put(vehicle, params)
    assert await ParamFiles(tmp_path / "params").latest(vehicle) == params
    assert [path.name for path in tmp_path.iterdir()] == ["params"]


async def test_the_latest_is_given_and_equal_sets_share_a_file(tmp_path):
    files = ParamFiles(tmp_path)
    later = NOW + timedelta(hours=1)
    for params in (made(1.0), made(2.0), made(1.0, later)):
        await files.put("main-1", params)
    assert (await files.latest("main-1")).read_at == later
    assert (await files.latest("main-1")).parameters["RTL_ALT"].value == 1.0
    assert len(list((tmp_path / "vehicle-main-1").glob("*.json"))) == 3


async def test_old_sets_go(tmp_path):
    files = ParamFiles(tmp_path)
    for value in range(SETS_KEPT + 5):
        await files.put("main-1", made(float(value)))
    assert len(list((tmp_path / "vehicle-main-1").glob("*.json"))) == SETS_KEPT + 1
    assert (await files.latest("main-1")).parameters["RTL_ALT"].value == SETS_KEPT + 4


async def test_a_disk_that_fails_is_told_as_the_stores_own_trouble(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError):
        await ParamFiles(tmp_path / "file").put("main-1", made(1.0))


@pytest.mark.parametrize("damage", ["latest.json", None])
async def test_a_damaged_file_counts_as_not_there(tmp_path, damage):
    files, params = ParamFiles(tmp_path), made(1.0)
    assert await files.latest("main-1") is None
    await files.put("main-1", params)
    (tmp_path / "vehicle-main-1" / (damage or f"{params.hash}.json")).write_bytes(b'[["RTL_')
    assert await files.latest("main-1") is None
