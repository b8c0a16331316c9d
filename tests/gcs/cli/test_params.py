"""`aeropatrol params` against ground control with a simulated vehicle."""

import asyncio

import aiohttp
import pytest
import typer
from typer.testing import CliRunner

from gcs.cli.params import params
from telemetry.services.param_file import read_params

app = typer.Typer()
app.command()(params)


async def run(control, *options):
    """The verb as a user runs it, beside the server's loop."""
    return await asyncio.to_thread(CliRunner().invoke, app, ["main-1", "--url", control.url, *options])


@pytest.fixture
async def control(one_vehicle):
    """Ground control that knows the vehicle well enough to ask it."""
    async with one_vehicle() as running:
        yield running


async def events(url, prefix):
    async with aiohttp.ClientSession() as session, session.get(f"{url}/api/v1/events?limit=1000") as answer:
        return [event for event in await answer.json() if event["kind"].startswith(prefix)]


async def test_parameters_are_saved_compared_changed_and_restored(control, tmp_path):
    saved, changed = tmp_path / "saved.param", tmp_path / "changed.param"
    result = await run(control, "--save", str(saved))
    assert result.exit_code == 0, result.output
    values = read_params(saved.read_text("utf-8"))
    assert len(values) == 1354
    assert (await run(control, "--diff", str(saved))).exit_code == 0

    name = next(n for n in ("WP_SPD", "WPNAV_SPEED") if n in values)
    changed.write_text(f"{name},{values[name] + 1}\nNO_SUCH,1\nSTAT_BOOTCNT,99\n", "utf-8")
    differs = await run(control, "--diff", str(changed))
    assert differs.exit_code == 1
    assert differs.output.splitlines() == [
        "NO_SUCH: absent -> 1",
        f"{name}: {values[name]:g} -> {values[name] + 1:g}",
    ]

    assert (await run(control, "--restore", str(changed), "--yes", "--seat", "chen")).exit_code == 1
    assert (await run(control, "--diff", str(saved))).output == f"{name}: {values[name] + 1:g} -> {values[name]:g}\n"
    assert (await run(control, "--restore", str(saved), "--yes", "--seat", "chen")).exit_code == 0
    done = await events(control.url, "param.set.done")
    assert [(event["actor"], event["data"]["name"]) for event in done] == [("chen", name), ("chen", name)]

    kept = await run(control, "--kept")
    assert read_params(kept.stdout) == values


async def test_what_cannot_be_done_is_one_line_and_exit_code_1(control, tmp_path):
    nowhere = await asyncio.to_thread(CliRunner().invoke, app, ["main-1", "--url", "http://127.0.0.1:1"])
    unknown = await asyncio.to_thread(CliRunner().invoke, app, ["main-9", "--url", control.url])
    (tmp_path / "bad.param").write_text("WHAT IS THIS", "utf-8")
    broken = await run(control, "--diff", str(tmp_path / "bad.param"))
    for result in (nowhere, unknown, broken):
        assert result.exit_code == 1
        assert result.output.startswith("aeropatrol: ")
        assert result.output.count("\n") == 1
