"""The template process, its children, and notebooks executed in them."""

from __future__ import annotations

import json
import os
import platform
import random
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import v4

from kernels_lib.errors import NotebookFailed
from kernels_lib.production import engines
from kernels_lib.production.engines import client, inprocess, shell, template
from kernels_lib.production.engines.template import ChildDied, ChildRaised, ForkRefused, Template, TemplateFailed
from kernels_lib.production.limits import Limits, NetworkRefused, applied

ROOT = Path(__file__).resolve().parent.parent.parent

pytestmark = pytest.mark.skipif(not template.supported(), reason="processes cannot be forked safely here")


def environment() -> dict[str, str]:
    return {**engines.kernel_environment(ROOT), "PYTHONPATH": str(ROOT)}


@pytest.fixture(scope="module")
def parent():
    with Template((*engines.BASE, __name__), environment()) as started:
        started.ready()
        yield started


def notebook(*cells: str) -> nbformat.NotebookNode:
    spec = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return v4.new_notebook(metadata=spec, cells=[v4.new_code_cell(cell) for cell in cells])


# Called in children and in the template


def told(argument: Any) -> dict[str, Any]:
    return {"argument": argument, "folder": str(Path.cwd()), "environment": dict(os.environ), "pid": os.getpid()}


def end(how: dict[str, int]) -> None:
    if "signal" in how:
        os.kill(os.getpid(), how["signal"])
    os._exit(how.get("code", 0))


def fail(_: Any) -> None:
    raise ValueError("no such thing")


def leave_running(_: Any) -> int:
    return subprocess.Popen(["sleep", "60"]).pid


def wait_long(_: Any) -> None:
    template.report({"pid": os.getpid()})
    time.sleep(60)


def leaves_another(how: str) -> None:
    other = subprocess.Popen(["sleep", "60"])
    template.report({"pid": other.pid})
    if how != "result":
        time.sleep(60)


def start_thread(_: Any) -> None:
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()


def converse(_: Any) -> str:
    for number in range(3):
        template.report({"number": number, "heard": template.receive()})
    return "done"


shared: list[int] = []


def share(value: int) -> None:
    shared.append(value)


def look(_: Any) -> list[int]:
    shared.append(0)
    return shared


_gone_on: list[str] = []


def goes_on(items: list[str]) -> None:
    _gone_on.extend(items)


def gone_on(_: Any) -> list[str]:
    return _gone_on


def draw(_: Any) -> list[float]:
    import numpy as np

    return [random.random(), float(np.random.rand())]


def executed(argument: dict[str, Any]) -> dict[str, Any]:
    """Run cells here, and tell what came of it and of this process."""
    client.SAVE_EVERY_S = argument.get("save_every_s", 30)
    given, saved = notebook(*argument["cells"]), []
    before = process()
    raised = None
    try:
        inprocess.execute(
            given,
            time_left=lambda cell: argument.get("timeout_s"),
            seed=argument.get("seed", 1),
            save=lambda saving: saved.append(sum(len(cell.get("outputs", [])) for cell in saving.cells)),
        )
    except Exception as error:
        raised = type(error).__name__
    return {
        "cells": [cell for cell in given.cells if cell.cell_type == "code"],
        "raised": raised,
        "saved": saved,
        "put_back": before == process(),
    }


def process() -> list[Any]:
    files = [(found.st_dev, found.st_ino) for found in (os.fstat(1), os.fstat(2))]
    return [sys.stdout, sys.stderr, dict(os.environ), Path.cwd(), sys.path[:], sys.argv, files]


def executed_twice(_: Any) -> list[Any]:
    first = executed({"cells": ["x = 1", "x"]})
    second = executed({"cells": ["'x' in globals()", "_i1"]})
    return [first["cells"], second["cells"]]


def texts(cell: dict[str, Any]) -> str:
    return "".join(
        output["text"] if output["output_type"] == "stream" else output.get("data", {}).get("text/plain", "")
        for output in cell["outputs"]
    )


# A template and its children


def test_a_child_gets_its_argument_its_environment_and_its_folder(parent, tmp_path):
    child = parent.fork(f"{__name__}:told", {"ü": [1, None]}, environment={"A": "b"}, folder=tmp_path)

    found = child.result()

    assert {"ü": [1, None]} == found["argument"]
    assert {"A": "b"} == found["environment"]
    assert str(tmp_path) == found["folder"]
    assert child.pid == found["pid"] != parent.pid


