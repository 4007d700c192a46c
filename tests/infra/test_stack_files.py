"""The files that a running stack keeps for other terminals, and the banner that names them."""

import re
import stat
from pathlib import Path

import pytest

from infra.local import environment, startup
from infra.local.banner import READY, Running, banner, people
from infra.local.demo_people import ORGANISATIONS
from infra.local.stack_files import StackFiles
from infra.terminal import Style


@pytest.fixture
def files(tmp_path: Path) -> StackFiles:
    return StackFiles(8123, root=tmp_path)


def test_files_are_private_and_replaced(files: StackFiles) -> None:
    assert files.password() is None
    files.write("first")
    files.folder.chmod(0o755)
    files.password_file.chmod(0o644)
    files.write("second")
    assert files.password() == "second"
    for path, mode in ((files.folder, 0o700), (files.password_file, 0o600), (files.shell, 0o600)):
        assert stat.S_IMODE(path.stat().st_mode) == mode
    assert sorted(path.name for path in files.folder.iterdir()) == ["password", "shell"]
    files.remove()
    files.remove()
    assert files.password() is None


def test_a_folder_that_cannot_be_made_stops_the_start_with_its_name(files: StackFiles) -> None:
    files.folder.write_text("in the way")
    with pytest.raises(startup.StartFailed, match=re.escape(f"cannot be kept in {files.folder}: File exists")):
        startup.kept_password(files, "one", {}).__enter__()


def test_stacks_on_different_ports_do_not_disturb_each_other(tmp_path: Path) -> None:
    first, second = StackFiles(8000, root=tmp_path), StackFiles(8001, root=tmp_path)
    first.write("one")
    second.write("two")
    second.remove()
    assert first.password() == "one"


@pytest.mark.parametrize(
    ("environ", "stays"),
    [
        ({}, False),
        ({environment.ENGINE: "http://127.0.0.1:8001"}, True),
        ({environment.ENGINE: "http://127.0.0.1:8001", "PORT": "0"}, False),
    ],
)
def test_a_password_outlives_the_stack_only_with_its_users(
    files: StackFiles, environ: dict[str, str], *, stays: bool
) -> None:
    files.write("of an earlier stack")
    with startup.kept_password(files, "new", environ):
        assert files.password() == "new"
    assert (files.password() == "new") == stays
    with startup.kept_password(files, None, environ):
        assert files.password() is None


def test_colours_do_not_change_the_text_of_the_banner(files: StackFiles) -> None:
    running = Running(files, "secret", "in memory", ["a note"], ["192.168.1.5"])
    plain, coloured = (banner(running, Style(enabled=enabled)) for enabled in (False, True))
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == plain
    assert plain != coloured
    for text in ("http://192.168.1.5:8123/api/docs", "make walkthrough PORT=8123", f". {files.shell}", "a note"):
        assert text in plain
    assert plain.endswith(READY)


def test_the_banner_ends_with_the_address_of_the_console_if_there_is_one(files: StackFiles) -> None:
    running, style = Running(files, None, "elsewhere"), Style(enabled=False)
    last = banner(running, style, has_console=True).splitlines()[-4:]
    assert f"  Open http://{files.authority}/ in a browser." in last
    assert "in a browser" not in banner(running, style)


def test_the_banner_of_users_with_an_unknown_password_names_no_file(files: StackFiles) -> None:
    text = banner(Running(files, None, "elsewhere"), Style(enabled=False))
    assert "unchanged since the users were created" in text
    assert str(files.folder) not in text


def test_people_are_listed_by_domain_once() -> None:
    listed = [name for names in people().values() for name in names]
    assert sorted(listed) == sorted(one.username for organisation in ORGANISATIONS for one in organisation.people)
