"""``commands.md``: each verb with its arguments, options and example, as its help says them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kernels_lib.reference.failures import EXIT_CODES
from kernels_lib.reference.markdown import code, document, sentence, table


def page() -> str:
    """The whole page."""
    from typer.main import get_command

    from kernels_lib.cli import app

    group = get_command(app)
    verbs = list(_verbs(group.commands, "scorecard"))
    listed = table(("command", "does"), [(f"[{name}](#{_anchor(name)})", _first(verb)) for name, verb in verbs])
    general = table(("option", "meaning"), [(_spelt(option), sentence(option.help)) for option in group.params])
    return document(
        "Commands",
        [
            sentence(group.help) + " `scorecard VERB --help` says the same as this page.",
            listed,
            "Options of `scorecard` itself:",
            general,
            "Every verb ends with one of these codes:",
            table(("code", "means"), [(str(number), said) for number, said in EXIT_CODES.items()]),
            *(_section(name, verb) for name, verb in verbs),
        ],
    )


def _verbs(commands: dict[str, Any], above: str) -> Iterator[tuple[str, Any]]:
    for name, command in sorted(commands.items()):
        inner = getattr(command, "commands", None)
        if inner:
            yield from _verbs(inner, f"{above} {name}")
        else:
            yield f"{above} {name}", command


def _anchor(name: str) -> str:
    return name.replace(" ", "-")


def _first(command: Any) -> str:
    return sentence(command.help.partition("\n\n")[0])


def _section(name: str, command: Any) -> str:
    """A verb: what it does, how it is written, its words, its example."""
    said, _, example = command.help.partition("\n\nExample: ")
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    options = [one for one in command.params if one.param_type_name == "option"]
    written = " ".join([name, *(one.get_usage_pieces(None)[0].strip("{}") for one in arguments), "[OPTIONS]"])
    parts = [
        f"## {name}",
        sentence(said),
        f"```\n{written}\n```",
        table(
            ("argument or option", "meaning", "default"),
            [(_spelt(one), _meaning(one), _default(one)) for one in (*arguments, *options)],
        )
        if command.params
        else "",
        f"Example: `{' '.join(example.split())}`",
    ]
    return "\n\n".join(part for part in parts if part)


def _spelt(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return code(parameter.metavar)
    names = ", ".join([*parameter.opts, *parameter.secondary_opts])
    return code(names if parameter.is_flag else f"{names} {parameter.metavar or parameter.name.upper()}")


def _meaning(parameter: Any) -> str:
    notes = ["Needed."] if parameter.required else []
    notes += ["May be repeated."] if parameter.multiple or parameter.nargs == -1 else []
    return " ".join([sentence(parameter.help or ""), *notes])


def _default(parameter: Any) -> str:
    if parameter.required or parameter.default in (None, "", False, ()):
        return ""
    return code(parameter.default)