@pytest.mark.parametrize(
    ("how", "number", "code", "words"),
    [
        ({"signal": signal.SIGKILL}, signal.SIGKILL, None, "was ended by SIGKILL"),
        ({"signal": signal.SIGSEGV}, signal.SIGSEGV, None, "was ended by SIGSEGV"),
        ({"code": 7}, None, 7, "ended with exit code 7"),
        ({"code": 0}, None, 0, "ended with exit code 0"),
    ],
)
def test_how_a_child_died_is_told_truthfully(parent, how, number, code, words):
    child = parent.fork(f"{__name__}:end", how)

    with pytest.raises(ChildDied, match=words) as caught:
        child.result()

    assert (number, code) == (caught.value.signal, caught.value.code)


def test_what_a_function_raises_in_a_child_reaches_the_parent_with_its_traceback(parent):
    with pytest.raises(ChildRaised, match="fail raised ValueError: no such thing") as caught:
        parent.fork(f"{__name__}:fail").result()

    assert 'raise ValueError("no such thing")' in caught.value.traceback


def test_children_run_at_the_same_time_and_can_be_killed(parent):
    children = [parent.fork(f"{__name__}:wait_long") for _ in range(2)]
    pids = [next(child.reports())["pid"] for child in children]

    assert [None, None] == [child.poll() for child in children]
    for child in children:
        child.kill()
    assert [-9, -9] == [child.poll() for child in children]
    assert 2 == len(set(pids))


def test_a_child_and_its_parent_can_talk(parent):
    child = parent.fork(f"{__name__}:converse")
    heard = []
    for word in ("one", "two", "three"):
        child.send(word)
        heard.append(next(child.reports()))

    assert [{"number": 0, "heard": "one"}, {"number": 1, "heard": "two"}, {"number": 2, "heard": "three"}] == heard
    assert "done" == child.result()


def test_waiting_for_a_report_ends_when_the_time_has_come(parent):
    child = parent.fork(f"{__name__}:wait_long")
    next(child.reports())

    with pytest.raises(TimeoutError):
        next(child.reports(time.monotonic() + 0.05))
    assert child.poll() is None
    child.kill()


def test_what_runs_in_the_template_is_there_for_later_children_and_what_children_do_is_not(parent):
    parent.run(f"{__name__}:share", 1)

    assert [1, 0] == parent.fork(f"{__name__}:look").result()
    assert [1, 0] == parent.fork(f"{__name__}:look").result()


def test_children_draw_different_random_numbers(parent):
    first, second = (parent.fork(f"{__name__}:draw").result() for _ in range(2))

    assert first[0] != second[0]
    assert first[1] != second[1]


def ended(pid: int) -> bool:
    """Whether a process has gone, or only waits to be buried."""
    for _ in range(200):
        stat = Path(f"/proc/{pid}/stat")
        if not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.02)
    return False


def test_processes_that_a_child_leaves_running_are_ended(parent):
    child = parent.fork(f"{__name__}:leave_running")
    left = child.result()
    child.wait()

    assert ended(left)


@pytest.mark.slow
def test_a_template_with_threads_refuses_to_fork_and_says_what_to_do():
    with Template(("kernels_lib.errors",), environment(), front_end="") as parent:
        parent.run(f"{__name__}:start_thread")

        with pytest.raises(ForkRefused, match="has 2 threads") as caught:
            parent.fork(f"{__name__}:told")

    assert "--engine stock" in str(caught.value)


def test_a_template_goes_on_with_what_will_be_asked_for_while_nobody_asks():
    with Template((__name__,), environment(), idle=(f"{__name__}:goes_on", ["a", "b"]), front_end="") as parent:
        parent.ready()
        until = time.monotonic() + 30
        while (found := parent.run(f"{__name__}:gone_on")) != ["a", "b"] and time.monotonic() < until:
            time.sleep(0.05)
    # Whoever asks is answered at once: what was not begun by then is left.
    assert found == ["a", "b"][: len(found)]


def test_what_goes_wrong_while_nobody_asks_is_left_to_whoever_asks_for_it():
    with Template((__name__,), environment(), idle=(f"{__name__}:no_such", ["a"]), front_end="") as parent:
        assert [] == parent.run(f"{__name__}:gone_on")


