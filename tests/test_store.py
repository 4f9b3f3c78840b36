"""Values kept between runs: found again, never trusted blindly, safe under several processes."""

# Expected first, as everywhere in these tests.

from __future__ import annotations

import io
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from kernels_lib.errors import BadParameters
from kernels_lib.store import remember, remember_together

pytestmark = pytest.mark.filterwarnings("error")

KEY = {"version": 1, "n": 30, "rule": "pratt"}


class Maker:
    """Counts how often it had to compute."""

    def __init__(self, value=7):
        self.calls, self.value = 0, value

    def __call__(self):
        self.calls += 1
        return {"whole": np.arange(self.value), "parts": np.full((2, 3), 0.5)}


def only_file(folder):
    (path,) = folder.iterdir()
    return path


def test_the_second_time_nothing_is_computed(tmp_path):
    make = Maker()
    first = remember("ranks", KEY, make, folder=tmp_path)
    second = remember("ranks", dict(reversed(KEY.items())), make, folder=tmp_path)

    assert 1 == make.calls
    assert ["whole", "parts"] == list(second)
    for name, array in first.items():
        assert array.dtype == second[name].dtype
        np.testing.assert_array_equal(array, second[name])


@pytest.mark.parametrize("change", [{"version": 2}, {"n": 31}, {"rule": "wilcox"}, {"more": [1, [2, None]]}])
def test_another_key_is_another_value(tmp_path, change):
    make = Maker()
    remember("ranks", KEY, make, folder=tmp_path)
    remember("ranks", {**KEY, **change}, make, folder=tmp_path)
    remember("tables", KEY, make, folder=tmp_path)

    assert 3 == make.calls == len(list(tmp_path.iterdir()))


def test_a_key_without_the_version_of_its_code_is_refused(tmp_path):
    with pytest.raises(BadParameters, match="version"):
        remember("ranks", {"n": 30}, Maker(), folder=tmp_path)


def test_a_file_cut_off_anywhere_is_computed_again(tmp_path):
    make = Maker()
    remember("ranks", KEY, make, folder=tmp_path)
    whole = only_file(tmp_path).read_bytes()
    for size in range(0, len(whole), 37):
        only_file(tmp_path).write_bytes(whole[:size])
        before = make.calls
        np.testing.assert_array_equal(np.arange(7), remember("ranks", KEY, make, folder=tmp_path)["whole"])
        assert before + 1 == make.calls
        assert len(whole) == only_file(tmp_path).stat().st_size


def test_a_flipped_byte_anywhere_is_noticed(tmp_path):
    make = Maker()
    remember("ranks", KEY, make, folder=tmp_path)
    whole = only_file(tmp_path).read_bytes()
    for place in range(0, len(whole), 7):
        damaged = bytearray(whole)
        damaged[place] ^= 0xFF
        only_file(tmp_path).write_bytes(damaged)
        before = make.calls
        found = remember("ranks", KEY, make, folder=tmp_path)
        assert before + 1 == make.calls
        np.testing.assert_array_equal(np.arange(7), found["whole"])
        np.testing.assert_array_equal(np.full((2, 3), 0.5), found["parts"])


def test_a_file_that_holds_pickled_objects_is_not_read(tmp_path):
    remember("ranks", KEY, Maker(), folder=tmp_path)
    path = only_file(tmp_path)
    archive = io.BytesIO()
    np.savez(archive, key=np.array("x"), whole=np.array([{"run": "me"}], dtype=object))
    path.write_bytes(archive.getvalue() + sha256(archive.getvalue()).digest())
    make = Maker()

    assert 7 == remember("ranks", KEY, make, folder=tmp_path)["whole"].size
    assert 1 == make.calls


def test_a_file_under_the_wrong_name_is_not_believed(tmp_path):
    remember("ranks", KEY, Maker(), folder=tmp_path)
    path = only_file(tmp_path)
    other = path.rename(tmp_path / "kept")
    remember("ranks", {**KEY, "n": 5}, Maker(5), folder=tmp_path)
    (wrong,) = (p for p in tmp_path.iterdir() if p != other)
    other.replace(wrong)

    assert 5 == remember("ranks", {**KEY, "n": 5}, Maker(5), folder=tmp_path)["whole"].size


def test_a_file_is_an_archive_that_numpy_opens(tmp_path):
    remember("ranks", KEY, Maker(), folder=tmp_path)

    with np.load(only_file(tmp_path), allow_pickle=False) as archive:
        assert ["key", "value.whole", "value.parts"] == archive.files


def test_a_value_may_have_any_name(tmp_path):
    made = {"file": np.ones(1), "key": np.zeros(2), "allow_pickle": np.array("text")}
    remember("ranks", KEY, lambda: made, folder=tmp_path)
    found = remember("ranks", KEY, Maker(), folder=tmp_path)

    assert list(made) == list(found) and "text" == found["allow_pickle"]


def test_a_failed_computation_leaves_nothing_behind(tmp_path):
    def fail():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        remember("ranks", KEY, fail, folder=tmp_path)
    assert [] == list(tmp_path.iterdir())


