"""Sites: the example, which place is in which, private zones, hours, and files that cannot be used."""

from datetime import datetime, timedelta, timezone

import msgspec
import pytest

from gcs.dispatch.model import UnitKind
from gcs.sightings.catalogue import default_catalogue
from gcs.sites.model import SiteError
from gcs.sites.read import load_sites, read_kinds, read_sites

LOCAL = timezone(timedelta(hours=8))
SCHOOL, PLAYGROUND, STREET = (29.8957, 121.8419), (29.8968, 121.8422), (29.95, 121.9)


@pytest.fixture(scope="module")
def sites():
    return load_sites("beilun")


def square(lon=121.8, lat=29.9, side=0.01):
    ring = [[lon, lat], [lon + side, lat], [lon + side, lat + side], [lon, lat + side], [lon, lat]]
    return {"type": "Polygon", "coordinates": [ring]}


def file(*features):
    made = [{"type": "Feature", "geometry": geometry, "properties": properties} for geometry, properties in features]
    return msgspec.json.encode({"type": "FeatureCollection", "features": made})


def site(name="a", **more):
    return {"id": name, "kind": "village", "zh": "村", "en": "Village", **more}


def test_six_sites_of_six_kinds_ship_as_the_example(sites):
    assert len(sites) == 6
    assert len({s.kind for s in sites.values()}) == 6


def test_every_kind_looks_for_classes_that_there_are(sites):
    assert len(sites.profiles) == 10
    for profile in sites.profiles.values():
        assert set(profile.look_for) <= set(default_catalogue())


def test_a_place_belongs_to_the_smallest_site_around_it(sites):
    kinds = read_kinds(
        '[kind.village]\nzh="村"\nen="v"\nlook_for=[]\nhours=[]\npattern="lanes"\nheight_m=1\nspeed_m_s=1\nunits=[]',
        "k",
    )
    nested = type(sites)(
        read_sites(file((square(side=0.1), site("big")), (square(), site("small"))), "f", kinds), kinds
    )
    assert (nested.at(29.905, 121.805), nested.at(29.95, 121.85), nested.at(0.5, 0.5)) == ("small", "big", None)
    assert (sites.at(*SCHOOL), sites.at(*STREET)) == ("school-xinqi", None)


def test_a_private_zone_decides_about_pictures_and_only_there(sites):
    assert [sites.picture_rule(*place) for place in (PLAYGROUND, SCHOOL, STREET)] == ["refuse", "keep", "keep"]
    assert sites.picture_rule(29.8962, 121.8368) == "mask"


def test_units_that_serve_a_site(sites):
    assert UnitKind.GRID_WORKER in sites.units("site-mingzhou")
    assert sites.units(None) == sites.units("gone") == frozenset()


@pytest.mark.parametrize(
    ("at", "due"),
    [
        ("2026-03-02T07:10", ["arriving"]),
        ("2026-03-02T08:10", []),
        ("2026-03-02T16:59", ["leaving"]),
        ("2026-03-01T07:30", []),
    ],
)
def test_a_school_is_due_on_school_days(sites, at, due):
    local = datetime.fromisoformat(at).replace(tzinfo=LOCAL)
    assert [hours.en for hours in sites.due("school-xinqi", local)] == due


@pytest.mark.parametrize(("at", "due"), [("22:30", True), ("04:59", True), ("05:00", False), ("21:59", False)])
def test_a_night_reaches_into_the_next_day(sites, at, due):
    local = datetime.fromisoformat(f"2026-03-04T{at}").replace(tzinfo=LOCAL)
    assert ("night" in [hours.en for hours in sites.due("site-mingzhou", local)]) is due


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"{", "f.geojson"),
        (file((square(), site(kind="castle"))), "'castle'"),
        (file((square(), site(en=""))), "'en'"),
        (file((square(), site()), (square(), site())), "already"),
        (file((square(), {"private_of": "b", "zh": "x", "en": "x"})), "'b'"),
        (file(({"type": "Point", "coordinates": [1, 2]}, site())), "Polygon"),
        (file(({"type": "Nonsense"}, site())), "geometry"),
        (file((square(lon=500), site())), "degrees"),
        (file((square(), site(zh="x" * 101))), "at most"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_its_feature(sites, text, said):
    with pytest.raises(SiteError, match=said) as refused:
        read_sites(text, "f.geojson", sites.profiles)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["[kind.x]\nzh=1", "nonsense", "[other]"])
def test_kinds_that_cannot_be_used(text):
    with pytest.raises(SiteError, match=r"k\.toml"):
        read_kinds(text, "k.toml")


def test_a_file_that_is_not_there():
    with pytest.raises(SiteError, match="name an existing GeoJSON file"):
        load_sites("/nowhere.geojson")