@pytest.mark.slow
def test_modules_that_reports_hardly_ever_use_are_loaded_when_they_are_used():
    code = (
        "import sys, types\n"
        "import kernels_lib.production.tasks as tasks\n"
        "tasks.load(['papermill.execute', 'kernels_lib.production.scipy_later', 'scipy.stats', 'jsonschema'])\n"
        "assert not {'urllib3', 'arrow.api', 'numpy.f2py.crackfortran'} & set(sys.modules)\n"
        "import requests.adapters, numpy.f2py\n"
        "from arrow import get\n"
        "assert callable(requests.get) and callable(numpy.f2py.run_main) and callable(get)\n"
        "assert types.ModuleType is type(requests) is type(numpy.f2py)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_a_template_can_itself_do_the_last_thing_that_it_is_asked_for():
    with Template((__name__,), environment()) as parent:
        child = parent.become(f"{__name__}:told", {"a": 1})

        assert parent.pid == child.pid
        said = child.result()
        assert ({"a": 1}, parent.pid) == (said["argument"], said["pid"])
        assert 0 == child.wait(5)
        assert not parent.alive
        with pytest.raises(TemplateFailed):
            parent.fork(f"{__name__}:told")


def test_a_template_that_dies_at_its_last_work_is_told_as_a_child_is():
    with Template((__name__,), environment()) as parent:
        child = parent.become(f"{__name__}:end", {"signal": signal.SIGKILL})

        with pytest.raises(ChildDied, match="was ended by SIGKILL"):
            child.result()


@pytest.mark.parametrize("way", ["result", "close", "kill"])
def test_what_a_template_left_running_ends_with_it(way):
    with Template((__name__,), environment()) as parent:
        child = parent.become(f"{__name__}:leaves_another", way)
        pid = next(child.reports())["pid"]
        if way == "kill":
            child.kill()
        if way == "result":
            assert child.result() is None
            assert 0 == child.wait(5)
            assert ended(pid)
    assert ended(pid)


def test_a_template_that_cannot_import_says_what_python_said():
    with (
        Template(("kernels_lib.no_such_module",), environment(), front_end="") as parent,
        pytest.raises(TemplateFailed, match=r"ModuleNotFoundError: No module named 'kernels_lib\.no_such_module'"),
    ):
        parent.ready()


def test_a_template_that_was_killed_is_told_by_the_next_request_and_takes_its_children_along():
    with Template(("kernels_lib.errors",), environment(), front_end="") as parent:
        child = parent.fork(f"{__name__}:wait_long")
        pid = next(child.reports())["pid"]
        os.kill(parent.pid, signal.SIGKILL)

        with pytest.raises(TemplateFailed, match="was ended by SIGKILL"):
            parent.fork(f"{__name__}:told")
        with pytest.raises(ChildDied):
            child.result()
        assert ended(pid)
        assert not parent.alive


@pytest.mark.slow
def test_a_killed_parent_takes_its_template_and_their_children_along(tmp_path):
    code = (
        "import os, sys, time\n"
        "from kernels_lib.production.engines.template import Template\n"
        "parent = Template(('kernels_lib.errors',), dict(os.environ), front_end='')\n"
        "child = parent.fork('tests.production.test_engines:wait_long')\n"
        "print(parent.pid, next(child.reports())['pid'], flush=True)\n"
        "time.sleep(60)\n"
    )
    started = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment())
    pids = [int(word) for word in started.stdout.readline().split()]
    started.kill()
    started.wait()
    started.stdout.close()

    assert [True, True] == [ended(pid) for pid in pids]


# Notebooks executed in a child


def test_a_notebook_leaves_its_process_as_it_was(parent):
    cells = [
        "import os, sys\nos.environ['OWN'] = '1'\nos.chdir('/')\nsys.path.insert(0, 'own')",
        "sys.stdout = sys.stderr = None",
    ]

    found = parent.fork(f"{__name__}:executed", {"cells": cells}).result()

    assert (None, True) == (found["raised"], found["put_back"])


def test_names_and_results_of_one_notebook_are_not_the_next_one_s(parent):
    first, second = parent.fork(f"{__name__}:executed_twice").result()

    assert "1" == texts(first[1])
    assert ["False", "\"'x' in globals()\""] == [texts(cell) for cell in second]
    assert [1, 2] == [cell["execution_count"] for cell in second]