def test_what_cannot_be_written_is_computed_every_time(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    make = Maker()
    for _ in range(2):
        assert 7 == remember("ranks", KEY, make, folder=blocked / "cache")["whole"].size

    assert 2 == make.calls


def test_a_write_that_breaks_off_leaves_the_old_file_and_no_rubbish(tmp_path, monkeypatch):
    remember("ranks", KEY, Maker(), folder=tmp_path)
    before = only_file(tmp_path).read_bytes()

    def full(self, target):
        raise OSError("no space left on device")

    monkeypatch.setattr(Path, "replace", full)
    remember("ranks", {**KEY, "n": 5}, Maker(5), folder=tmp_path)
    assert before == only_file(tmp_path).read_bytes()


def test_values_go_below_the_projects_root_by_default(tmp_path, monkeypatch):
    (tmp_path / "params").mkdir()
    (tmp_path / "params" / "study.yaml").write_text("")
    monkeypatch.setenv("SCORECARD_ROOT", str(tmp_path))
    remember("ranks", KEY, Maker())

    assert only_file(tmp_path / "build" / "cache").name.startswith("ranks-")


def test_outside_of_a_project_values_are_just_computed(tmp_path, monkeypatch):
    monkeypatch.delenv("SCORECARD_ROOT", raising=False)
    monkeypatch.chdir(tmp_path)
    make = Maker()
    for _ in range(2):
        assert 7 == remember("ranks", KEY, make)["whole"].size

    assert 2 == make.calls
    assert [] == list(tmp_path.iterdir())


def test_threads_that_write_and_read_the_same_value_all_get_it(tmp_path):
    big = np.arange(20_000)

    def once(_):
        return remember("ranks", KEY, lambda: {"big": big}, folder=tmp_path)["big"]

    with ThreadPoolExecutor(8) as pool:
        for found in pool.map(once, range(60)):
            np.testing.assert_array_equal(big, found)
    assert ".npz" == only_file(tmp_path).suffix


PROCESS = """
import sys
from pathlib import Path
import numpy as np
from kernels_lib.store import remember, remember_together

big = np.arange(20_000)
for n in range(15):
    for _ in range(2):
        found = remember("ranks", {"version": 1, "n": n}, lambda: {"big": big + n}, folder=Path(sys.argv[1]))
        assert (big + n == found["big"]).all()
"""


def test_processes_that_write_and_read_the_same_values_all_get_them(tmp_path):
    started = [subprocess.Popen([sys.executable, "-c", PROCESS, str(tmp_path)], cwd=Path.cwd()) for _ in range(3)]

    assert [0, 0, 0] == [process.wait(timeout=60) for process in started]
    assert 15 == len(list(tmp_path.iterdir())) == len(list(tmp_path.glob("ranks-*.npz")))


# Several processes that want the same values at the same time


def test_values_that_are_wanted_together_are_each_computed_once(tmp_path):
    makers = {name: Maker(name) for name in (3, 4, 5)}
    wanted = {name: ({**KEY, "n": name}, make) for name, make in makers.items()}

    first = remember_together("ranks", wanted, folder=tmp_path)
    second = remember_together("ranks", wanted, folder=tmp_path)

    assert [1, 1, 1] == [make.calls for make in makers.values()]
    assert {3: 3, 4: 4, 5: 5} == {name: len(arrays["whole"]) for name, arrays in first.items()}
    assert first.keys() == second.keys()
    assert [".npz"] * 3 == [path.suffix for path in tmp_path.iterdir()]


@pytest.mark.slow
def test_two_processes_share_the_work(tmp_path):
    """Each notes what it computes; together they compute every value once."""
    code = (
        "import sys, time, numpy as np\n"
        "from pathlib import Path\n"
        "from kernels_lib.store import remember_together\n"
        "own, folder = Path(sys.argv[1]), Path(sys.argv[2])\n"
        "def maker(name):\n"
        "    def make():\n"
        "        with own.open('a') as file: file.write(f'{name} ')\n"
        "        time.sleep(0.3)\n"
        "        return {'x': np.full(2, name)}\n"
        "    return make\n"
        "own.with_suffix('.ready').touch()\n"
        "while not (folder / 'go').exists(): time.sleep(0.01)\n"
        "wanted = {n: ({'version': 1, 'n': n}, maker(n)) for n in range(4)}\n"
        "found = remember_together('x', wanted, folder=folder)\n"
        "assert [0, 1, 2, 3] == [int(found[n]['x'][0]) for n in range(4)]\n"
    )
    notes = [tmp_path / "one", tmp_path / "two"]
    started = [subprocess.Popen([sys.executable, "-c", code, str(note), str(tmp_path)]) for note in notes]
    until = time.monotonic() + 60
    while not all(note.with_suffix(".ready").exists() for note in notes) and time.monotonic() < until:
        time.sleep(0.01)
    (tmp_path / "go").touch()

    assert [0, 0] == [process.wait(60) for process in started]
    made = [note.read_text().split() if note.exists() else [] for note in notes]
    assert ["0", "1", "2", "3"] == sorted(made[0] + made[1])
    assert all(made)


def test_a_process_that_ends_half_way_keeps_nobody_waiting(tmp_path):
    code = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from kernels_lib.store import remember_together\n"
        "remember_together('ranks', {0: ({'version': 1, 'n': 30, 'rule': 'pratt'}, lambda: os._exit(9))}, "
        "folder=Path(sys.argv[1]))\n"
    )
    assert 9 == subprocess.run([sys.executable, "-c", code, str(tmp_path)]).returncode
    make = Maker()

    assert 7 == len(remember_together("ranks", {"a": (KEY, make)}, folder=tmp_path)["a"]["whole"])
    assert 1 == make.calls


def test_a_folder_that_cannot_be_written_still_gives_the_values(tmp_path):
    (tmp_path / "file").touch()
    assert 7 == len(remember_together("ranks", {"a": (KEY, Maker())}, folder=tmp_path / "file")["a"]["whole"])
