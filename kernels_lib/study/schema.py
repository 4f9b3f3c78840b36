"""JSON Schemas for editors: ``python -m kernels_lib.study.schema`` writes ``params/schema/``.

A test keeps the committed files equal to the models.
"""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import BaseModel

from kernels_lib.paths import find_root
from kernels_lib.study.beside import Activity, Figures, Objectives, Pool, SelfAssessment
from kernels_lib.study.instrument import Instrument
from kernels_lib.study.params import ClientFile, IndustryFile, Parameters

MODELS: dict[str, type[BaseModel]] = {
    "study": Parameters,
    "industry": IndustryFile,
    "client": ClientFile,
    "instrument": Instrument,
    "assessment": SelfAssessment,
    "objectives": Objectives,
    "activity": Activity,
    "figures": Figures,
    "pool": Pool,
}


def schema_text(name: str) -> str:
    """The JSON Schema of one kind of file, as it is committed."""
    schema = MODELS[name].model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def write_schemas(root: Path) -> list[Path]:
    """Write every schema below ``params/schema/``."""
    folder = root / "params" / "schema"
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in MODELS:
        path = folder / f"{name}.schema.json"
        path.write_text(schema_text(name), encoding="utf-8")
        written.append(path)
    return written


if __name__ == "__main__":
    write_schemas(find_root())
