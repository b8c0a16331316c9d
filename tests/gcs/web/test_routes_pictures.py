"""Pictures over HTTP: taken, refused, masked, shown to whom."""

import io
import os
from datetime import timedelta

import pytest
from msgspec.structs import replace
from PIL import Image

from gcs.dispatch.model import UnitKind
from gcs.dispatch.picture_desk import PictureDesk
from gcs.sightings.pictures import digest
from gcs.store.errors import StoreFullError
from gcs.store.pictures import PictureFiles

ID = "0f8fad5b-d9cb-469f-a165-70867728950e"
STREET, PLAYGROUND, COURTYARD = (29.95, 121.9), (29.8968, 121.8422), (29.8962, 121.8368)


def jpeg(shade=80, size=(64, 48)):
    out = io.BytesIO()
    Image.new("RGB", size, (shade, 10, 10)).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def add(behind):
    async def send(client, data, place=STREET, headers=None, kind="image/jpeg", at=None, **report):
        body = {"id": ID, "klass": "illegal_parking", "lat": place[0], "lon": place[1], **report}
        if ID not in behind.desk.sightings:
            await client.post("/api/v1/sightings", json=body, headers=headers)
        return await client.post(
            f"/api/v1/sightings/{ID}/pictures",
            data=data,
            headers={"Content-Type": kind, **(headers or {})},
            params={} if at is None else {"at": at},
        )

    return send


async def test_a_picture_is_kept_under_its_digest_and_served_as_a_picture(api, add):
    answer = await add(api, jpeg())
    (picture,) = (await answer.json())["pictures"]
    assert (answer.status, picture["name"], picture["masked"]) == (201, digest(jpeg()), False)
    shown = await api.get(f"/api/v1/pictures/{picture['name']}")
    assert (await shown.read(), shown.content_type) == (jpeg(), "image/jpeg")
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in shown.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("data", "kind", "status", "code"),
    [
        (b"x" * (8 * 2**20 + 1), "image/jpeg", 413, "body.too_large"),
        (b"<svg/>", "image/svg+xml", 415, "picture.type"),
        (b"<script>alert(1)</script>", "image/png", 415, "picture.type"),
        (b"", "image/png", 415, "picture.type"),
    ],
)
async def test_what_is_no_picture_or_too_large_is_refused_and_nothing_kept(
    api, add, refused, behind, data, kind, status, code
):
    await refused(await add(api, data, kind=kind), status, code)
    assert not list((behind.folder / "pictures").rglob("*"))
    assert behind.desk.sightings[ID].pictures == ()


@pytest.mark.parametrize(("ago_s", "kept_ago_s"), [(600, 600), (0, 0), (-60, 0), (900_000, 86_400)])
async def test_a_picture_that_waited_on_a_phone_keeps_its_time_within_a_day(api, add, behind, ago_s, kept_ago_s):
    now = behind.clock.utc()
    (picture,) = (await (await add(api, jpeg(), at=(now - timedelta(seconds=ago_s)).isoformat())).json())["pictures"]
    kept = behind.desk.sightings[ID].pictures[0]
    assert kept.at == now - timedelta(seconds=kept_ago_s)
    assert kept.received_at == (now if kept_ago_s else None)
    assert picture["at"] == kept.at.isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize("at", ["yesterday", "2026-01-01T00:00:00"])
async def test_a_time_that_is_none_is_refused(api, add, refused, at):
    await refused(await add(api, jpeg(), at=at), 400, "query.time")


async def test_of_a_playground_nothing_is_kept(api, add, refused, behind):
    await refused(await add(api, jpeg(), PLAYGROUND), 422, "picture.private")
    assert not (behind.folder / "pictures").exists()


async def test_of_a_courtyard_only_blocks_are_kept(api, add, behind):
    (picture,) = (await (await add(api, jpeg(), COURTYARD)).json())["pictures"]
    assert picture["masked"] is True
    kept = [file.read_bytes() for file in (behind.folder / "pictures").rglob("*.jpg")]
    assert len(kept) == 1
    assert jpeg() not in kept


