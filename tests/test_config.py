"""Settings, and where they come from."""

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from engine.config import Config, ConfigFault, load_config, shown, unit, variable


def config_file(folder: Path, text: str) -> Path:
    path = folder / "luochui.toml"
    path.write_text(text, encoding="utf-8")
    return path


def source(config: Config, name: str) -> tuple[object, str]:
    return next((value, where) for each, value, where in config.settings() if each == name)


def test_without_anything_the_defaults_stand() -> None:
    config = load_config(environ={})
    assert config == Config()
    assert source(config, "http.port") == (8000, "default")
    assert source(config, "limits.commands_per_s") == (10.0, "default")
    assert all(where == "default" for _, _, where in config.settings())


def test_the_command_line_beats_the_environment_the_environment_the_file_and_the_file_the_defaults(
    tmp_path: Path,
) -> None:
    path = config_file(tmp_path, "[http]\nport = 1\nbacklog = 1\nidle_s = 1\n")
    config = load_config(
        path, environ={"LUOCHUI_HTTP_PORT": "2", "LUOCHUI_HTTP_BACKLOG": "2", "HOME": "/"}, flags={"port": 3}
    )
    assert source(config, "http.port") == (3, "command line")
    assert source(config, "http.backlog") == (2, "LUOCHUI_HTTP_BACKLOG")
    assert source(config, "http.idle_s") == (1, str(path))
    assert source(config, "http.header_s") == (5.0, "default")


def test_every_setting_can_be_set_in_the_environment_as_it_is(tmp_path: Path) -> None:
    settings = list(load_config(environ={}).settings())
    environ = {
        variable(name): ",".join(value) if isinstance(value, tuple) else str(value) for name, value, _ in settings
    }
    assert len(environ) == len(settings) > 40
    again = list(load_config(environ=environ).settings())
    assert [(name, value) for name, value, _ in again] == [(name, value) for name, value, _ in settings]
    assert all(where == variable(name) for name, _, where in again)


def test_groups_in_groups_are_reached_by_their_path(tmp_path: Path) -> None:
    path = config_file(tmp_path, "[room.clerk]\nbatch_max = 7\n")
    assert load_config(path, environ={}).room.clerk.batch_max == 7
    assert load_config(environ={"LUOCHUI_ROOM_CLERK_BATCH_MAX": "8"}).room.clerk.batch_max == 8


def test_lists_are_written_with_commas_in_the_environment_and_as_lists_in_the_file(tmp_path: Path) -> None:
    wanted = ("https://a.cn", "https://b.cn")
    assert load_config(environ={"LUOCHUI_HTTP_ORIGINS": "https://a.cn, https://b.cn,"}).http.origins == wanted
    path = config_file(tmp_path, '[http]\norigins = ["https://a.cn", "https://b.cn"]\n')
    assert load_config(path, environ={}).http.origins == wanted


def test_settings_cannot_be_changed_afterwards() -> None:
    config = load_config(environ={})
    with pytest.raises(FrozenInstanceError):
        config.http.port = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[http]\nprot = 1", r"'http.prot' is no setting; is 'http.port' meant\?"),
        ("[htp]\nport = 1", r"'htp.port' is no setting; is 'http.port' meant\?"),
        ("port = 1", "'port' is no setting"),
        ("[http.port]\nx = 1", "'http.port.x' is no setting"),
        ('[http]\nport = "8000"', "Expected `int`, got `str`"),
        ("[http]\nport = 80.5", "http.port = 80.5 cannot be"),
        ("[http]\nport = true", "http.port = True cannot be"),
        ("[http]\nport = -1", "must be a number above zero"),
        ("[http]\nport = 70000", "ports end at 65535"),
        ("[http]\nidle_s = 0", "must be a number above zero"),
        ("[http]\nidle_s = nan", "must be a number above zero"),
        ("[http]\nidle_s = inf", "must be a number above zero"),
        ('[http]\norigins = "https://a.cn"', "http.origins = 'https://a.cn' cannot be"),
        ('[http]\norigins = ["*"]', "is no origin"),
        ('[http]\ntrusted_proxies = ["nginx"]', "nginx"),
        ('[pages]\nmetrics_from = ["10.0.0.1/8"]', "host bits"),
        ('[pages]\npublic_url = "sale.example.cn"', "pages.public_url = 'sale.example.cn' cannot be"),
        ('[pages]\npublic_url = "https://sale.example.cn/x"', "it should look like https://sale.example.cn"),
        ("[socket]\nping_every_s = 9", "silent_s_max must be above"),
        ("[hub]\noutpost_silent_s_max = 1.0", "above cluster.presence_ms twice"),
        ("[hub]\noutpost_silent_s_max = 10.0", "below 10 s"),
        ("[cluster]\npresence_ms = 2000", "above cluster.presence_ms twice"),
        ('[trust]\nsubject_fields = ["serialNumber"]', "object identifiers"),
        ('[cluster]\nsentinels = ["h:1"]', "cluster.redis_url must say how"),
        ('[cluster]\nsentinels = ["h:1"]\nredis_url = "unix:///s"', "cluster.redis_url must say how"),
        ('[cluster]\nsentinels = ["10.0.0.5"]\nredis_url = "redis://"', "each is host:port"),
        ('[cluster]\nsentinel_url = "unix:///s"', "cluster.sentinel_url cannot be"),
        ("[http", "is no TOML"),
    ],
)
def test_what_cannot_be_is_refused_with_its_name_and_place(tmp_path: Path, text: str, said: str) -> None:
    path = config_file(tmp_path, text)
    with pytest.raises(ConfigFault, match=said):
        load_config(path, environ={})


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigFault, match="No such file"):
        load_config(tmp_path / "none.toml", environ={})


def test_a_variable_that_means_nothing_is_refused_unless_it_is_the_command_lines() -> None:
    load_config(environ={"LUOCHUI_DATA": "/data", "LUOCHUI_CONFIG": "/x.toml", "OTHER_HTTP_PROT": "1"})
    with pytest.raises(ConfigFault, match=r"LUOCHUI_HTTP_PROT, which is no setting; is 'LUOCHUI_HTTP_PORT' meant\?"):
        load_config(environ={"LUOCHUI_HTTP_PROT": "1"})


def test_a_flag_may_have_its_full_name() -> None:
    assert load_config(environ={}, flags={"http.host": "::", "room.clerk.batch_max": 9}).room.clerk.batch_max == 9
    with pytest.raises(ConfigFault, match="command line: 'prot' is no setting"):
        load_config(environ={}, flags={"prot": 1})


def test_a_certificate_goes_with_its_key() -> None:
    with pytest.raises(ConfigFault, match="go together"):
        load_config(environ={}, flags={"http.tls_key": "/key.pem"})


def test_a_name_says_what_its_figures_count() -> None:
    names = {name: unit(name) for name, _, _ in Config().settings()}
    assert names["http.write_bytes_per_s_min"] == "bytes/s"
    assert names["socket.frames_per_s_max"] == "per second"
    assert names["log.slow_commit_ms"] == "milliseconds"
    assert names["socket.silent_s_max"] == "seconds"
    assert names["http.origins"] == ""


def test_a_secret_is_never_shown_not_even_inside_an_address() -> None:
    assert shown("cluster.password", "hunter2") == "***"
    assert shown("cluster.tokens", ("a", "b")) == ["***", "***"]
    assert shown("cluster.url", "redis://house:hunter2@10.0.0.5:6379/0") == "redis://***@10.0.0.5:6379/0"
    assert shown("http.tls_key", "/etc/key.pem") == "/etc/key.pem"
    assert shown("limits.commands_per_s", 10.0) == 10.0
