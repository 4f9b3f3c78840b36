"""Small notebooks, each of one behaviour: what engines must agree on.

A name says the behaviour; the cells show it.  To add one, add an entry: every engine runs it.
"""

from __future__ import annotations

BEHAVIOURS: dict[str, tuple[str, ...]] = {
    # Results and their history
    "a cell's last expression is its result": ("1 + 1", "x = 3\nx * 2", "None", "'text'"),
    "an underscore is the last result": ("41", "_ + 1", "__, ___", "_1", "Out[1], In[1]", "_i"),
    "an underscore of one's own stays": ("_ = 5", "7", "_"),
    "a semicolon silences a result": ("5;", "_", "6;  # with a comment", "'a;b'"),
    "execution counts skip empty cells": ("1", "", "  \n", "# only a comment", "2"),
    "only the last expression is shown, unless asked": (
        "1\n2\n3",
        "from IPython.core.interactiveshell import InteractiveShell\nInteractiveShell.ast_node_interactivity = 'all'",
        "1\n2\n3",
    ),
    "names of the notebook are its own": ("__name__", "import __main__\nx = 5\n__main__.x", "sorted(n for n in globals() if n[0] != '_')"),
    "classes of the notebook can be pickled": ("class A:\n    b = 1", "import pickle\npickle.loads(pickle.dumps(A())).b, A"),
    # Displays
    "display shows each object": ("display(1, 'two')\ndisplay({'a': [1, 2]})\n3",),
    "display of nothing": ("display()", "from IPython.display import display, HTML, Markdown, Latex, SVG, JSON\ndisplay(None)"),
    "rich displays have their types": (
        "from IPython.display import *\ndisplay(HTML('<b>x</b>'), Markdown('**x**'), Latex('$x$'), SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>'))",
        "JSON({'a': [1, None, 2.5]})",
        "Javascript('1')",
        "Image(data=b'\\x89PNG\\r\\n\\x1a\\n' + b'0' * 10, format='png')",
        "Code('a = 1')",
        "Pretty('x')",
    ),
    "a display is updated where it stands": (
        "from IPython.display import HTML, display\nhandle = display('first', display_id='mine')\nprint('between')\ndisplay('second', display_id='mine')",
        "handle.update(HTML('<i>third</i>'))\nprint('elsewhere')",
        "handle.display('again')",
        "from IPython.display import update_display\nupdate_display('last', display_id='mine')\nupdate_display('nobody', display_id='unknown')",
    ),
    "a display has an id of its own": ("h = display('x', display_id=True)\nh is not None, len(h.display_id)", "h.update('y')"),
    "raw bundles of any type": (
        "display({'text/plain': 'p', 'application/x.own+json': {'a': (1, 2), 3: None, 'f': 0.1, 't': True}}, raw=True, metadata={'k': 1})",
        "from IPython.display import publish_display_data\npublish_display_data({'text/html': '<p>ü</p>'}, metadata={'text/html': {'isolated': True}})",
    ),
    "what is shown does not change later": (
        "bundle = {'application/json': {'a': [1]}, 'text/plain': ''}\ndisplay(bundle, raw=True)\nbundle['application/json']['a'].append(2)",
    ),
    "outputs are cleared": (
        "from IPython.display import clear_output\nprint('gone')\nclear_output()\nprint('stays')",
        "print('gone')\ndisplay(1)\nclear_output(wait=True)\nprint('stays')",
        "print('kept')\nclear_output(wait=True)",
        "for i in range(5):\n    clear_output(wait=True)\n    print(i)",
        "h = display('a', display_id='z')\nclear_output()\nh.update('b')",
    ),
    "rich representations": (
        "class Rich:\n    def _repr_html_(self): return '<b>h</b>'\n    def _repr_latex_(self): return None\n    def _repr_png_(self): return b'\\x89PNG'\n    def __repr__(self): return 'Rich()'\nRich()",
        "class Bundle:\n    def _repr_mimebundle_(self, include=None, exclude=None): return {'text/html': 'x', 'text/plain': 'y'}, {'text/html': {'m': 1}}\nBundle()",
        "class Shown:\n    def _ipython_display_(self): print('shown by itself')\nShown()",
        "class Pretty:\n    def _repr_pretty_(self, p, cycle): p.text('pretty')\n[Pretty()]",
        "class Broken:\n    def __repr__(self): raise ValueError('no')\nBroken()",
    ),
    "a representation that fails": (
        "class Half:\n    def _repr_html_(self): raise ValueError('no html')\n    def __repr__(self): return 'Half()'\nHalf()",
    ),
    # Streams
    "printed text comes before what is displayed after it": ("print('a')\ndisplay('b')\nprint('c')\n'd'",),
    "both streams": ("import sys\nprint('out')\nprint('err', file=sys.stderr)\nprint('out again')\ndisplay(1)\nprint('end', file=sys.stderr)",),
    "streams written without print": (
        "import sys\nn = sys.stdout.write('abc')\nsys.stdout.writelines(['d', 'e\\n'])\nn",
        "print('no newline', end='')",
        "print('flushed', flush=True)\nprint('then')",
        "sys.stdout.isatty(), sys.stdout.encoding, sys.stdout.name, sys.stdout.writable(), sys.stdout.closed",
        "type(sys.stdout).__mro__[-5:]",
        "sys.stdout.write(b'bytes')",
    ),
    "streams have no file that could be read": ("import sys\nsys.stdin.read()", ),
    "redirected streams": (
        "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()) as text:\n    print('caught')\ntext.getvalue()",
        "import sys\nbefore = sys.stdout\nsys.stdout = io.StringIO()\nprint('mine')\nsys.stdout = before\nprint('back')",
    ),
    "carriage returns stay": ("print('1\\r2\\r3')\nprint('a\\bb')",),
    "unicode": ("print('Grüße, 世界 🎉')\n'naïve ☃'", "'\\ud83d'", "print('\\x00\\x1b[31mred\\x1b[0m')", "π = 3\nπ"),
    "large output": ("print('x' * 3_000_000)", "for i in range(20000):\n    print(i)", "'y' * 2_000_000"),
    "output of subprocesses": (
        "import os\nprint('before')\ncode = os.system('echo out; echo err >&2')\nprint('after')\ncode",
        "import subprocess, sys\ndone = subprocess.run(['echo', 'direct'])\ndone.returncode",
        "os.write(1, b'bytes to one\\n'), os.write(2, b'bytes to two\\n')",
        "subprocess.run(['echo', 'caught'], capture_output=True, text=True).stdout",
        "done = subprocess.run([sys.executable, '-c', 'print(input())'], input='in', text=True)",
    ),
    "large output of a subprocess": ("import os\ncode = os.system('seq 1 200000')\ncode",),
    "output of libraries in C": (
        "import ctypes\nlibc = ctypes.CDLL(None)\nlibc.puts(b'from C')\nlibc.fflush(None)",
        "print('and back')",
    ),
    "output of forked workers": (
        "import multiprocessing, os\ndef work(n):\n    print(f'worker {n}\\n', end='', flush=True)\n    return n * n\n"
        "with multiprocessing.get_context('fork').Pool(1) as pool:\n    found = pool.map(work, [2, 3])\nfound",
    ),
    # Magics
    "magics": (
        "%precision 3\n3.14159",
        "%pwd == __import__('os').getcwd()",
        "%env FORCE_COLOR",
        "a = %env PAGER\na",
        "%who_ls",
        "%xmode Plain\n1/0",
    ),
    "magics that run code": ("%%python3\nprint(6 * 7)", "%%writefile own.py\nx = 5\nprint('ran')", "%run own.py\nx", "%load_ext own_missing"),
    "capture": (
        "%%capture caught\nprint('hidden')\nimport sys\nprint('also', file=sys.stderr)\ndisplay(1)\n2",
        "caught.stdout, caught.stderr, len(caught.outputs)",
        "caught.show()",
        "caught()",
        "from IPython.utils.capture import capture_output\nwith capture_output() as c:\n    print('in')\n    display('x')\nc.stdout, len(c.outputs)",
    ),
    "shell escapes": (
        "!echo one; echo two >&2",
        "lines = !printf 'a\\nb'\nlines, lines.n",
        "!exit 3",
        "_exit_code",
        "name = 'value'\n!echo {name} $name",
        "!!echo listed",
        "%sx echo sx",
    ),
    "bash cells": (
        "%%bash\necho out\necho err >&2",
        "%%bash --out text\necho kept",
        "text",
        "%%sh\necho sh",
        "%%bash\nexit 4",
    ),
    "cells in another language": ("%%html\n<b>x</b>", "%%markdown\n**x**", "%%latex\n$x$", "%%javascript\n1", "%%svg\n<svg xmlns='http://www.w3.org/2000/svg'/>"),
    "unknown magics": ("%nosuchmagic", ),
    "unknown cell magics": ("%%nosuchmagic\nx", ),
    "help": ("len?", "print('x')", "import os\nos.getcwd??"),
    "history": ("first = 1", "second = 2", "%history", "%history -n 1-2", "print(In[1])"),
    "time": ("r = %timeit -o -q -n1 -r1 pass\ntype(r).__name__",),
    "the next input is set": ("%load own_missing_file.py",),
    "aliases and store": ("%alias hello echo hello", "%hello", "keep = 5\n%store keep", "%store"),
    "autocall and prefixes": ("%autocall 1\nlen 'abc'", ",print a b", "/len 'ab'"),
    "reset": ("x = 1", "%reset -f", "x"),
    # Errors
    "an exception": ("def inner():\n    raise ValueError('bad ü')\n\ndef outer():\n    inner()", "print('before')\nouter()"),
    "a syntax error": ("a = (1,\nb c",),
    "an indentation error": ("if 1:\nx = 2",),
    "a chained exception": ("try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    raise KeyError('k') from error",),
    "an exception of a library": ("import json\njson.loads('{')",),
    "an exception with notes": ("e = ValueError('x')\ne.add_note('a note')\nraise e",),
    "a group of exceptions": ("raise ExceptionGroup('g', [ValueError('a'), KeyError('b')])",),
    "an exception of its own": ("class Mine(Exception):\n    def _render_traceback_(self):\n        return ['own', 'lines']\nraise Mine('x')",),
    "a keyboard interrupt": ("raise KeyboardInterrupt",),
    "a failed assertion": ("x = 1\nassert x == 2, 'x is one'",),
    "a name error with a suggestion": ("length = 1\nlenght",),
    "a traceback can be shown": ("import traceback\ntry:\n    1 / 0\nexcept ZeroDivisionError:\n    traceback.print_exc()"),
    "an allowed exception": ("1 / 0",),
    "an exception after a display": ("display('shown')\nprint('said')\nraise RuntimeError('then')",),
    "an exception while showing a result": ("class A:\n    def __repr__(self):\n        raise RuntimeError('in repr')\nA()", "1"),
    "warnings": (
        "import warnings\nwarnings.warn('careful')",
        "warnings.warn('old', DeprecationWarning)",
        "def f():\n    warnings.warn('from f', UserWarning, stacklevel=2)\nf()\nf()",
    ),
    "logging": ("import logging\nlogging.warning('told')\nlogging.info('not told')", "logging.getLogger('own').error('e')", "logging.root.handlers",),
    # The process
    "sys.exit": ("import sys\nprint('before')\nsys.exit()", "print('never')"),
    "sys.exit with a code": ("import sys\nsys.exit(3)",),
    "sys.exit with words": ("import sys\nsys.exit('words')",),
    "exit in the last cell": ("print('before')\nexit()",),
    "quit in the last cell": ("quit",),
    "input": ("input('name? ')",),
    "getpass": ("import getpass\ngetpass.getpass()",),
    "a killed kernel": ("print('x')", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"),
    "a process that ends itself": ("import os\nos._exit(0)", "1"),
    "the environment of a kernel": (
        "import os\n{k: os.environ.get(k) for k in ('TERM', 'CLICOLOR', 'FORCE_COLOR', 'PAGER', 'GIT_PAGER', 'PYTHONHASHSEED', 'TZ', 'MPLBACKEND')}",
        "import sys\nos.path.basename(sys.argv[0]), sys.argv[1]",
        "sys.path.index(''), [p for p in sys.path if 'site-packages' in p][0] > ''",
        "sys.flags.interactive, sys.flags.hash_randomization, sys.executable == sys.argv[0], __builtins__.__name__",
    ),
    "modules beside the notebook": ("open('beside.py', 'w').write('x = 11')", "import beside\nbeside.x"),
    "the shell as a notebook sees it": (
        "ip = get_ipython()\ntype(ip).__name__, type(ip).__module__, ip.__class__.__mro__[1].__name__",
        "hasattr(ip, 'kernel'), ip.execution_count, ip.user_ns is globals(), 'IPKernelApp' in ip.config",
        "import IPython\nIPython.get_ipython() is ip, __IPYTHON__, display.__module__",
        "ip.run_cell('40 + 2').result",
        "ip.run_line_magic('precision', '2')",
        "ip.ev('1 + 1'), ip.user_global_ns is globals()",
        "ip.colors, ip.InteractiveTB.mode, ip.autocall, ip.ast_node_interactivity",
    ),
    "hooks of the shell": (
        "ip = get_ipython()\ndef after(result): print('ran', result.success)\nip.events.register('post_run_cell', after)",
        "1",
        "ip.events.unregister('post_run_cell', after)\nip.events.register('pre_execute', lambda: print('soon'))",
        "2",
    ),
    "input transformers": (
        "ip = get_ipython()\nip.input_transformers_cleanup.append(lambda lines: [l.replace('TWO', '2') for l in lines])",
        "TWO + 1",
    ),
    "what libraries think of their surroundings": (
        "import pandas as pd\npd.get_option('display.max_columns'), pd.get_option('display.width')",
        "import plotly.io as pio\npio.renderers.default",
        "import tqdm.autonotebook as t\nt.tqdm.__module__",
        "from rich.console import Console\nConsole().is_jupyter",
    ),
    "random numbers of a seed": ("import random\nrandom.seed(3)\nrandom.random()", "import numpy as np\nnp.random.seed(1)\nnp.random.rand()"),
    "random numbers without a seed": ("import random\n[random.random() for _ in range(3)]", "import numpy as np\nnp.random.rand(3)", "import numpy.random\nnumpy.random.randint(1000)"),
    "sets of text have one order": ("list({'alpha', 'beta', 'gamma', 'delta'})",),
    # Other threads of execution
    "top-level await": (
        "import asyncio\nawait asyncio.sleep(0)\n'waited'",
        "async def f():\n    await asyncio.sleep(0.01)\n    print('in f')\n    return 3\nawait f()",
        "await asyncio.gather(f(), f())",
        "async def g():\n    yield 1\n    yield 2\nasync for x in g():\n    print(x)",
        "async with asyncio.timeout(5):\n    print('within')",
    ),
    "tasks go on between cells": (
        "import asyncio\ndone = []\nasync def work():\n    for i in range(3):\n        await asyncio.sleep(0.01)\n        done.append(i)\ntask = asyncio.create_task(work())",
        "await task\ndone",
        "asyncio.get_running_loop().is_running()",
    ),
    "asyncio.run in a cell": ("import asyncio\nasync def f(): return 1\nasyncio.run(f())",),
    "an exception in an async cell": ("import asyncio\nawait asyncio.sleep(0)\n1 / 0",),
    "background threads": (
        "import threading\ndef work():\n    print('from a thread')\n    display('shown by it')\nt = threading.Thread(target=work)\nt.start()\nt.join()",
        "import time\ndef later():\n    go.wait()\n    print('later')\ngo = threading.Event()\nt = threading.Thread(target=later)\nt.start()",
        "go.set()\nt.join()\nprint('joined')",
        "def fails(): raise ValueError('in a thread')\nt = threading.Thread(target=fails, name='T')\nt.start()\nt.join()",
        "threading.current_thread() is threading.main_thread()",
    ),
    "thread pools": ("from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor(2) as pool:\n    found = list(pool.map(lambda n: n * n, range(4)))\nfound",),
    "signals": (
        "import signal\nsignal.getsignal(signal.SIGINT) is signal.default_int_handler",
        "import os\ntry:\n    os.kill(os.getpid(), signal.SIGINT)\n    import time; time.sleep(1)\nexcept KeyboardInterrupt:\n    print('interrupted')",
    ),
    # Libraries
    "matplotlib": (
        "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])",
        "fig, ax = plt.subplots(figsize=(1, 1))\nax.bar([1], [2])\nplt.show()\nprint('after')",
        "fig",
        "plt.figure(figsize=(1, 1)); plt.plot([1]);",
        "plt.get_fignums()",
        "%config InlineBackend.figure_format = 'retina'\nplt.figure(figsize=(1, 1)); plt.plot([3]);",
    ),
    "pandas": (
        "import pandas as pd\nframe = pd.DataFrame({'a': [1, 2.5], 'b': ['x', 'ü']})\nframe",
        "pd.DataFrame([range(40)])",
        "frame.style.highlight_max(subset=['a']).set_uuid('u')",
        "frame.describe()\nframe['a']",
        "print(frame)",
    ),
    "plotly": (
        "import plotly.graph_objects as go\nfigure = go.Figure(go.Scatter(x=[1, 2], y=[3, 4]))\nfigure",
        "figure.show()",
        "import numpy as np\ngo.Figure(go.Bar(y=np.arange(3.0)))",
    ),
    "progress bars": ("from tqdm import tqdm\nfor i in tqdm(range(3), bar_format='{n}/{total}', mininterval=0, miniters=1):\n    pass",),
    "sqlite and temporary files": ("import sqlite3, tempfile\nwith tempfile.TemporaryDirectory() as d:\n    c = sqlite3.connect(d + '/x.db')\n    found = c.execute('select 1 + 1').fetchall()\nfound",),
}  # fmt: skip

# Tags of single cells: (behaviour, cell) -> tags.
TAGS = {("an allowed exception", 0): ["raises-exception"]}

# What a front end must be there for: the warm engine leaves it to a real kernel.
WITH_FRONT_END: dict[str, tuple[str, ...]] = {
    "a comm is opened": (
        "from comm import create_comm\nc = create_comm(target_name='own', data={'a': 1})\nc.send({'b': 2})\nprint('sent')\nc.close()",
    ),
    "the connection is told": ("from ipykernel import get_connection_info\nisinstance(get_connection_info(), str)",),
    "the kernel is looked at": ("get_ipython().kernel.session is not None, type(get_ipython().kernel).__name__",),
}