@pytest.mark.parametrize(
    "cell",
    [
        "import time\nprint('began', flush=True)\ntime.sleep(60)",
        "print('began')\nwhile True:\n    pass",
        "print('began')\nfor _ in range(2):\n  try:\n    while True: pass\n  except: pass\nwhile True: pass",
        "import asyncio\nprint('began')\nawait asyncio.sleep(60)",
    ],
    ids=["sleeping", "busy", "catching everything", "awaiting"],
)
@pytest.mark.sample(4)
def test_a_cell_that_runs_too_long_is_stopped_and_keeps_what_it_said(parent, cell):
    found = parent.fork(f"{__name__}:executed", {"cells": [cell, "'never'"], "timeout_s": 1}).result()

    assert "CellTimeoutError" == found["raised"]
    assert [{"name": "stdout", "output_type": "stream", "text": "began\n"}] == found["cells"][0]["outputs"]
    assert [] == found["cells"][1]["outputs"]


def test_outputs_are_saved_when_a_cell_raises_and_not_after_each_cell(parent):
    fine = parent.fork(f"{__name__}:executed", {"cells": ["1", "2", "3"]}).result()
    failed = parent.fork(f"{__name__}:executed", {"cells": ["1", "2", "1 / 0", "4"]}).result()

    assert [] == fine["saved"]
    assert ("PapermillExecutionError", [3]) == (failed["raised"], failed["saved"])


def test_outputs_of_a_long_notebook_are_saved_on_the_way(parent):
    found = parent.fork(f"{__name__}:executed", {"cells": ["1", "display(2)", "3"], "save_every_s": 0}).result()

    assert 3 == max(found["saved"])
    assert 1 in found["saved"]


def test_random_numbers_depend_on_the_seed_alone(parent):
    cells = ["import random\nrandom.random()", "import numpy as np\nnp.random.rand()"]
    drawn = [
        [texts(cell) for cell in parent.fork(f"{__name__}:executed", {"cells": cells, "seed": seed}).result()["cells"]]
        for seed in (5, 5, 6)
    ]

    assert drawn[0] == drawn[1] != drawn[2]


def test_the_seed_of_a_notebook_depends_on_its_code_and_parameters_alone():
    plain = notebook("a = 1", "b = 2")
    worded = notebook("a = 1", "b = 2")
    worded.cells.insert(1, v4.new_markdown_cell("words"))

    assert inprocess.seed_of(plain) == inprocess.seed_of(worded)
    assert inprocess.seed_of(plain) != inprocess.seed_of(engines.with_parameters(plain, {"a": 2}))


def test_who_asks_for_another_hash_seed_gets_another_template():
    fixed, random, renamed = (
        template.shared((), {**environment(), **own})
        for own in ({"PYTHONHASHSEED": "0"}, {"PYTHONHASHSEED": "random"}, {"PYTHONHASHSEED": "0", "USER": "x"})
    )
    try:
        assert fixed is renamed
        assert fixed is not random
    finally:
        fixed.close()
        random.close()


def test_making_a_kernel_changes_nothing_of_its_process():
    shell.forget()
    before = dict(os.environ)
    shell.kernel()
    assert before == dict(os.environ)
    shell.forget()


def test_text_of_a_cell_is_translated_once_unless_the_notebook_adds_rules():
    shell.remember(["%pwd", "x = ("])
    transforming = shell.Transforming()

    assert "get_ipython().run_line_magic('pwd', '')\n" == shell._transformed["%pwd"]
    transforming.cleanup_transforms.append(lambda lines: ["changed\n"])
    assert "changed\n" == transforming.transform_cell("%pwd")


# papermill


def papermill(source: Path, target: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "papermill", "--engine", "scorecard", "--no-progress-bar", *arguments]
    return subprocess.run([*command, str(source), str(target)], capture_output=True, text=True, env=environment())


@pytest.mark.slow
def test_papermill_finds_the_engine_and_gives_it_parameters(tmp_path):
    given = notebook("client = 'none'", "print(client)\nimport os\nos.path.basename(os.getcwd())", "%pip --version;")
    given.cells[0].metadata["tags"] = ["parameters"]
    nbformat.write(given, tmp_path / "in.ipynb")

    done = papermill(tmp_path / "in.ipynb", tmp_path / "out.ipynb", "-p", "client", "brand-07", "--cwd", str(tmp_path))

    assert 0 == done.returncode, done.stderr
    made = json.loads((tmp_path / "out.ipynb").read_text())
    assert "brand-07\n" == "".join(made["cells"][2]["outputs"][0]["text"])
    assert [f"'{tmp_path.name}'"] == made["cells"][2]["outputs"][1]["data"]["text/plain"]
    assert "completed" == made["cells"][2]["metadata"]["papermill"]["status"]
    assert "ipython" == made["metadata"]["language_info"]["codemirror_mode"]["name"]