async def test_a_full_disk_is_told_and_nothing_is_attached(serve, add, refused, behind):
    class Full(PictureFiles):
        def put(self, data, media_type):
            raise StoreFullError("no space left")

    pictures = PictureDesk(Full(behind.folder), behind.desk, behind.sites, behind.clock, 90)
    await refused(await add(await serve(pictures=pictures), jpeg()), 507, "store.full")
    assert behind.desk.sightings[ID].pictures == ()


async def test_a_unit_sees_pictures_of_its_own_sightings_only(guarded, add, refused, behind, as_centre, as_unit):
    (picture,) = (await (await add(guarded, jpeg(), headers=as_centre)).json())["pictures"]
    path = f"/api/v1/pictures/{picture['name']}"
    await refused(await guarded.get(path, headers=as_unit), 404, "picture.unknown")
    await refused(await add(guarded, jpeg(90), headers=as_unit), 404, "sighting.unknown")
    steps = f"/api/v1/sightings/{ID}/steps"
    await guarded.post(steps, json={"action": "assign", "unit": "car-1"}, headers=as_centre)
    assert (await guarded.get(path, headers=as_unit)).status == 200
    assert (await add(guarded, jpeg(90), headers=as_unit)).status == 201


async def test_a_volunteer_sees_the_task_in_hand_masked_until_it_is_closed(
    guarded, add, refused, behind, as_centre, as_unit
):
    behind.desk.units["car-1"] = replace(behind.desk.units["car-1"], kind=UnitKind.VOLUNTEER)
    source = {"kind": "person", "name": "王女士 13800000000"}
    (picture,) = (await (await add(guarded, jpeg(size=(640, 480)), headers=as_centre, source=source)).json())[
        "pictures"
    ]
    steps, path = f"/api/v1/sightings/{ID}/steps", f"/api/v1/pictures/{picture['name']}"
    await guarded.post(steps, json={"action": "assign", "unit": "car-1"}, headers=as_centre)
    text = await (await guarded.get(f"/api/v1/sightings/{ID}", headers=as_unit)).text()
    assert "王女士" not in text
    assert "pilot" not in text, "nobody else who dealt with it is named"
    assert await (await guarded.get(path, headers=as_unit)).read() != jpeg(size=(640, 480))
    for action in ("accept", "arrive", "resolve"):
        await guarded.post(steps, json={"action": action, "outcome": "found"}, headers=as_unit)
    await refused(await guarded.get(f"/api/v1/sightings/{ID}", headers=as_unit), 404, "sighting.unknown")
    await refused(await guarded.get(path, headers=as_unit), 404, "picture.unknown")


@pytest.mark.parametrize("name", ["0" * 64, "..%2f..%2faccess.json", "%00", "A" * 64])
async def test_no_other_file_is_a_picture(api, refused, behind, name):
    (behind.folder / "access.json").write_text("secret")
    await refused(await api.get(f"/api/v1/pictures/{name}"), 404, "picture.unknown")


async def test_a_file_that_was_changed_is_not_shown(api, add, refused, behind):
    (picture,) = (await (await add(api, jpeg())).json())["pictures"]
    (file,) = (behind.folder / "pictures").rglob("*.jpg")
    file.write_bytes(jpeg(200))
    await refused(await api.get(f"/api/v1/pictures/{picture['name']}"), 404, "picture.unknown")


async def test_pictures_go_when_their_time_is_over_unless_the_sighting_is_open(api, add, behind):
    await add(api, jpeg())
    (file,) = (behind.folder / "pictures").rglob("*.jpg")
    old = (behind.clock.utc() - timedelta(days=91)).timestamp()
    os.utime(file, (old, old))
    assert await behind.pictures.sweep() == 0
    await api.post(f"/api/v1/sightings/{ID}/steps", json={"action": "dismiss", "note": "nothing"})
    assert await behind.pictures.sweep() == 1
    assert not file.exists()
