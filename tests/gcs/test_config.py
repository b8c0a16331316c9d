"""Settings: precedence, and refusal of what is not known."""

from pathlib import Path

import pytest

from gcs.config import Config, ConfigError, load_config

ROOT = Path(__file__).resolve().parents[2]


def write(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "aeropatrol.toml"
    file.write_text(text, "utf-8")
    return file


def test_defaults_listen_on_loopback_only():
    config = load_config(environment={})
    assert config.http_host == "127.0.0.1"
    assert config.http_port == 8080
    assert config.links == ("udpin://0.0.0.0:14550",)


def test_flags_win_over_environment_over_file(tmp_path):
    file = write(tmp_path, 'http = "127.0.0.1:1"\nnetwork = "file"\ndata = "file"')
    environment = {"AEROPATROL_HTTP": "127.0.0.1:2", "AEROPATROL_NETWORK": "environment"}
    config = load_config(file, environment, {"http": "127.0.0.1:3", "network": None})
    assert (config.http, config.network, config.data) == ("127.0.0.1:3", "environment", "file")


def test_the_environment_may_name_the_file_and_several_links(tmp_path):
    file = write(tmp_path, "sysid = 254")
    config = load_config(environment={"AEROPATROL_CONFIG": str(file), "AEROPATROL_LINKS": "udpin://:1 tcpout://h:2"})
    assert config.sysid == 254
    assert config.links == ("udpin://:1", "tcpout://h:2")


def test_links_are_parted_into_networks(tmp_path):
    file = write(tmp_path, 'links = ["udpin://:1", "udpin://:2"]\n[networks]\n"udpin://:2" = "北区"')
    assert load_config(file, {}).networks == {"udpin://:2": "北区"}


@pytest.mark.parametrize(
    ("networks", "says"),
    [('"udpin://:9" = "north"', "udpin://:9 is none of the links"), ('"udpin://:1" = "a/b"', "'a/b' is not a name")],
)
def test_a_network_of_a_link_that_is_not_there_or_with_an_odd_name_is_refused(tmp_path, networks, says):
    file = write(tmp_path, f'links = ["udpin://:1"]\n[networks]\n{networks}')
    with pytest.raises(ConfigError, match=says):
        load_config(file, {})


def test_basemaps_come_from_the_file(tmp_path):
    file = write(
        tmp_path, '[[basemaps]]\nname = "city"\nurl = "https://tiles.example/{z}/{x}/{y}.png"\ndatum = "gcj02"'
    )
    assert load_config(file, {}).basemaps[0].datum == "gcj02"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("htpp = 1", "'htpp'"),
        ("sysid = 'x", "not TOML"),
        ("sysid = 300", "300"),
        ("sysid = 'many'", "sysid"),
        ('http = "8080"', "8080"),
        ('[[basemaps]]\nname = "a"\ncolour = "red"\nurl = "x"', "colour"),
        ('[[basemaps]]\nname = "a"', "'a'"),
        ('[[webhooks]]\nname = "a"\nurl = "ftp://x"\nsecret = "sixteen-letters-x"', "https://HOST"),
        ('[[webhooks]]\nname = "a"\nurl = "https://x"\nsecret = "short"', "16 characters"),
        ("utc_offset_h = 25", "utc_offset_h"),
        ("geoid_undulation_m = 500", "geoid_undulation_m"),
        ('geoid = "egm96-5.pgm"\ngeoid_undulation_m = 10', "not both"),
    ],
)
def test_a_wrong_file_is_refused_by_name(tmp_path, text, named):
    with pytest.raises(ConfigError, match=named):
        load_config(write(tmp_path, text), {})


def test_a_wrong_variable_is_refused_by_name():
    with pytest.raises(ConfigError, match="htpp"):
        load_config(environment={"AEROPATROL_HTPP": "127.0.0.1:1"})


def test_a_missing_file_is_one_clear_error(tmp_path):
    with pytest.raises(ConfigError, match=r"nowhere\.toml"):
        load_config(tmp_path / "nowhere.toml", {})


def test_every_key_is_documented():
    documented = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    for key in Config.__struct_fields__:
        assert f"`{key}`" in documented


HOOK = '[[webhooks]]\nname = "{name}"\nurl = "https://cad.example/hook"\nsecret = "sesame-open-sesame"\n'


def test_a_secret_is_never_shown(tmp_path):
    config = load_config(write(tmp_path, HOOK.format(name="cad")), {})
    assert config.webhooks[0].secret == "sesame-open-sesame"
    assert "sesame" not in f"{config!r} {config.webhooks}"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('http = "0.0.0.0:8443"\nhttp_names = ["a b"]', "http_names"),
        ('http_names = ["gcs.example"]', "may do everything"),
        ('http_certificate = "page.pem"', "http_key"),
    ],
)
def test_pages_have_names_that_are_some_and_never_on_a_server_that_trusts_everybody(tmp_path, text, named):
    with pytest.raises(ConfigError, match=named):
        load_config(write(tmp_path, text), {})
    named = load_config(write(tmp_path, 'http = "0.0.0.0:8443"\nhttp_names = ["GCS.example"]'), {})
    assert named.called == {"gcs.example"}


def test_two_channels_of_one_name_are_refused(tmp_path):
    with pytest.raises(ConfigError, match="two channels are named 'cad'"):
        load_config(write(tmp_path, HOOK.format(name="cad") * 2), {})
