"""What every address promises, read off the routes: `python -m tests.contract` writes it to contract.json.

A field is written `name` when it must be there and `name?` when it need not; nested schemas are nested.
"""

import json
from pathlib import Path
from typing import Any

from flask import Flask
from marshmallow import Schema, fields

FILE = Path(__file__).parent / "contract.json"
Shape = dict[str, Any] | list[Any] | str


def contract_of(app: Flask) -> dict[str, Any]:
    """Each address with its methods: who may call it, what goes in, and what comes out by status."""
    promised: dict[str, Any] = {}
    for rule in sorted(app.url_map.iter_rules(), key=str):
        view: Any = app.view_functions[rule.endpoint]
        doc = getattr(view, "_apidoc", {})
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            promised[f"{method} {rule}"] = {
                "access": list(getattr(view, "access", ("public",))),
                "in": {given["in"]: shape(given["schema"]) for given in doc.get("arguments", {}).get("parameters", [])},
                "out": {
                    str(status): [
                        shape(answer["schema"]) if answer.get("schema") else answer.get("content_type") for answer in answers
                    ]
                    for status, answers in doc.get("response", {}).get("responses", {}).items()
                },
            }
    return promised


def shape(schema: Any) -> Shape:
    """The fields of a schema, in order of name."""
    if isinstance(schema, type):
        schema = schema()
    if not isinstance(schema, Schema):
        return str(schema)
    found = {
        (field.data_key or name) + ("" if field.required else "?"): shape_of_field(field)
        for name, field in sorted(schema.fields.items())
    }
    return [found] if schema.many else found


def shape_of_field(field: fields.Field[Any]) -> Shape:
    """A field's type; nested schemas and lists as what they hold."""
    if isinstance(field, fields.Nested):
        inner = shape(field.schema)
        return [inner] if field.many and not isinstance(inner, list) else inner
    if isinstance(field, fields.List):
        return [shape_of_field(field.inner)]
    return type(field).__name__


def written(app: Flask) -> str:
    """The contract as it stands in the file."""
    return json.dumps(contract_of(app), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    from app.factory import create_app

    FILE.write_text(written(create_app()), "utf-8")