@pytest.mark.slow
def test_papermill_reports_a_failed_cell_and_keeps_what_ran(tmp_path):
    nbformat.write(notebook("print('ran')", "1 / 0", "'never'"), tmp_path / "in.ipynb")

    done = papermill(tmp_path / "in.ipynb", tmp_path / "out.ipynb")

    assert 1 == done.returncode
    assert "ZeroDivisionError: division by zero" in done.stderr
    cells = json.loads((tmp_path / "out.ipynb").read_text())["cells"]
    assert ["failed", "pending"] == [cell["metadata"]["papermill"]["status"] for cell in cells[-2:]]


def test_papermill_saves_at_the_start_and_at_the_end_not_twice_a_cell(tmp_path, monkeypatch):
    saved = []
    monkeypatch.setattr("papermill.engines.write_ipynb", lambda notebook, path: saved.append(path))

    inprocess.ScorecardEngine.execute_notebook(
        with_papermill_metadata(notebook(*["1"] * 5)), "python3", output_path="out.ipynb", progress_bar=False
    )

    assert ["out.ipynb"] * 2 == saved


@pytest.mark.parametrize(
    ("command", "ours"),
    [
        (["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"], True),
        ([sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"], True),
        (["/opt/other/bin/python", "-m", "ipykernel_launcher", "-f", "{connection_file}"], False),
        (["python", "-m", "own_kernel", "-f", "{connection_file}"], False),
    ],
)
def test_only_kernels_of_this_very_python_are_replaced(command, ours, tmp_path, monkeypatch):
    spec = {"argv": command, "display_name": "Own", "language": "python"}
    (tmp_path / "kernels/own").mkdir(parents=True)
    (tmp_path / "kernels/own/kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))

    assert ours == inprocess.replaces("own")
    assert not inprocess.replaces("no-such-kernel")


def with_papermill_metadata(given: nbformat.NotebookNode) -> nbformat.NotebookNode:
    given.metadata["papermill"] = {}
    for cell in given.cells:
        cell.metadata["papermill"] = {}
    return given


# Through the project's own runner


@pytest.mark.sample(3)
@pytest.mark.parametrize("kind", ["warm", "kernel", "stock"])
def test_a_cell_that_runs_too_long_fails_the_report_whatever_the_engine(kind, tmp_path):
    given = notebook("1", "import time\nprint('began')\ntime.sleep(60)")
    # The first cell of a new process may take its time on a busy machine: it has to end within the limit.
    cell_s = 2 if kind == "warm" else 10

    with pytest.raises(NotebookFailed) as caught:
        run_limited(given, tmp_path, kind, Limits(cell_s=cell_s))

    message = (
        f"reports/client.ipynb: stopped for 'acme' at cell 2: the cell ran longer than {cell_s} s (limits.cell_s)."
    )
    assert message == str(caught.value)
    assert "began\n" == caught.value.notebook.cells[1].outputs[0].text


def run_limited(given: nbformat.NotebookNode, folder: Path, kind: str, limits: Limits) -> nbformat.NotebookNode:
    return engines.run(given, {}, root=ROOT, folder=folder, name="client", subject="acme", kind=kind, limits=limits)


EACH_ENGINE = ["warm", pytest.param("kernel", marks=pytest.mark.slow), pytest.param("stock", marks=pytest.mark.slow)]


@pytest.mark.parametrize("kind", EACH_ENGINE)
def test_a_notebook_that_runs_too_long_is_stopped_at_the_cell_it_had_come_to(kind, tmp_path):
    notebook_s = 3 if kind == "warm" else 10
    nap = f"time.sleep({0.4 * notebook_s})"
    given = notebook("import time", nap, nap, nap)

    with pytest.raises(NotebookFailed) as caught:
        run_limited(given, tmp_path, kind, Limits(notebook_s=notebook_s))

    assert f": the notebook ran longer than {notebook_s} s (limits.notebook_s)." in str(caught.value)
    assert re.search(r" at cell [234]: ", str(caught.value))


@pytest.mark.parametrize("kind", EACH_ENGINE)
@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import socket\nsocket.create_connection(('127.0.0.1', 9))", "NetworkRefused: a report's notebook has no"),
        ("x = bytearray(900 * 2**20)", "MemoryError"),
        (
            """import subprocess, sys
subprocess.run([sys.executable, '-c', 'import socket; socket.socket()'], capture_output=True, check=True)""",
            "CalledProcessError: ",
        ),
    ],
    ids=["the network", "memory", "the network of a subprocess"],
)
def test_a_notebook_is_refused_more_than_its_limits(source, said, kind, tmp_path):
    if "subprocess" in source and platform.machine() not in ("x86_64", "aarch64"):
        pytest.skip("only Python's own sockets are refused here")
    with pytest.raises(NotebookFailed, match=re.escape(f"at cell 1: {said}")):
        run_limited(notebook(source), tmp_path, kind, Limits(memory_mb=500))


@pytest.mark.parametrize("kind", EACH_ENGINE)
def test_a_notebook_gets_the_network_and_the_memory_that_its_study_allows(kind, tmp_path):
    given = notebook(
        "import socket\nx = bytearray(900 * 2**20)\nsocket.socket().close()\nsocket.socketpair()[0].family"
    )

    ran = run_limited(given, tmp_path, kind, Limits(memory_mb=0, network=True))

    assert "execute_result" == ran.cells[0].outputs[0].output_type


def test_limits_end_with_the_notebook_in_a_process_that_goes_on():
    import socket

    with applied(Limits(memory_mb=200)):
        with pytest.raises(MemoryError):
            bytearray(900 * 2**20)
        with pytest.raises(NetworkRefused):
            socket.socket()
        with pytest.raises(NetworkRefused):
            socket.getaddrinfo("localhost", 80)
        socket.socketpair()

    bytearray(900 * 2**20)
    socket.socket().close()


def test_secrets_of_the_environment_do_not_reach_a_kernel(monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s3cr3t")
    monkeypatch.setenv("HTTPS_PROXY", "http://user:password@proxy")

    assert "s3cr3t" not in repr(engines.kernel_environment(ROOT))
    assert "password" not in repr(engines.kernel_environment(ROOT))


@pytest.mark.skipif(platform.machine() not in ("x86_64", "aarch64"), reason="no filter for this machine")
def test_a_sealed_process_makes_no_internet_socket_even_past_python():
    code = (
        "import ctypes, os, socket\n"
        "from kernels_lib.production import limits\n"
        "assert limits.seal(limits.Limits())\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "for family in (2, 10, 17, 40): print(libc.socket(family, 1, 0), os.strerror(ctypes.get_errno()))\n"
        "print(libc.socket(1, 1, 0) >= 0, libc.syscall(425, 1, 0), os.strerror(ctypes.get_errno()))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)

    assert ["-1 Permission denied"] * 4 + ["True -1 Function not implemented"] == done.stdout.splitlines()


@pytest.mark.sample(3)
@pytest.mark.parametrize("kind", ["warm", "kernel", "stock"])
def test_a_message_counts_the_cells_of_the_report_s_own_notebook(kind, tmp_path):
    given = notebook("a = 1", "1 / 0")
    given.cells[0].metadata["tags"] = ["parameters"]
    given.cells.insert(1, v4.new_markdown_cell("## Who leads?"))

    with pytest.raises(NotebookFailed) as caught:
        engines.run(given, {"a": 2}, root=ROOT, folder=tmp_path, name="client", subject="acme", kind=kind)

    # Neither the cell with the parameters nor papermill's two notes of the failure is in the report.
    message = (
        "reports/client.ipynb: stopped for 'acme' at cell 3 (\"Who leads?\"): ZeroDivisionError: division by zero."
    )
    assert message == str(caught.value)


def test_nothing_runs_after_exit(parent, tmp_path):
    found = parent.fork(f"{__name__}:executed", {"cells": ["print('last')\nexit()", "'never'"]}).result()
    with pytest.raises(NotebookFailed, match=r"at cell [12]: the kernel died"):
        engines.run(
            notebook("exit()", "'never'"), {}, root=ROOT, folder=tmp_path, name="client", subject="acme", kind="warm"
        )

    assert "DeadKernelError" == found["raised"]
    assert ["last\n", ""] == [texts(cell) for cell in found["cells"]]


def test_the_exit_code_of_a_forked_kernel_is_the_kernel_s(parent):
    from kernels_lib.production.engines.provisioner import ForkedProcess

    process = ForkedProcess(parent.fork(f"{__name__}:end", {"code": 7}))

    assert 7 == process.wait(timeout=60)
    assert 7 == process.returncode


def test_a_kernel_that_runs_is_not_waited_for_longer_than_asked(parent):
    from kernels_lib.production.engines.provisioner import ForkedProcess

    process = ForkedProcess(parent.fork(f"{__name__}:wait_long"))

    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=0.05)
    process.kill()
    assert -9 == process.wait(timeout=60)
